//! What a call says about itself: each thing it does besides sending its request, why, and how
//! often.
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use std::time::Duration;

use jumpqr_core::RuleKey;
use jumpqr_core::Secret;
use jumpqr_core::call::{Call, FailureCause, Policy, SendFailure, Step};
use jumpqr_core::interface::DeleteJumpQRCode;
use jumpqr_core::response::Response;

const BUSY: &str = r#"{"errcode":-1,"errmsg":"system error T1"}"#;
const STALE: &str = r#"{"errcode":40001,"errmsg":"invalid credential T1"}"#;
const TOO_FAST: &str = r#"{"errcode":44990}"#;
const LISTED: &str =
    r#"{"errcode":0,"rule_list":[{"prefix":"https://m.example.cn/a","path":"pages/a","state":1}]}"#;
const OK: &str = r#"{"errcode":0}"#;

/// Runs a call against these answers; `None` is a connection that did not come about. Returns the
/// notes and the tally.
fn run(first_slot: Duration, answers: &[Option<&str>]) -> (Vec<String>, String) {
    let policy = Policy {
        retry_delays: vec![Duration::from_millis(200), Duration::from_millis(400)],
        host_count: 2,
        look_up: false,
        ..Policy::default()
    };
    let mut now = Duration::ZERO;
    let key = RuleKey::ordinary_link("https://m.example.cn/a");
    let call = Call::new(DeleteJumpQRCode { key }, policy, now);
    let mut call = call.expect("its body is JSON");
    let (mut answers, mut tokens, mut notes) = (answers.iter(), 0, Vec::new());
    loop {
        notes.extend(call.take_note());
        match call.step(now) {
            Step::Reserve { .. } => call.slot(now, Some(first_slot.max(now))),
            Step::GetToken { .. } => {
                tokens += 1;
                call.token(now, Ok(Some(Secret::new(format!("T{tokens}")))));
            }
            Step::Wait { until } => now = until,
            Step::Send(_) => {
                let failure = SendFailure::before_sending(FailureCause::Connect, "staged");
                let answer = answers.next().expect("an answer for each request");
                call.response(now, answer.map(Response::ok).ok_or(failure));
            }
            Step::Done(_) => return (notes, call.tally().to_string()),
        }
    }
}

#[test]
fn each_thing_that_a_call_does_is_noted_with_its_reason_and_counted() {
    let (notes, tally) = run(
        Duration::from_millis(2200),
        &[
            None,
            Some(STALE),
            Some(BUSY),
            Some(LISTED),
            Some(TOO_FAST),
            Some(OK),
        ],
    );
    assert_eq!(
        notes,
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
        tally,
        "2 retries, 1 further host, 1 renewal of the token, 1 read-back, 2.200s in the queue"
    );
}

#[test]
fn a_call_that_sends_its_request_once_has_nothing_to_say() {
    let (notes, tally) = run(Duration::ZERO, &[Some(OK)]);
    assert_eq!((notes, tally.as_str()), (Vec::new(), ""));
}
