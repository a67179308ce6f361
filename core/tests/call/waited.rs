//! Calls that wait for a free thread after they began.

use std::time::Duration;

use jumpqr_core::call::{Call, Policy, Step};
use jumpqr_core::error::OwnCode;
use jumpqr_core::interface::DownloadQRCodeText;
use jumpqr_core::{Outcome, Secret};

const NOW: Duration = Duration::ZERO;
const SECOND: Duration = Duration::from_secs(1);

fn begin() -> Call<DownloadQRCodeText> {
    let policy = Policy {
        timeout: 10 * SECOND,
        queue_timeout: 30 * SECOND,
        ..Policy::default()
    };
    Call::new(DownloadQRCodeText, policy, NOW).unwrap()
}

/// Takes the steps up to the request.
fn prepare(call: &mut Call<DownloadQRCodeText>, now: Duration) {
    while !matches!(call.step(now), Step::Send(_)) {
        match call.step(now) {
            Step::Reserve { .. } => call.slot(now, Some(now)),
            Step::GetToken { .. } => call.token(now, Ok(Some(Secret::new("TOKEN")))),
            step => panic!("{step:?}"),
        }
    }
}

#[test]
fn the_timeout_stands_still_while_a_call_waits_for_a_thread() {
    let mut call = begin();
    prepare(&mut call, NOW);
    let now = 20 * SECOND;
    call.waited(now, now);
    // Its slot has expired meanwhile.
    assert!(matches!(call.step(now), Step::Reserve { .. }));
    prepare(&mut call, now);
    let Step::Send(send) = call.step(now) else {
        panic!("the request is not sent");
    };
    assert_eq!(send.timeout, 10 * SECOND);
}

#[test]
fn a_call_that_waits_shortly_keeps_its_slot() {
    let mut call = begin();
    prepare(&mut call, NOW);
    let now = Duration::from_millis(50);
    call.waited(now, now);
    assert!(matches!(call.step(now), Step::Send(_)));
}

#[test]
fn waiting_for_threads_uses_up_the_queue_timeout() {
    let mut call = begin();
    prepare(&mut call, NOW);
    call.waited(29 * SECOND, 29 * SECOND);
    assert!(!matches!(call.step(29 * SECOND), Step::Done(_)));
    prepare(&mut call, 29 * SECOND);
    call.waited(30 * SECOND, SECOND);
    let Step::Done(Err(error)) = call.step(30 * SECOND) else {
        panic!("the call goes on");
    };
    assert_eq!(error.code(), OwnCode::PacedOut);
    assert_eq!(error.outcome(), Outcome::NotApplied);
}

#[test]
fn a_call_that_waits_for_its_slot_counts_that_time_once() {
    let mut call = begin();
    assert!(matches!(call.step(NOW), Step::Reserve { .. }));
    call.waited(20 * SECOND, 20 * SECOND);
    let Step::Reserve { deadline, .. } = call.step(20 * SECOND) else {
        panic!("the call waits no longer");
    };
    assert_eq!(deadline, 30 * SECOND);
}
