//! Faults: what goes wrong on request, and with which calls.
//!
//! # To add a fault
//!
//! 1. Add a variant to [`Effect`], with a doc comment. The names of the variant and of its fields, in
//!    snake case, are the names in the JSON of `POST /sandbox/faults`, in Python and in Node. serde
//!    reads and writes them, and an error about an unknown fault lists them. The fields of a unit
//!    variant are none. Only a field that no fault has yet must be added to `_jumpqr.pyi` and
//!    `testing.d.ts`, for their types.
//! 2. Add what it does to `respond_with_fault` in `wechat/serve.rs`. Without it, the sandbox does not
//!    compile.
//! 3. If it changes how the right response is sent, or needs a token, add it to
//!    [`Effect::alters_real_response`] or to [`Fault::new`]. Say in [`Effect::replaces_response`]
//!    whether the client gets an errcode.
//! 4. If a value of a field can be wrong, refuse it in [`Fault::check`], and add the wrong value to
//!    the test `a_wrong_fault_is_refused_with_the_name_of_the_field`.
//! 5. Add a row to the table of faults in `sandbox/README.md`. Without it, the test
//!    `every_fault_is_documented` fails.
//! 6. Test what a client sees, in `tests/wechat/response.rs`.
//! 7. Test how a call ends: name the fault in `tests/src/hostile/sandboxed.rs`, add it to
//!    `tests/vectors/faults.json`, and write its page:
//!    `JUMPQR_WRITE_DOCS=1 cargo test -p jumpqr-tests --test faults`.
//! 8. Add its name to `faults` in `tests/vectors/names.json`.

mod queue;

pub(crate) use queue::FaultQueue;

use std::time::Duration;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::error::SandboxError;
use crate::interface::Interface;

/// What a fault does to a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Effect {
    /// The response has this errcode.
    Errcode {
        /// The code, not 0.
        errcode: i64,
        /// The text before the rid; `None` for the documented text.
        #[serde(skip_serializing_if = "Option::is_none")]
        errmsg: Option<String>,
    },
    /// The response comes later.
    Delay {
        /// How much later.
        milliseconds: u64,
    },
    /// The connection is reset (a TCP RST). There is no response.
    Reset,
    /// The response has the right Content-Length, but the connection is closed after half of the
    /// body.
    Truncate,
    /// The response is HTTP 200 with an HTML page.
    Html,
    /// The response has another HTTP status, and an HTML page.
    Status {
        /// The status, from 200 to 599.
        status: u16,
    },
    /// The response is HTTP 200 with bytes that are neither UTF-8 nor JSON.
    Garbage,
    /// The response is not HTTP, and the connection is closed.
    NotHttp,
    /// The response is HTTP 200 with an empty body.
    Empty,
    /// The body of the right response is sent piece by piece.
    Dribble {
        /// The size of a piece, in bytes.
        bytes: usize,
        /// The time between pieces.
        milliseconds: u64,
    },
    /// All tokens of the calling account die before the call (40001). If a platform requests a
    /// merchant's token or the list of merchants, the platform's tokens die.
    TokenDeath,
    /// The right response is sent. Then the connection is closed, although no header says so.
    Close,
}

impl Effect {
    /// Whether the effect changes how the right response is sent. Such a call is always applied.
    const fn alters_real_response(&self) -> bool {
        matches!(self, Self::Truncate | Self::Dribble { .. } | Self::Close)
    }

    /// Whether the client gets no errcode.
    pub(crate) const fn replaces_response(&self) -> bool {
        match self {
            Self::Reset
            | Self::Truncate
            | Self::Html
            | Self::Status { .. }
            | Self::Garbage
            | Self::NotHttp
            | Self::Empty => true,
            Self::Errcode { .. }
            | Self::Delay { .. }
            | Self::Dribble { .. }
            | Self::TokenDeath
            | Self::Close => false,
        }
    }
}

/// Whether a fault happens before or after the call is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// The fault happens first. If it replaces the response, or if the client disconnects during a
    /// delay, the call is not applied.
    Before,
    /// The call is applied first, even if the client never sees the response.
    After,
}

