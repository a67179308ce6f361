//! Each answer is understood as its vector says.

use std::time::Duration;

use jumpqr_core::call::{Call, Policy, Step};
use jumpqr_core::interface::Interface;
use jumpqr_core::response::Response;
use jumpqr_core::{Error, Secret};
use jumpqr_tests::answers::{AnswerVector, Answers};
use jumpqr_tests::{Visitor, Wire, count, load, report};

/// A call takes a handful of steps; more is an endless one.
const MOST_STEPS: usize = 50;

/// Answers every request with the same, and knows two tokens.
struct Echo<'a> {
    vector: &'a AnswerVector,
    reply: Response,
}

impl Visitor for Echo<'_> {
    type Output = Result<(), String>;

    fn visit<I: Interface<Response: Wire>>(self, interface: I) -> Self::Output {
        let result = drive(interface, &self.reply)?;
        self.vector.result.check(&result)?;
        match result {
            Ok(_) => Ok(()),
            Err(error) => leaks_nothing(&error),
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
    let mut call = Call::new(interface, policy, now);
    for _ in 0..MOST_STEPS {
        match call.step(now) {
            Step::GetToken { rejected: None, .. } => {
                call.token(now, Ok(Some(Secret::new("ACCESS-TOKEN-1"))));
            }
            Step::GetToken { .. } => call.token(now, Ok(Some(Secret::new("ACCESS-TOKEN-2")))),
            Step::Reserve { .. } => call.reserved(now, Some(now)),
            Step::Send(_) => call.response(now, Ok(reply.clone())),
            Step::Wait { .. } => return Err("it waits, though it has no retries".to_owned()),
            Step::Done(result) => return Ok(result),
        }
    }
    Err(format!("it is not done after {MOST_STEPS} steps"))
}

/// Neither the error nor any of its sources has a secret of the vectors in it.
fn leaks_nothing(error: &Error) -> Result<(), String> {
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
        Some(secret) => Err(format!("the error says {secret}")),
        None => Ok(()),
    }
}

#[test]
fn every_answer_is_understood() {
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
