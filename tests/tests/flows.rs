//! Each call goes through exactly the steps of its vector.

use std::collections::VecDeque;
use std::time::Duration;

use jumpqr_core::call::{Call, SendRequest, Step};
use jumpqr_core::error::OwnCode;
use jumpqr_core::interface::Interface;
use jumpqr_core::{Error, Secret};
use jumpqr_tests::flows::{
    FlowVector, Flows, GetTokenVector, ReserveVector, SendVector, StepVector,
};
use jumpqr_tests::{Visitor, Wire, load, load_from, report};

/// A call through its script, on a clock that moves only where the script says so.
struct Script<'a> {
    vector: &'a FlowVector,
    steps: VecDeque<&'a StepVector>,
    now: Duration,
}

impl Visitor for Script<'_> {
    type Output = Result<(), String>;

    fn visit<I: Interface<Response: Wire>>(mut self, interface: I) -> Self::Output {
        let mut call = Call::new(interface, self.vector.policy.policy(), self.now);
        loop {
            let number = self.vector.steps.len() - self.steps.len();
            let done = self
                .step(&mut call)
                .map_err(|failure| format!("step {number}: {failure}"))?;
            if done {
                return Ok(());
            }
        }
    }
}

impl Script<'_> {
    /// Goes one step; true where it was the last.
    fn step<I: Interface<Response: Wire>>(&mut self, call: &mut Call<I>) -> Result<bool, String> {
        let step = call.step(self.now);
        // A flow speaks of the pacer only where it says something else than `now`.
        if matches!(step, Step::Reserve { .. })
            && !matches!(self.steps.front(), Some(StepVector::Reserve(_)))
        {
            call.reserved(self.now, Some(self.now));
            return Ok(false);
        }
        match (step, self.steps.pop_front()) {
            (Step::Done(result), None) => {
                self.vector.result.check(&result)?;
                return Ok(true);
            }
            (Step::GetToken { rejected, .. }, Some(StepVector::GetToken(vector))) => {
                self.get_token(call, rejected.as_ref(), vector)?;
            }
            (Step::Reserve { path, .. }, Some(StepVector::Reserve(vector))) => {
                self.reserve(call, path, vector)?;
            }
            (Step::Send(sending), Some(StepVector::Send(vector))) => {
                self.send(call, &sending, vector)?;
            }
            (Step::Wait { until }, Some(StepVector::Wait(vector))) => {
                let expected = self.now + Duration::from_millis(vector.ms);
                same("wait until", &expected, &until)?;
                self.now = until;
            }
            (Step::Done(result), Some(expected)) => {
                let found = result.map(|answer| answer.wire());
                return Err(format!("expected {expected:?}, found the end: {found:?}"));
            }
            (Step::GetToken { rejected, .. }, expected) => {
                let rejected = rejected.as_ref().map(Secret::expose);
                return Err(unexpected(expected, &format!("get_token {rejected:?}")));
            }
            (Step::Reserve { path, .. }, expected) => {
                return Err(unexpected(expected, &format!("reserve {path}")));
            }
            (Step::Send(sending), expected) => {
                return Err(unexpected(expected, &format!("send {sending:?}")));
            }
            (Step::Wait { until }, expected) => {
                let left = until.saturating_sub(self.now);
                return Err(unexpected(expected, &format!("wait {left:?}")));
            }
        }
        Ok(false)
    }

    fn get_token<I: Interface>(
        &mut self,
        call: &mut Call<I>,
        rejected: Option<&Secret>,
        vector: &GetTokenVector,
    ) -> Result<(), String> {
        same(
            "rejected",
            &vector.rejected.as_deref(),
            &rejected.map(Secret::expose),
        )?;
        self.now += Duration::from_millis(vector.takes_ms);
        let token = match &vector.error {
            None => Ok(vector.token.clone().map(Secret::from)),
            Some(code) => Err(own_error(code)?),
        };
        call.token(self.now, token);
        Ok(())
    }

    fn reserve<I: Interface>(
        &self,
        call: &mut Call<I>,
        path: &str,
        vector: &ReserveVector,
    ) -> Result<(), String> {
        same("path", &vector.path.as_str(), &path)?;
        let start = vector.start_ms.map(Duration::from_millis);
        call.reserved(self.now, start.map(|start| self.now + start));
        Ok(())
    }

    fn send<I: Interface>(
        &mut self,
        call: &mut Call<I>,
        sending: &SendRequest,
        vector: &SendVector,
    ) -> Result<(), String> {
        same("path", &vector.path.as_str(), &sending.request.path())?;
        same("host", &vector.host, &sending.host)?;
        same(
            "access_token",
            &vector.access_token.as_deref(),
            &sending.access_token.as_ref().map(Secret::expose),
        )?;
        if let Some(body) = &vector.body {
            same("body", &Some(body.as_bytes()), &sending.request.body())?;
        }
        if let Some(timeout) = vector.timeout_ms {
            same("timeout", &Duration::from_millis(timeout), &sending.timeout)?;
        }
        self.now += Duration::from_millis(vector.takes_ms);
        let reply = match (&vector.reply, &vector.failure) {
            (Some(reply), None) => Ok(reply.reply()?),
            (None, Some(failure)) => Err(failure.failure()),
            _ => return Err("a send has either a reply or a failure".to_owned()),
        };
        call.response(self.now, reply);
        Ok(())
    }
}

fn own_error(code: &str) -> Result<Error, String> {
    OwnCode::ALL
        .iter()
        .find(|known| known.name() == code)
        .map(|known| Error::new(*known, "staged"))
        .ok_or_else(|| format!("there is no code {code}"))
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, expected: &T, found: &T) -> Result<(), String> {
    if expected == found {
        Ok(())
    } else {
        Err(format!("{what}: expected {expected:?}, found {found:?}"))
    }
}

fn unexpected(expected: Option<&StepVector>, found: &str) -> String {
    match expected {
        Some(expected) => format!("expected {expected:?}, found {found}"),
        None => format!("expected the end, found {found}"),
    }
}

#[test]
fn every_call_takes_exactly_its_steps() {
    takes_exactly_its_steps(&load().unwrap()).unwrap();
}

#[test]
fn so_does_what_no_server_can_stage() {
    takes_exactly_its_steps(&load_from("machine").unwrap()).unwrap();
}

fn takes_exactly_its_steps(file: &Flows) -> Result<usize, String> {
    let results = file.flows.iter().map(|vector| {
        let script = Script {
            vector,
            steps: vector.steps.iter().collect(),
            now: Duration::ZERO,
        };
        let result = vector.call.visit(script).and_then(|result| result);
        (vector.name.as_str(), result)
    });
    report(results)
}
