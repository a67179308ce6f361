use jumpqr_core::call::Policy;
use jumpqr_core::interface::Confirmation;

use crate::script::{BUSY, ILLEGAL, LISTED, NOT_LISTED, OK, STALE, delete, run, without_look_up};

#[test]
fn a_stale_token_is_renewed_once_and_the_request_is_sent_again() {
    let done = run(delete(), without_look_up(&[]), &[Some(STALE), Some(OK)]);
    assert_eq!(
        done.requests,
        ["qrcodejumpdelete T1 0", "qrcodejumpdelete T2 0"]
    );
    assert_eq!(done.result.unwrap(), Confirmation::Answered);
    let failed = run(
        delete(),
        without_look_up(&[10]),
        &[Some(STALE), Some(STALE)],
    );
    assert_eq!(failed.requests, done.requests);
    assert_eq!(failed.result.unwrap_err().errcode(), Some(40001));
}

#[test]
fn if_nothing_was_sent_the_next_host_is_tried_and_after_the_last_one_the_first() {
    let policy = Policy {
        host_count: 2,
        ..without_look_up(&[10])
    };
    let run = run(delete(), policy, &[None, None, Some(OK)]);
    assert_eq!(
        run.requests,
        [
            "qrcodejumpdelete T1 0",
            "qrcodejumpdelete T1 1",
            "qrcodejumpdelete T1 0",
        ]
    );
    assert_eq!(run.tally, "1 retry, 1 further host");
    assert!(run.result.is_ok());
}

#[test]
fn after_a_resend_a_refusal_is_read_back_before_the_call_fails() {
    let responses = [BUSY, LISTED, ILLEGAL, NOT_LISTED].map(Some);
    let run = run(delete(), without_look_up(&[10]), &responses);
    assert_eq!(
        run.requests,
        [
            "qrcodejumpdelete T1 0",
            "qrcodejumpget T1 0",
            "qrcodejumpdelete T1 0",
            "qrcodejumpget T1 0",
        ]
    );
    assert_eq!(run.result.unwrap(), Confirmation::ReadBack);
}
