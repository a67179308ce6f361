//! What becomes of a call that its caller cancels.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by that")]

use std::time::Duration;

use jumpqr_core::call::{Call, Policy, Step};
use jumpqr_core::error::OwnCode;
use jumpqr_core::interface::{Confirmation, DeleteJumpQRCode, Interface};
use jumpqr_core::response::Response;
use jumpqr_core::{Error, Outcome, RuleKey, Secret};

const PREFIX: &str = "https://m.example.cn/a";
const NOW: Duration = Duration::ZERO;
const LISTED: &str = r#"{"errcode":0,"rule_list":[{"prefix":"https://m.example.cn/a","state":1}]}"#;
const BUSY: &str = r#"{"errcode":-1,"errmsg":"system error"}"#;

/// A delete whose outcome was unknown once: slot, token, look-up; slot, write; slot, read-back.
const ANSWERS: [&str; 3] = [LISTED, BUSY, r#"{"errcode":0,"rule_list":[]}"#];

/// Takes a step of the delete; `None` at its end.
fn take(
    call: &mut Call<DeleteJumpQRCode>,
    answers: &mut impl Iterator<Item = &'static str>,
) -> Option<Result<Confirmation, Error>> {
    match call.step(NOW) {
        Step::Reserve { .. } => call.slot(NOW, Some(NOW)),
        Step::GetToken { .. } => call.token(NOW, Ok(Some(Secret::new("TOKEN")))),
        Step::Send(_) => call.response(NOW, Ok(Response::ok(answers.next().unwrap()))),
        Step::Wait { until } => panic!("waits until {until:?}"),
        Step::Done(result) => return Some(result),
    }
    None
}

fn delete() -> Call<DeleteJumpQRCode> {
    let key = RuleKey::ordinary_link(PREFIX);
    Call::new(DeleteJumpQRCode { key }, Policy::default(), NOW).unwrap()
}

#[test]
fn a_cancelled_call_ends_and_its_outcome_is_unknown_if_the_write_was_sent() {
    for (taken, outcome) in [
        (0, Outcome::NotApplied),
        (1, Outcome::NotApplied),
        (2, Outcome::NotApplied),
        (3, Outcome::NotApplied),
        (4, Outcome::NotApplied),
        (5, Outcome::Unknown),
        (6, Outcome::Unknown),
    ] {
        let (mut call, mut answers) = (delete(), ANSWERS.into_iter());
        for _ in 0..taken {
            assert!(take(&mut call, &mut answers).is_none());
        }
        // The step that was asked for is not taken.
        assert!(!matches!(call.step(NOW), Step::Done(_)), "{taken}");
        call.cancel(NOW);
        let Step::Done(Err(error)) = call.step(NOW) else {
            panic!("it goes on after {taken} steps");
        };
        assert_eq!(error.outcome(), outcome, "{taken}");
        assert_eq!(error.interface(), Some(DeleteJumpQRCode::NAME));
        if outcome == Outcome::NotApplied {
            assert_eq!(error.code(), OwnCode::Cancelled);
        }
    }
}

#[test]
fn a_call_that_is_done_stays_as_it_ended() {
    let (mut call, mut answers) = (delete(), ANSWERS.into_iter());
    for _ in 0..7 {
        assert!(take(&mut call, &mut answers).is_none());
    }
    call.cancel(NOW);
    let result = take(&mut call, &mut answers).unwrap();
    assert_eq!(result.unwrap(), Confirmation::ReadBack);
}

#[test]
fn the_time_in_the_queue_is_counted_up_to_the_cancellation() {
    let mut call = delete();
    assert!(matches!(call.step(NOW), Step::Reserve { .. }));
    call.slot(NOW, Some(Duration::from_secs(3)));
    let later = Duration::from_secs(1);
    assert!(matches!(call.step(later), Step::Wait { .. }));
    call.cancel(later);
    assert_eq!(call.tally().queue_time, later);
}
