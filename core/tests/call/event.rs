//! The event of a call: its times, its requests, and how it ended.

use std::time::Duration;

use jumpqr_core::call::{
    Call, CallEvent, CallOutcome, FailureCause, Policy, SendFailure, Step, TokenWait,
};
use jumpqr_core::error::OwnCode;
use jumpqr_core::interface::{DownloadQRCodeText, Interface, RawCall};
use jumpqr_core::response::Response;
use jumpqr_core::{Error, Secret};

use crate::script::{
    BUSY, ILLEGAL, LISTED, NOT_LISTED, OK, PREFIX, STALE, TOO_FAST, delete, publish,
    without_look_up,
};

const TOKEN_TIME: Duration = Duration::from_millis(30);
const LOCK_TIME: Duration = Duration::from_millis(20);
const REQUEST_TIME: Duration = Duration::from_millis(7);

/// Runs a watched call, which has waited 5 ms for a thread before, and 11 ms for its first slot.
fn watch<I: Interface>(
    interface: I,
    policy: Policy,
    responses: impl IntoIterator<Item = Result<Response, SendFailure>>,
) -> CallEvent {
    let mut now = Duration::from_secs(1);
    let first_slot = now + Duration::from_millis(11);
    let mut call = Call::new(interface, policy, now).unwrap();
    call.watch(now, Duration::from_millis(5));
    let mut responses = responses.into_iter();
    let mut tokens = 0;
    loop {
        match call.step(now) {
            Step::Reserve { .. } => call.slot(now, Some(first_slot.max(now))),
            Step::GetToken { .. } => {
                tokens += 1;
                now += TOKEN_TIME;
                call.token_wait(
                    now,
                    TokenWait {
                        lock: LOCK_TIME,
                        renewed: false,
                    },
                );
                call.token(now, Ok(Some(Secret::new(format!("T{tokens}")))));
            }
            Step::Wait { until } => now = until,
            Step::Send(_) => {
                now += REQUEST_TIME;
                call.response(now, responses.next().expect("a response to each request"));
            }
            Step::Done(result) => {
                let event = call.event(now, Some("wx1"), result.as_ref().err());
                assert!(call.event(now, None, None).is_none(), "a second event");
                return event.expect("the event of a watched call");
            }
        }
    }
}

fn bodies<const N: usize>(bodies: [&str; N]) -> [Result<Response, SendFailure>; N] {
    bodies.map(|body| Ok(Response::ok(body)))
}

fn show(event: &CallEvent) -> String {
    event.to_string()
}

#[test]
fn a_call_that_is_not_watched_has_no_event() {
    let mut call = Call::new(DownloadQRCodeText, Policy::default(), Duration::ZERO).unwrap();
    assert!(!call.is_watched());
    assert_eq!(call.event(Duration::ZERO, None, None), None);
}

#[test]
fn each_request_is_listed_with_what_the_call_did_next() {
    let mut responses = vec![Err(SendFailure::before_sending(
        FailureCause::Connect,
        "staged",
    ))];
    responses.extend(bodies([STALE, BUSY, "<html>", LISTED, TOO_FAST, OK]));
    let policy = Policy {
        host_count: 2,
        ..without_look_up(&[100, 200, 400])
    };
    let event = watch(delete(), policy, responses);
    assert_eq!(
        show(&event),
        "deleteJumpQRCode appid=wx1 ok duration_ms=1825.0 thread_ms=5.0 slot_ms=11.0 \
         token_ms=20.0 lock_ms=40.0 retry_ms=1700.0 wechat_ms=49.0 token_renewed=true \
         read_back=true status=200 outcome=applied attempts=[request connect_failed \
         next=next_host; request 200 invalid_credential(40001) next=renew_token; request 200 \
         system_error(-1) next=read_back; read_back 200 not_json next=retry; read_back \
         200 next=resend; request 200 second_rate_limit(44990) next=retry; request 200]"
    );
    let sum = event.thread_ms
        + event.slot_ms
        + event.token_ms
        + event.lock_ms
        + event.retry_ms
        + event.wechat_ms;
    assert!((event.duration_ms - sum).abs() < 1e-6, "{event:?}");
    let starts: Vec<_> = event.attempts.iter().map(|it| it.start_ms).collect();
    assert_eq!(starts, [46.0, 53.0, 90.0, 97.0, 204.0, 411.0, 1818.0]);
    let durations: Vec<_> = event.attempts.iter().map(|it| it.duration_ms).collect();
    assert_eq!(durations, [7.0; 7]);
}

#[test]
fn a_rule_is_looked_up_before_its_change() {
    let event = watch(publish(), Policy::default(), bodies([LISTED, OK]));
    assert!(
        show(&event).ends_with("outcome=applied attempts=[look_up 200 next=request; request 200]"),
        "{event}"
    );
    let event = watch(publish(), Policy::default(), bodies([NOT_LISTED]));
    assert_eq!(event.code, Some(OwnCode::NoSuchRule.into()));
    assert_eq!(event.outcome, Some(CallOutcome::NotApplied));
    assert_eq!(event.attempts.len(), 1);
}