/// The calls that a fault can happen to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    rename_all = "snake_case",
    expecting = "on is not the name of an interface, nor any, business or tokens"
)]
#[non_exhaustive]
pub enum Target {
    /// All calls.
    Any,
    /// Calls that need a token.
    Business,
    /// Calls that issue a token: `token`, `stable_token`, `api_component_token`,
    /// `api_authorizer_token` and `api_query_auth`.
    Tokens,
    /// Calls of one interface.
    #[serde(untagged)]
    Interface(#[serde(deserialize_with = "deserialize_interface")] Interface),
}

fn deserialize_interface<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Interface, D::Error> {
    // `Target` has the text of the error.
    let name = String::deserialize(deserializer)?;
    Interface::from_name(&name).ok_or_else(|| D::Error::custom(""))
}

impl From<Interface> for Target {
    fn from(interface: Interface) -> Self {
        Self::Interface(interface)
    }
}

impl Target {
    fn includes(self, interface: Interface) -> bool {
        match self {
            Self::Any => true,
            Self::Business => interface.is_business(),
            Self::Tokens => interface.issues_token(),
            Self::Interface(only) => only == interface,
        }
    }
}

/// A fault on request. By default it happens to the next call, before the call is applied.
///
/// ```
/// use jumpqr_sandbox::{Effect, Fault, Interface};
///
/// let busy = Fault::errcode(-1).after_applying().on(Interface::AddJumpQRCode);
/// let down = Fault::new(Effect::Status { status: 502 }).forever();
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Fault {
    /// What the fault does.
    #[serde(flatten)]
    pub effect: Effect,
    /// The calls it can happen to.
    #[serde(rename = "on")]
    pub target: Target,
    /// Limits the fault to calls of this account, and to calls that request a token of this account
    /// or platform. `None` means no such limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The number of calls it still happens to; `None` for all calls.
    #[serde(serialize_with = "serialize_times")]
    pub times: Option<u32>,
    /// Whether it happens before or after the call is applied.
    pub when: When,
}

impl Fault {
    /// Makes a fault with this effect on the next call.
    #[must_use]
    pub fn new(effect: Effect) -> Self {
        let when = if effect.alters_real_response() {
            When::After
        } else {
            When::Before
        };
        let target = if effect == Effect::TokenDeath {
            Target::Business
        } else {
            Target::Any
        };
        Self {
            effect,
            target,
            account: None,
            times: Some(1),
            when,
        }
    }

    /// Makes a fault that gives the next call `errcode` and its documented text.
    #[must_use]
    pub fn errcode(errcode: i64) -> Self {
        Self::new(Effect::Errcode {
            errcode,
            errmsg: None,
        })
    }

    /// Makes a fault that delays the next call, in real time.
    #[must_use]
    pub fn delay(by: Duration) -> Self {
        let milliseconds = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        Self::new(Effect::Delay { milliseconds })
    }

    /// Makes a fault that resets the connection of the next call.
    #[must_use]
    pub fn reset() -> Self {
        Self::new(Effect::Reset)
    }

    /// Makes a fault that kills all tokens of the account before its next business call.
    #[must_use]
    pub fn token_death() -> Self {
        Self::new(Effect::TokenDeath)
    }

    /// Lets the fault happen after the call is applied.
    #[must_use]
    pub fn after_applying(mut self) -> Self {
        self.when = When::After;
        self
    }

    /// Limits the fault to calls of one interface, or to a group of calls.
    #[must_use]
    pub fn on(mut self, target: impl Into<Target>) -> Self {
        self.target = target.into();
        self
    }

    /// Limits the fault to calls of one account, and to calls that request a token of it.
    #[must_use]
    pub fn account(mut self, appid: impl Into<String>) -> Self {
        self.account = Some(appid.into());
        self
    }

    /// Sets the number of matching calls that the fault happens to.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Lets the fault happen to every matching call.
    #[must_use]
    pub fn forever(mut self) -> Self {
        self.times = None;
        self
    }

    /// Checks that the fields of the fault fit each other.
    pub(crate) fn check(&self) -> Result<(), SandboxError> {
        let problem = match &self.effect {
            _ if self.times == Some(0) => "times is 0; give 1 or more, or \"forever\"",
            effect if effect.alters_real_response() && self.when == When::Before => {
                "when is \"before\", but this fault changes the real response; leave when out"
            }
            Effect::TokenDeath if self.when == When::After => {
                "when is \"after\", but tokens die before the call; leave when out"
            }
            Effect::TokenDeath
                if !matches!(self.target, Target::Business | Target::Interface(_)) =>
            {
                "on includes calls that need no token; token_death happens to business calls only"
            }
            Effect::Errcode { errcode: 0, .. } => "errcode is 0, which means success; give another",
            Effect::Status { status } if !(200..=599).contains(status) => {
                "status is not an HTTP status from 200 to 599"
            }
            Effect::Dribble { bytes: 0, .. } => "bytes is 0; give the size of a piece, 1 or more",
            _ => return Ok(()),
        };
        Err(SandboxError::Invalid(problem.to_owned()))
    }
}

impl<'de> Deserialize<'de> for Fault {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Form {
            fault: Value,
            on: Option<Target>,
            account: Option<String>,
            times: Option<Value>,
            when: Option<When>,
            #[serde(flatten)]
            fields: Map<String, Value>,
        }
        let form = Form::deserialize(deserializer)?;
        let name = &form.fault;
        let mut fields = form.fields;
        fields.retain(|_, value| !value.is_null());
        fields.insert("fault".to_owned(), name.clone());
        let effect: Effect = serde_json::from_value(Value::Object(fields.clone()))
            .map_err(|error| D::Error::custom(format_args!("the fault {name}: {error}")))?;
        // `deny_unknown_fields` accepts every field for a unit variant.
        let known = serde_json::to_value(&effect).map_err(D::Error::custom)?;
        if let Some(field) = fields.keys().find(|field| known.get(field).is_none()) {
            return Err(D::Error::custom(format_args!(
                "{field} is not a field of the fault {name}; leave it out"
            )));
        }
        let default = Self::new(effect);
        let times = match form.times {
            None => default.times,
            Some(Value::String(times)) if times == FOREVER => None,
            Some(times) => Some(u32::deserialize(times).map_err(|_| {
                D::Error::custom(format_args!("times is not a number, nor {FOREVER:?}"))
            })?),
        };
        Ok(Self {
            target: form.on.unwrap_or(default.target),
            account: form.account,
            times,
            when: form.when.unwrap_or(default.when),
            effect: default.effect,
        })
    }
}

