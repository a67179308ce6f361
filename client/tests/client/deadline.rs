//! Everything that a call does fits into its one deadline.

use std::sync::Arc;
use std::time::Duration;

use crate::fake::{ADD, Counter, GET, ManualClock, app, count, errcode, listed, ok, rule, token};
use jumpqr::call::{FailureCause, SendFailure};
use jumpqr::error::OwnCode;
use jumpqr::transport::MemoryTransport;
use jumpqr::{Cancel, Client, Clock, Edit, ErrorKind, Outcome};

const TEN_SECONDS: Duration = Duration::from_secs(10);

#[test]
fn a_write_that_times_out_leaves_time_to_read_back() {
    let clock = Arc::new(ManualClock::default());
    let passing = clock.clone();
    let transport = Arc::new(MemoryTransport::new(move |request| {
        if request.path() == GET {
            return Ok(listed());
        }
        passing.advance(request.timeout());
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
    assert_eq!((count(&transport, ADD), count(&transport, GET)), (1, 1));
    assert!(clock.now() < TEN_SECONDS);
}

#[test]
fn waiting_for_a_thread_counts_towards_the_queue_timeout_alone() {
    let clock = Arc::new(ManualClock::default());
    let transport = Arc::new(MemoryTransport::new(|_| Ok(ok())));
    let client = Client::builder()
        .access_token("T")
        .transport(transport.clone())
        .clock(clock)
        .timeout(Duration::from_secs(4))
        .queue_timeout(TEN_SECONDS)
        .build()
        .unwrap();
    let in_time = client.with_waited(Duration::from_secs(9));
    in_time.add_jump_qr_code(rule(), Edit::Add).unwrap();
    assert_eq!(transport.sent()[0].timeout, Duration::from_secs(3));
    let too_late = client.with_waited(TEN_SECONDS);
    let error = too_late.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
    assert_eq!(
        (error.code(), error.outcome()),
        (OwnCode::PacedOut.into(), Outcome::NotApplied)
    );
    assert!(error.advice().contains("queue timeout"), "{error}");
    let mut rules = client.rules();
    let error = rules.with_waited(TEN_SECONDS).next_page().unwrap_err();
    assert_eq!(error.code(), OwnCode::PacedOut);
    assert_eq!(transport.sent().len(), 1);
}

#[test]
fn nothing_more_is_sent_once_the_caller_has_given_up() {
    let cancel = Cancel::default();
    let canceller = cancel.clone();
    let transport = Arc::new(MemoryTransport::new(move |_| {
        canceller.cancel();
        Ok(errcode(44990))
    }));
    let client = Client::builder()
        .access_token("T")
        .transport(transport.clone())
        .clock(Arc::new(ManualClock::default()))
        .build()
        .unwrap()
        .with_cancel(&cancel);
    let error = client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
    assert_eq!(error.outcome(), Outcome::NotApplied);
    assert!(error.message().contains("cancelled"), "{error}");
    assert_eq!(transport.sent().len(), 1);
    client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
    assert_eq!(transport.sent().len(), 1);
}

#[test]
fn a_write_in_doubt_that_is_given_up_is_not_known() {
    let cancel = Cancel::default();
    let canceller = cancel.clone();
    let transport = Arc::new(MemoryTransport::new(move |_| {
        canceller.cancel();
        Ok(errcode(-1))
    }));
    let client = app(&Arc::new(MemoryTransport::new(|_| Ok(ok()))))
        .access_token("T")
        .transport(transport.clone())
        .build()
        .unwrap()
        .with_cancel(&cancel);
    let error = client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unknown);
    assert!(error.advice().contains("getJumpQRCode"), "{error}");
    assert_eq!(transport.sent().len(), 1);
}

#[test]
fn a_wait_that_would_pass_the_deadline_is_not_begun() {
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
fn a_slow_token_leaves_the_rest_to_the_call() {
    let clock = Arc::new(ManualClock::default());
    let passing = clock.clone();
    let transport = Arc::new(MemoryTransport::new(move |request| {
        if request.path() == ADD {
            assert!(request.timeout() <= Duration::from_secs(6));
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
fn a_transport_that_overshoots_ends_with_an_unknown_outcome() {
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
fn calls_are_paced_below_five_a_second() {
    let clock = Arc::new(ManualClock::default());
    let now = clock.clone();
    let starts = Arc::new(std::sync::Mutex::new(Vec::new()));
    let log = starts.clone();
    let transport = Arc::new(MemoryTransport::new(move |_| {
        log.lock().unwrap().push(now.now());
        Ok(ok())
    }));
    let client = Client::builder()
        .access_token("T")
        .transport(transport)
        .clock(clock)
        .build()
        .unwrap();
    for _ in 0..23 {
        client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    }
    for window in starts.lock().unwrap().windows(6) {
        assert!(
            window[5].saturating_sub(window[0]) > Duration::from_secs(1),
            "{window:?}"
        );
    }
}

#[test]
fn a_transient_refusal_is_sent_again_after_a_second_at_least() {
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
