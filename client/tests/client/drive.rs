//! The deadline of a call, and its outcome after retries and reading back.

use std::sync::Arc;
use std::time::Duration;

use crate::fake::{ADD, Counter, GET, ManualClock, app, count, errcode, listed, ok, rule, token};
use jumpqr::call::{FailureCause, SendFailure};
use jumpqr::response::Response;
use jumpqr::transport::MemoryTransport;
use jumpqr::{Client, Clock, Edit, ErrorKind, Outcome};

const TEN_SECONDS: Duration = Duration::from_secs(10);

#[test]
fn a_write_that_times_out_leaves_time_to_read_back() {
    let clock = Arc::new(ManualClock::default());
    let passing = clock.clone();
    let transport = Arc::new(MemoryTransport::new(move |request| {
        if request.content.path() == GET {
            return Ok(listed());
        }
        passing.advance(request.timeout);
        Err(SendFailure::after_sending(
            FailureCause::Timeout,
            "too slow",
        ))
    }));
    let client = Client::builder()
        .access_token("T")
        .transport(transport.clone())
        .clock(clock.clone())
        .timeout(TEN_SECONDS)
        .build()
        .unwrap();
    client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    assert_eq!(count(&transport, ADD), 1, "writes");
    assert_eq!(count(&transport, GET), 1, "reads");
    assert!(clock.now() < TEN_SECONDS);
}

#[test]
fn a_wait_that_would_pass_the_deadline_does_not_begin() {
    let clock = Arc::new(ManualClock::default());
    let transport = Arc::new(MemoryTransport::new(|_| Ok(errcode(45011))));
    let client = Client::builder()
        .access_token("T")
        .transport(transport)
        .clock(clock.clone())
        .build()
        .unwrap();
    let error = client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert!(error.is_retryable());
    assert_eq!(clock.now(), Duration::ZERO);
}

#[test]
fn a_slow_token_leaves_the_rest_of_the_time_to_the_call() {
    let clock = Arc::new(ManualClock::default());
    let passing = clock.clone();
    let transport = Arc::new(MemoryTransport::new(move |request| {
        if request.content.path() == ADD {
            assert!(request.timeout <= Duration::from_secs(6));
            return Ok(ok());
        }
        passing.advance(Duration::from_secs(4));
        Ok(token("T", 7200))
    }));
    let client = app(&transport)
        .clock(clock)
        .timeout(TEN_SECONDS)
        .build()
        .unwrap();
    client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    assert_eq!(count(&transport, ADD), 1);
}

#[test]
fn a_transport_that_exceeds_the_deadline_leaves_the_outcome_unknown() {
    let clock = Arc::new(ManualClock::default());
    let passing = clock.clone();
    let transport = Arc::new(MemoryTransport::new(move |_| {
        passing.advance(2 * TEN_SECONDS);
        Err(SendFailure::after_sending(
            FailureCause::Timeout,
            "too slow",
        ))
    }));
    let client = Client::builder()
        .access_token("T")
        .transport(transport.clone())
        .clock(clock)
        .timeout(TEN_SECONDS)
        .build()
        .unwrap();
    let error = client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome()),
        (ErrorKind::Timeout, Outcome::Unknown)
    );
    assert_eq!(transport.sent().len(), 1);
}

#[test]
fn a_rate_limited_call_is_retried_after_at_least_a_second() {
    let clock = Arc::new(ManualClock::default());
    let calls = Counter::default();
    let transport = Arc::new(MemoryTransport::new(move |_| {
        Ok(match calls.next() {
            0 => errcode(44990),
            _ => ok(),
        })
    }));
    let client = Client::builder()
        .access_token("T")
        .transport(transport)
        .clock(clock.clone())
        .build()
        .unwrap();
    client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    assert!(clock.now() >= Duration::from_secs(1));
}

/// Returns the advice of a change whose first response is lost, whose second response is this
/// errcode, and which is not applied when it is read back.
fn advice_after_resend(second: i64) -> String {
    let sent = Counter::default();
    let transport = Arc::new(MemoryTransport::new(move |request| {
        match request.content.path() {
            ADD if sent.next() == 0 => Err(SendFailure::after_sending(
                FailureCause::ConnectionLost,
                "lost",
            )),
            ADD => Ok(errcode(second)),
            _ => Ok(Response::ok(r#"{"errcode":0,"rule_list":[]}"#)),
        }
    }));
    let client = Client::builder()
        .access_token("T")
        .transport(transport)
        .clock(Arc::<ManualClock>::default())
        .max_retries(1)
        .build()
        .unwrap();
    let error = client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
    assert_eq!(error.errcode(), Some(second));
    assert_eq!(error.outcome(), Outcome::NotApplied);
    error.advice().to_owned()
}

#[test]
fn the_advice_is_to_retry_only_if_that_may_help() {
    assert!(
        advice_after_resend(-1).contains("call again"),
        "{}",
        advice_after_resend(-1)
    );
    assert!(
        advice_after_resend(85069).contains("file"),
        "{}",
        advice_after_resend(85069)
    );
    assert!(!advice_after_resend(85069).contains("call again"));
}
