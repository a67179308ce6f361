use std::time::Duration;

use jumpqr_core::call::{FailureCause, Policy, SendFailure};
use jumpqr_core::response::Response;

use crate::script::{BUSY, LISTED, OK, STALE, TOO_FAST, delete, run, run_after, without_look_up};

#[test]
fn each_thing_that_a_call_does_is_noted_with_its_reason_and_counted() {
    let policy = Policy {
        host_count: 2,
        ..without_look_up(&[200, 400])
    };
    let mut responses = vec![Err(SendFailure::before_sending(
        FailureCause::Connect,
        "staged",
    ))];
    responses.extend([STALE, BUSY, LISTED, TOO_FAST, OK].map(|body| Ok(Response::ok(body))));
    let run = run_after(Duration::from_millis(2200), delete(), policy, responses);
    assert_eq!(
        run.notes,
        [
            "waits 2.200s for its slot",
            "tries the next host because of connect_failed",
            "renews the access token because of invalid_credential (40001)",
            "reads back the change because of system_error (-1)",
            "retry 1 in 200.000ms because of system_error (-1)",
            "retry 2 in 1.400s because of second_rate_limit (44990)",
        ]
    );
    assert_eq!(
        run.tally,
        "2 retries, 1 further host, 1 renewal of the token, 1 read-back, 2.200s in the queue"
    );
}

#[test]
fn a_call_that_only_sends_its_request_once_has_no_notes_and_an_empty_tally() {
    let run = run(delete(), without_look_up(&[]), &[Some(OK)]);
    assert_eq!((run.notes, run.tally.as_str()), (Vec::new(), ""));
}
