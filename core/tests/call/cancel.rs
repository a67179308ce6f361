use std::time::Duration;

use jumpqr_core::call::{Call, Policy, Step};
use jumpqr_core::error::OwnCode;
use jumpqr_core::interface::{Confirmation, DeleteJumpQRCode, Interface};
use jumpqr_core::response::Response;
use jumpqr_core::{Error, Outcome, Secret};

use crate::script::{self, BUSY, LISTED, NOT_LISTED};

const NOW: Duration = Duration::ZERO;

/// The responses to a delete that is read back. Its steps are: slot, token, look-up; slot, write;
/// slot, read-back.
const RESPONSES: [&str; 3] = [LISTED, BUSY, NOT_LISTED];

/// Takes a step of the delete. Returns its result at the end.
fn take_step(
    call: &mut Call<DeleteJumpQRCode>,
    responses: &mut impl Iterator<Item = &'static str>,
) -> Option<Result<Confirmation, Error>> {
    match call.step(NOW) {
        Step::Reserve { .. } => call.slot(NOW, Some(NOW)),
        Step::GetToken { .. } => call.token(NOW, Ok(Some(Secret::new("TOKEN")))),
        Step::Send(_) => call.response(NOW, Ok(Response::ok(responses.next().unwrap()))),
        Step::Wait { until } => panic!("waits until {until:?}"),
        Step::Done(result) => return Some(result),
    }
    None
}

fn delete() -> Call<DeleteJumpQRCode> {
    Call::new(script::delete(), Policy::default(), NOW).unwrap()
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
        let (mut call, mut responses) = (delete(), RESPONSES.into_iter());
        for _ in 0..taken {
            assert!(take_step(&mut call, &mut responses).is_none());
        }
        // The call is cancelled instead of this step.
        assert!(!matches!(call.step(NOW), Step::Done(_)), "{taken}");
        call.cancel(NOW);
        let Step::Done(Err(error)) = call.step(NOW) else {
            panic!("the call goes on after {taken} steps");
        };
        assert_eq!(error.outcome(), outcome, "{taken}");
        assert_eq!(error.interface(), Some(DeleteJumpQRCode::NAME));
        if outcome == Outcome::NotApplied {
            assert_eq!(error.code(), OwnCode::Cancelled);
        }
    }
}

#[test]
fn cancelling_a_call_that_is_done_changes_nothing() {
    let (mut call, mut responses) = (delete(), RESPONSES.into_iter());
    for _ in 0..7 {
        assert!(take_step(&mut call, &mut responses).is_none());
    }
    call.cancel(NOW);
    let result = take_step(&mut call, &mut responses).unwrap();
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