/// `times` of a fault that happens to all calls, in JSON.
const FOREVER: &str = "forever";

#[expect(
    clippy::ref_option,
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn serialize_times<S: Serializer>(times: &Option<u32>, serializer: S) -> Result<S::Ok, S::Error> {
    match times {
        Some(times) => serializer.serialize_u32(*times),
        None => serializer.serialize_str(FOREVER),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(fault: Value) -> Result<Fault, SandboxError> {
        let fault: Fault = serde_json::from_value(fault)
            .map_err(|error| SandboxError::Invalid(error.to_string()))?;
        fault.check()?;
        Ok(fault)
    }

    #[test]
    fn a_listed_fault_can_be_injected_again() {
        let faults = [
            Fault::errcode(-1).after_applying().times(3),
            Fault::delay(Duration::from_millis(20)).account("wx1"),
            Fault::new(Effect::Status { status: 502 }).forever(),
            Fault::new(Effect::Dribble {
                bytes: 1,
                milliseconds: 5,
            }),
            Fault::token_death().forever(),
            Fault::new(Effect::Close).on(Target::Tokens),
            Fault::reset().on(Interface::AddJumpQRCode),
        ];
        for fault in faults {
            let listed = serde_json::to_value(&fault).unwrap();
            assert_eq!(parse(listed).unwrap(), fault);
        }
    }

    #[test]
    fn null_counts_as_absent() {
        let fault = parse(json!({"fault": "errcode", "errcode": 1, "errmsg": null, "on": null}));
        assert_eq!(fault.unwrap(), Fault::errcode(1));
    }

    #[test]
    fn a_wrong_fault_is_refused_with_the_name_of_the_field() {
        let cases = [
            (json!({}), "missing field `fault`"),
            (
                json!({"fault": "explode"}),
                "the fault \"explode\": unknown",
            ),
            (json!({"fault": "explode"}), "`errcode`, `delay`"),
            (json!({"fault": 1}), "the fault 1"),
            (
                json!({"fault": "errcode"}),
                "the fault \"errcode\": missing field `errcode`",
            ),
            (json!({"fault": "errcode", "errcode": 0}), "errcode is 0"),
            (json!({"fault": "reset", "times": 0}), "times is 0"),
            (json!({"fault": "reset", "times": "always"}), "times is not"),
            (
                json!({"fault": "reset", "on": "qrcodejumpadd"}),
                "on is not",
            ),
            (
                json!({"fault": "reset", "status": 502}),
                "status is not a field of the fault \"reset\"",
            ),
            (
                json!({"fault": "status", "status": 502, "bytes": 1}),
                "bytes is not a field of the fault \"status\"",
            ),
            (json!({"fault": "status", "status": 100}), "status is not"),
            (json!({"fault": "truncate", "when": "before"}), "when is"),
            (json!({"fault": "reset", "when": "never"}), "`never`"),
            (json!({"fault": "token_death", "when": "after"}), "when is"),
            (
                json!({"fault": "token_death", "on": "tokens"}),
                "on includes",
            ),
            (
                json!({"fault": "dribble", "bytes": 0, "milliseconds": 1}),
                "bytes is 0",
            ),
            (
                json!({"fault": "reset", "interfaces": "any"}),
                "interfaces is not a field",
            ),
        ];
        for (fault, text) in cases {
            let error = parse(fault.clone()).unwrap_err().to_string();
            assert!(error.contains(text), "{fault}: {error}");
        }
    }

    #[test]
    fn every_fault_is_documented() {
        let error = parse(json!({"fault": "?"})).unwrap_err().to_string();
        let names: Vec<&str> = error.split('`').skip(3).step_by(2).collect();
        assert!(names.contains(&"token_death"), "{error}");
        for name in names {
            let row = format!("\n| `{name}` |");
            assert!(
                include_str!("../../README.md").contains(&row),
                "no row for {name} in sandbox/README.md"
            );
        }
    }
}