#[test]
fn a_refusal_is_in_the_event_and_its_text_is_not() {
    let rid = "634bfc67-005fc671-503d9355";
    let body = format!(r#"{{"errcode":85066,"errmsg":"a text rid: {rid}"}}"#);
    let event = watch(delete(), without_look_up(&[]), bodies([&body]));
    assert_eq!(
        (event.errcode, event.rid.as_deref()),
        (Some(85066), Some(rid))
    );
    assert_eq!(event.outcome, Some(CallOutcome::NotApplied));
    let json = serde_json::to_value(&event).unwrap();
    assert_eq!(json["code"], "illegal_prefix");
    assert_eq!(json["attempts"][0]["rid"], rid);
    assert_eq!(json["attempts"][0]["next"], serde_json::Value::Null);
    assert!(!json.to_string().contains("a text"), "{json}");
    assert!(!json.to_string().contains(PREFIX), "{json}");
}

#[test]
fn a_token_that_is_echoed_as_the_rid_is_struck_out() {
    let token = "634bfc67-005fc671-503d9355";
    let body = format!(r#"{{"errcode":85066,"errmsg":"a text rid: {token}"}}"#);
    let mut call = Call::new(delete(), without_look_up(&[]), Duration::ZERO).unwrap();
    call.watch(Duration::ZERO, Duration::ZERO);
    let event = loop {
        match call.step(Duration::ZERO) {
            Step::Reserve { .. } => call.slot(Duration::ZERO, Some(Duration::ZERO)),
            Step::GetToken { .. } => call.token(Duration::ZERO, Ok(Some(token.into()))),
            Step::Send(_) => call.response(Duration::ZERO, Ok(Response::ok(&*body))),
            Step::Done(Err(error)) => break call.event(Duration::ZERO, None, Some(&error)),
            other => panic!("{other:?}"),
        }
    };
    let event = event.unwrap();
    assert_eq!(event.errcode, Some(85066));
    assert!(!format!("{event:?} {event}").contains(token), "{event:?}");
}

#[test]
fn only_a_change_has_an_outcome() {
    let event = watch(DownloadQRCodeText, Policy::default(), bodies([ILLEGAL]));
    assert_eq!((event.outcome, event.is_ok()), (None, false));
    // What a raw call does is not known.
    let raw = RawCall::get("/cgi-bin/getcallbackip");
    let lost = SendFailure::after_sending(FailureCause::ConnectionLost, "staged");
    let event = watch(raw, Policy::default(), [Err(lost)]);
    assert_eq!(event.outcome, Some(CallOutcome::Unknown));
    assert_eq!((event.status, event.errcode), (None, None));
    assert_eq!(event.interface, "/cgi-bin/getcallbackip");
}

#[test]
fn a_cancelled_call_has_an_event_with_the_waits_until_then() {
    let ms = Duration::from_millis;
    let mut call = Call::new(delete(), without_look_up(&[1_000]), ms(0)).unwrap();
    call.watch(ms(0), ms(0));
    drop(call.step(ms(0)));
    call.slot(ms(0), Some(ms(0)));
    drop(call.step(ms(0)));
    call.token(ms(0), Ok(Some("T1".into())));
    drop(call.step(ms(0)));
    call.response(ms(10), Ok(Response::ok(TOO_FAST)));
    drop(call.step(ms(10)));
    call.cancel(ms(250));
    let Step::Done(Err(error)) = call.step(ms(250)) else {
        panic!("the call is not over");
    };
    let event = call.event(ms(250), None, Some(&error)).unwrap();
    assert_eq!(event.code, Some(OwnCode::Cancelled.into()));
    assert_eq!((event.duration_ms, event.retry_ms), (250.0, 240.0));
}

#[test]
fn a_call_that_waits_in_vain_for_its_slot_says_how_long() {
    let ms = Duration::from_millis;
    let mut call = Call::new(delete(), without_look_up(&[]), ms(0)).unwrap();
    call.watch(ms(0), ms(0));
    drop(call.step(ms(0)));
    call.slot(ms(0), Some(ms(400)));
    drop(call.step(ms(0)));
    drop(call.step(ms(400)));
    call.slot(ms(400), None);
    let Step::Done(Err(error)) = call.step(ms(400)) else {
        panic!("the call is not over");
    };
    let event = call.event(ms(400), None, Some(&error)).unwrap();
    assert_eq!(event.code, Some(OwnCode::PacedOut.into()));
    assert_eq!((event.slot_ms, event.lock_ms), (400.0, 0.0));
    assert!(event.attempts.is_empty());
}

#[test]
fn a_call_that_is_refused_before_it_starts_has_an_event() {
    let error = Error::new(OwnCode::PacedOut, "staged");
    let mut event = CallEvent::unsent(&delete(), Some("wx1"), Duration::from_millis(9));
    event.fail(&error);
    assert_eq!(
        show(&event),
        "deleteJumpQRCode appid=wx1 code=paced_out duration_ms=9.0 thread_ms=9.0 \
         outcome=not_applied attempts=[]"
    );
}
