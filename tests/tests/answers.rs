//! Each vector of `answers.json`: the result of a call that gets one answer.

use std::collections::BTreeSet;
use std::time::Duration;

use jumpqr_core::call::{Call, Policy, Step};
use jumpqr_core::interface::{AnyCall, Interface, StableToken, Token};
use jumpqr_core::response::Response;
use jumpqr_core::{Error, Secret};
use jumpqr_tests::answers::{AnswerVector, Answers};
use jumpqr_tests::{Expected, Visitor, count, load, report};
use serde_json::Value;

/// A call takes a few steps. If it takes more than this, it is endless.
const MAX_STEPS: usize = 50;

/// Gives every request the same answer, and has two tokens.
struct Echo<'a> {
    vector: &'a AnswerVector,
    reply: Response,
}

impl Visitor for Echo<'_> {
    type Output = Result<(), String>;

    fn visit<I: Interface>(self, call: I, wire: fn(&I::Response) -> Value) -> Self::Output {
        let result = drive(call, &self.reply)?.map(|response| wire(&response));
        self.vector.result.check(&result)?;
        match result {
            Ok(_) => Ok(()),
            Err(error) => check_no_leak(&error),
        }
    }
}

fn drive<I: Interface>(
    interface: I,
    reply: &Response,
) -> Result<Result<I::Response, Error>, String> {
    let now = Duration::ZERO;
    let policy = Policy {
        look_up: false,
        ..Policy::default()
    };
    let mut call = Call::new(interface, policy, now).map_err(|error| error.to_string())?;
    for _ in 0..MAX_STEPS {
        match call.step(now) {
            Step::GetToken { rejected: None, .. } => {
                call.token(now, Ok(Some(Secret::new("ACCESS-TOKEN-1"))));
            }
            Step::GetToken { .. } => call.token(now, Ok(Some(Secret::new("ACCESS-TOKEN-2")))),
            Step::Reserve { .. } => call.slot(now, Some(now)),
            Step::Send(_) => call.response(now, Ok(reply.clone())),
            Step::Wait { .. } => {
                return Err("the call waits, although it has no retries".to_owned());
            }
            Step::Done(result) => return Ok(result),
        }
    }
    Err(format!("the call is not done after {MAX_STEPS} steps"))
}

/// Checks that neither the error nor its sources contain a secret of the vectors.
fn check_no_leak(error: &Error) -> Result<(), String> {
    let sources = std::iter::successors(Some(error as &dyn std::error::Error), |error| {
        error.source()
    });
    let mut printed: Vec<String> = sources.map(|error| format!("{error} {error:?}")).collect();
    printed.push(format!("{:?} {:?}", error.errmsg(), error.rid()));
    let printed = printed.join("\n");
    match ["ACCESS-TOKEN", "APPSECRET"]
        .iter()
        .find(|secret| printed.contains(**secret))
    {
        Some(secret) => Err(format!("the error prints {secret}")),
        None => Ok(()),
    }
}

#[test]
fn every_answer_gives_its_result() {
    let file: Answers = load().unwrap();
    let results = file.answers.iter().map(|vector| {
        let result = vector.reply.reply().and_then(|reply| {
            let echo = Echo { vector, reply };
            vector.call.visit(echo)?
        });
        (vector.name.as_str(), result)
    });
    let run = report(results).unwrap_or_else(|failures| panic!("{failures}"));
    count::<Answers>(run);
}

#[test]
fn every_interface_has_a_success() {
    let file: Answers = load().unwrap();
    let answers = file.answers.iter();
    let found: BTreeSet<_> = answers
        .filter(|vector| matches!(vector.result, Expected::Answer(_)))
        .map(|vector| vector.call.interface())
        .collect();
    let by_name = AnyCall::NAMES.iter().copied();
    for interface in by_name.chain([StableToken::NAME, Token::NAME]) {
        assert!(
            found.contains(interface),
            "tests/vectors/answers.json has no {interface} with an answer"
        );
    }
}
