//! The JSON of a fault in the control API.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Effect, Fault, Target, When};
use crate::error::SandboxError;

/// A fault as the control endpoints accept and list it.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct FaultForm {
    fault: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    errcode: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    errmsg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    milliseconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    on: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    times: Option<Times>,
    #[serde(skip_serializing_if = "Option::is_none")]
    when: Option<When>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged, expecting = "times is a number, or \"forever\"")]
enum Times {
    Number(u32),
    Word(Forever),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Forever {
    Forever,
}

impl FaultForm {
    pub(crate) fn into_fault(mut self) -> Result<Fault, SandboxError> {
        let effect = self.take_effect()?;
        let unused = [
            ("errcode", self.errcode.is_some()),
            ("errmsg", self.errmsg.is_some()),
            ("status", self.status.is_some()),
            ("milliseconds", self.milliseconds.is_some()),
            ("bytes", self.bytes.is_some()),
        ];
        if let Some((field, _)) = unused.into_iter().find(|(_, is_set)| *is_set) {
            return Err(SandboxError::Invalid(format!(
                "{field} is not a field of the fault {:?}; leave it out",
                self.fault
            )));
        }
        let mut fault = Fault::new(effect);
        if let Some(name) = self.on {
            fault.target = Target::from_name(&name).ok_or_else(|| {
                SandboxError::Invalid(format!(
                    "on is {name:?}; give the name of an interface, or any, business or tokens"
                ))
            })?;
        }
        fault.account = self.account;
        match self.times {
            None => {}
            Some(Times::Number(times)) => fault.times = Some(times),
            Some(Times::Word(Forever::Forever)) => fault.times = None,
        }
        if let Some(when) = self.when {
            fault.when = when;
        }
        fault.check()?;
        Ok(fault)
    }

    /// Builds the effect, and takes its fields out of the form.
    fn take_effect(&mut self) -> Result<Effect, SandboxError> {
        Ok(match self.fault.as_str() {
            "errcode" => Effect::Errcode {
                errcode: require("errcode", self.errcode.take())?,
                errmsg: self.errmsg.take(),
            },
            "delay" => Effect::Delay(Duration::from_millis(require(
                "milliseconds",
                self.milliseconds.take(),
            )?)),
            "reset" => Effect::Reset,
            "truncate" => Effect::Truncate,
            "html" => Effect::Html,
            "status" => Effect::Status(require("status", self.status.take())?),
            "garbage" => Effect::Garbage,
            "not_http" => Effect::NotHttp,
            "empty" => Effect::Empty,
            "dribble" => Effect::Dribble {
                bytes: require("bytes", self.bytes.take())?,
                interval: Duration::from_millis(require("milliseconds", self.milliseconds.take())?),
            },
            "token_death" => Effect::TokenDeath,
            "close" => Effect::Close,
            other => {
                return Err(SandboxError::Invalid(format!(
                    "fault is {other:?}; give one of errcode, delay, reset, truncate, html, \
                     status, garbage, not_http, empty, dribble, token_death, close"
                )));
            }
        })
    }
}

fn require<T>(field: &str, value: Option<T>) -> Result<T, SandboxError> {
    value.ok_or_else(|| SandboxError::Invalid(format!("{field} is missing; this fault needs it")))
}

impl From<&Fault> for FaultForm {
    fn from(fault: &Fault) -> Self {
        let mut form = Self {
            fault: fault.effect.name().to_owned(),
            on: Some(fault.target.name().to_owned()),
            account: fault.account.clone(),
            times: Some(
                fault
                    .times
                    .map_or(Times::Word(Forever::Forever), Times::Number),
            ),
            when: Some(fault.when),
            ..Self::default()
        };
        match &fault.effect {
            Effect::Errcode { errcode, errmsg } => {
                form.errcode = Some(*errcode);
                form.errmsg.clone_from(errmsg);
            }
            Effect::Delay(by) => form.milliseconds = Some(milliseconds(*by)),
            Effect::Status(status) => form.status = Some(*status),
            Effect::Dribble { bytes, interval } => {
                form.bytes = Some(*bytes);
                form.milliseconds = Some(milliseconds(*interval));
            }
            Effect::Reset
            | Effect::Truncate
            | Effect::Html
            | Effect::Garbage
            | Effect::NotHttp
            | Effect::Empty
            | Effect::TokenDeath
            | Effect::Close => {}
        }
        form
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn parse(form: Value) -> Result<Fault, SandboxError> {
        serde_json::from_value::<FaultForm>(form)
            .map_err(|error| SandboxError::Invalid(error.to_string()))?
            .into_fault()
    }

    #[test]
    fn a_listed_fault_can_be_injected_again() {
        let faults = [
            Fault::errcode(-1).after_applying().times(3),
            Fault::delay(Duration::from_millis(20)).account("wx1"),
            Fault::new(Effect::Status(502)).forever(),
            Fault::new(Effect::Dribble {
                bytes: 1,
                interval: Duration::from_millis(5),
            }),
            Fault::token_death().forever(),
            Fault::new(Effect::Close).on(Target::Tokens),
            Fault::reset().on(crate::Interface::AddJumpQRCode),
        ];
        for fault in faults {
            let form = serde_json::to_value(&fault).unwrap();
            assert_eq!(parse(form).unwrap(), fault);
        }
    }

    #[test]
    fn an_invalid_fault_is_refused_with_the_name_of_the_field() {
        let cases = [
            (json!({}), "fault"),
            (json!({"fault": "explode"}), "fault"),
            (json!({"fault": "errcode"}), "errcode"),
            (json!({"fault": "errcode", "errcode": 0}), "errcode"),
            (json!({"fault": "reset", "times": 0}), "times"),
            (json!({"fault": "reset", "times": "always"}), "times"),
            (json!({"fault": "reset", "on": "qrcodejumpadd"}), "on"),
            (json!({"fault": "reset", "status": 502}), "status"),
            (json!({"fault": "status", "status": 100}), "status"),
            (json!({"fault": "truncate", "when": "before"}), "when"),
            (json!({"fault": "token_death", "when": "after"}), "when"),
            (json!({"fault": "token_death", "on": "tokens"}), "on"),
            (
                json!({"fault": "dribble", "bytes": 0, "milliseconds": 1}),
                "bytes",
            ),
            (json!({"fault": "reset", "interfaces": "any"}), "interfaces"),
        ];
        for (form, field) in cases {
            let error = parse(form.clone()).unwrap_err().to_string();
            assert!(error.contains(field), "{form}: {error}");
        }
    }
}
