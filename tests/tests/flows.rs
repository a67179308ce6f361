//! Each vector of `flows.json`: the call takes exactly these steps.

use std::collections::VecDeque;
use std::time::Duration;

use jumpqr_core::call::{Call, SendFailure, SendRequest, Step};
use jumpqr_core::error::OwnCode;
use jumpqr_core::interface::Interface;
use jumpqr_core::response::Response;
use jumpqr_core::{Error, Secret};
use jumpqr_tests::flows::{
    FlowVector, Flows, GetTokenVector, ReserveVector, SendVector, StepVector,
};
use jumpqr_tests::{Visitor, load, load_from, report};
use serde_json::Value;

/// The steps of a call, with a clock that only the vector moves.
struct Script<'a> {
    vector: &'a FlowVector,
    steps: VecDeque<&'a StepVector>,
    now: Duration,
}

impl Visitor for Script<'_> {
    type Output = Result<(), String>;

    fn visit<I: Interface>(mut self, call: I, wire: fn(&I::Response) -> Value) -> Self::Output {
        let call = Call::new(call, self.vector.policy.policy(), self.now);
        let mut call = call.map_err(|error| error.to_string())?;
        loop {
            let number = self.vector.steps.len() - self.steps.len();
            let done = self
                .take_step(&mut call, wire)
                .map_err(|failure| format!("step {number}: {failure}"))?;
            if done {
                return Ok(());
            }
        }
    }
}

impl Script<'_> {
    /// Takes one step. Returns true if it was the last one.
    fn take_step<I: Interface>(
        &mut self,
        call: &mut Call<I>,
        wire: fn(&I::Response) -> Value,
    ) -> Result<bool, String> {
        let step = call.step(self.now);
        // If a flow has no `reserve` step here, the call may start at once.
        if matches!(step, Step::Reserve { .. })
            && !matches!(self.steps.front(), Some(StepVector::Reserve(_)))
        {
            call.slot(self.now, Some(self.now));
            return Ok(false);
        }
        match (step, self.steps.pop_front()) {
            (Step::Done(result), None) => {
                let result = result.map(|response| wire(&response));
                self.vector.result.check(&result)?;
                return Ok(true);
            }
            (Step::GetToken { rejected, .. }, Some(StepVector::GetToken(vector))) => {
                let token = self.get_token(rejected, vector)?;
                call.token(self.now, token);
            }
            (Step::Reserve { path, .. }, Some(StepVector::Reserve(vector))) => {
                self.reserve(call, path, vector)?;
            }
            (Step::Send(request), Some(StepVector::Send(vector))) => {
                let response = self.send(request, vector)?;
                call.response(self.now, response);
            }
            (Step::Wait { until }, Some(StepVector::Wait(vector))) => {
                let expected = self.now + Duration::from_millis(vector.ms);
                compare("wait until", &expected, &until)?;
                self.now = until;
            }
            (Step::Done(result), Some(expected)) => {
                let found = result.map(|response| wire(&response));
                return Err(format!(
                    "expected {expected:?}, but the call ended: {found:?}"
                ));
            }
            (Step::GetToken { rejected, .. }, expected) => {
                let rejected = rejected.map(Secret::expose);
                return Err(describe_unexpected(
                    expected,
                    &format!("get_token {rejected:?}"),
                ));
            }
            (Step::Reserve { path, .. }, expected) => {
                return Err(describe_unexpected(expected, &format!("reserve {path}")));
            }
            (Step::Send(request), expected) => {
                return Err(describe_unexpected(expected, &format!("send {request:?}")));
            }
            (Step::Wait { until }, expected) => {
                let left = until.saturating_sub(self.now);
                return Err(describe_unexpected(expected, &format!("wait {left:?}")));
            }
        }
        Ok(false)
    }

    fn get_token(
        &mut self,
        rejected: Option<&Secret>,
        vector: &GetTokenVector,
    ) -> Result<Result<Option<Secret>, Error>, String> {
        compare(
            "rejected",
            &vector.rejected.as_deref(),
            &rejected.map(Secret::expose),
        )?;
        self.now += Duration::from_millis(vector.takes_ms);
        Ok(match &vector.error {
            None => Ok(vector.token.clone().map(Secret::from)),
            Some(code) => Err(build_error(code)?),
        })
    }

    fn reserve<I: Interface>(
        &self,
        call: &mut Call<I>,
        path: &str,
        vector: &ReserveVector,
    ) -> Result<(), String> {
        compare("path", &vector.path.as_str(), &path)?;
        let start = vector.start_ms.map(Duration::from_millis);
        call.slot(self.now, start.map(|start| self.now + start));
        Ok(())
    }

    fn send(
        &mut self,
        send: SendRequest<'_>,
        vector: &SendVector,
    ) -> Result<Result<Response, SendFailure>, String> {
        compare("path", &vector.path.as_str(), &send.request.path())?;
        compare("host", &vector.host, &send.host)?;
        compare(
            "access_token",
            &vector.access_token.as_deref(),
            &send.access_token.map(Secret::expose),
        )?;
        if let Some(body) = &vector.body {
            compare(
                "body",
                &Some(body.as_bytes()),
                &send.request.body.as_deref(),
            )?;
        }
        if let Some(timeout) = vector.timeout_ms {
            compare("timeout", &Duration::from_millis(timeout), &send.timeout)?;
        }
        self.now += Duration::from_millis(vector.takes_ms);
        match (&vector.reply, &vector.failure) {
            (Some(reply), None) => Ok(Ok(reply.reply()?)),
            (None, Some(failure)) => Ok(Err(failure.failure())),
            _ => Err("a send step has either a reply or a failure".to_owned()),
        }
    }
}

fn build_error(code: &str) -> Result<Error, String> {
    OwnCode::ALL
        .iter()
        .find(|known| known.name() == code)
        .map(|known| Error::new(*known, "staged"))
        .ok_or_else(|| format!("unknown code {code}"))
}

fn compare<T: PartialEq + std::fmt::Debug>(
    what: &str,
    expected: &T,
    found: &T,
) -> Result<(), String> {
    if expected == found {
        Ok(())
    } else {
        Err(format!("{what}: expected {expected:?}, found {found:?}"))
    }
}

fn describe_unexpected(expected: Option<&StepVector>, found: &str) -> String {
    match expected {
        Some(expected) => format!("expected {expected:?}, found {found}"),
        None => format!("expected the end of the call, found {found}"),
    }
}

#[test]
fn every_call_takes_exactly_its_steps() {
    check_steps(&load().unwrap()).unwrap();
}

#[test]
fn every_call_of_the_machine_takes_exactly_its_steps() {
    check_steps(&load_from("machine").unwrap()).unwrap();
}

fn check_steps(file: &Flows) -> Result<usize, String> {
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
