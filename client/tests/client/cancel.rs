//! Cancelled calls: what they send, how long they wait, and their outcome.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use jumpqr::error::OwnCode;
use jumpqr::transport::MemoryTransport;
use jumpqr::{Cancel, Client, Clock, Edit, ErrorKind, Outcome, Secret};

use crate::fake::{ADD, Counter, ManualClock, STABLE_TOKEN, app, count, errcode, ok, rule, token};

/// Makes a client that waits for its retries by this clock.
fn patient_client(transport: &Arc<MemoryTransport>, clock: &Arc<impl Clock>) -> Client {
    Client::builder()
        .access_token("T")
        .transport(transport.clone())
        .clock(clock.clone())
        .timeout(Duration::from_secs(120))
        .build()
        .unwrap()
}

#[test]
fn a_wait_for_a_retry_ends_when_the_check_returns_true() {
    let clock = Arc::new(ManualClock::default());
    let transport = Arc::new(MemoryTransport::new(|_| Ok(errcode(45011))));
    let asked = AtomicUsize::new(0);
    let cancel = Cancel::with_check(move || asked.fetch_add(1, Ordering::SeqCst) == 3);
    let client = patient_client(&transport, &clock).with_cancel(&cancel);
    let error = client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
    assert_eq!(error.code(), OwnCode::Cancelled);
    assert_eq!(error.outcome(), Outcome::NotApplied);
    assert_eq!(transport.sent().len(), 1);
    assert!(cancel.is_cancelled());
    assert_eq!(clock.now(), Duration::from_millis(150));
}

#[test]
fn a_wait_that_is_not_cancelled_has_its_full_length() {
    let clock = Arc::new(ManualClock::default());
    let calls = Counter::default();
    let transport = Arc::new(MemoryTransport::new(move |_| {
        Ok(match calls.next() {
            0 => errcode(45011),
            _ => ok(),
        })
    }));
    let client = patient_client(&transport, &clock).with_cancel(&Cancel::with_check(|| false));
    client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    assert_eq!(transport.sent().len(), 2);
    assert!(clock.now() >= Duration::from_secs(60));
}

/// A clock that cancels at its first second.
#[derive(Debug)]
struct FirstSecond {
    clock: ManualClock,
    cancel: Cancel,
}

impl Clock for FirstSecond {
    fn now(&self) -> Duration {
        self.clock.now()
    }

    fn time_of_day(&self) -> Duration {
        self.clock.time_of_day()
    }

    fn sleep_until(&self, until: Duration) {
        self.clock.sleep_until(until);
        if until >= Duration::from_secs(1) {
            self.cancel.cancel();
        }
    }
}

#[test]
fn a_wait_for_a_retry_ends_when_another_thread_cancels() {
    let cancel = Cancel::default();
    let clock = Arc::new(FirstSecond {
        clock: ManualClock::default(),
        cancel: cancel.clone(),
    });
    let transport = Arc::new(MemoryTransport::new(|_| Ok(errcode(45011))));
    let client = patient_client(&transport, &clock).with_cancel(&cancel);
    let error = client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
    assert_eq!(error.code(), OwnCode::Cancelled);
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(transport.sent().len(), 1);
    assert!(clock.now() < Duration::from_millis(1100));
}

#[test]
fn a_call_that_is_answered_does_not_ask_the_check() {
    let transport = Arc::new(MemoryTransport::new(|_| Ok(ok())));
    let asked = Arc::new(AtomicUsize::new(0));
    let cancel = Cancel::with_check({
        let asked = asked.clone();
        move || asked.fetch_add(1, Ordering::SeqCst) > 0
    });
    let client = Client::builder()
        .access_token("T")
        .transport(transport)
        .build()
        .unwrap()
        .with_cancel(&cancel);
    client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}

#[test]
fn a_token_request_goes_on_when_the_call_is_cancelled() {
    let (release, released) = channel();
    let released = Mutex::new(released);
    let fetching = Arc::new(AtomicBool::new(false));
    let begun = fetching.clone();
    let transport = Arc::new(MemoryTransport::new(move |request| {
        if request.content.path() == STABLE_TOKEN {
            begun.store(true, Ordering::SeqCst);
            released.lock().unwrap().recv().unwrap();
            return Ok(token("T", 7200));
        }
        Ok(ok())
    }));
    let client = app(&transport).build().unwrap();
    let cancel = Cancel::with_check(move || fetching.load(Ordering::SeqCst));
    let error = client
        .with_cancel(&cancel)
        .add_jump_qr_code(rule(), Edit::Add)
        .unwrap_err();
    assert!(error.message().contains("cancelled"), "{error}");
    assert_eq!(count(&transport, ADD), 0);

    release.send(()).unwrap();
    client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    assert_eq!(count(&transport, STABLE_TOKEN), 1, "token requests");
    assert_eq!(count(&transport, ADD), 1, "writes");
}

#[test]
fn a_token_function_is_called_on_the_callers_own_thread() {
    let transport = Arc::new(MemoryTransport::new(|_| Ok(ok())));
    let asked_on = Arc::new(Mutex::new(None));
    let noted = asked_on.clone();
    let client = Client::builder()
        .token_function(move |_| {
            *noted.lock().unwrap() = Some(thread::current().id());
            Ok(Secret::new("T"))
        })
        .transport(transport)
        .build()
        .unwrap()
        .with_cancel(&Cancel::with_check(|| false));
    client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    assert_eq!(*asked_on.lock().unwrap(), Some(thread::current().id()));
}

#[test]
fn a_cancelled_call_sends_nothing_more() {
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
fn the_outcome_of_a_cancelled_write_in_doubt_is_unknown() {
    let cancel = Cancel::default();
    let canceller = cancel.clone();
    let transport = Arc::new(MemoryTransport::new(move |_| {
        canceller.cancel();
        Ok(errcode(-1))
    }));
    let client = Client::builder()
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
