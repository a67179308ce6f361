//! Calls wait for slots, so that they stay below WeChat's limit of calls a second.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use jumpqr::call::{FailureCause, SendFailure};
use jumpqr::error::OwnCode;
use jumpqr::store::MemoryStore;
use jumpqr::transport::MemoryTransport;
use jumpqr::{Cancel, Client, Clock, Edit, Secret, SystemClock};

use crate::fake::{
    Counter, ManualClock, STABLE_TOKEN, app, count, errcode, ok, rule, token, token_of,
};

/// How many calls start at once before one has to wait.
const SLOTS: usize = 5;

/// A clock on which the token is renewed whenever a call waits.
#[derive(Debug, Default)]
struct RenewingClock {
    clock: ManualClock,
    token: Arc<Mutex<String>>,
}

impl Clock for RenewingClock {
    fn now(&self) -> Duration {
        self.clock.now()
    }

    fn time_of_day(&self) -> Duration {
        self.clock.time_of_day()
    }

    fn sleep_until(&self, until: Duration) {
        "T2".clone_into(&mut self.token.lock().unwrap());
        self.clock.sleep_until(until);
    }
}

#[test]
fn a_token_renewed_while_the_call_waits_for_its_slot_is_used() {
    let token = Arc::new(Mutex::new("T1".to_owned()));
    let clock = Arc::new(RenewingClock {
        token: token.clone(),
        ..RenewingClock::default()
    });
    let sent = Arc::new(Mutex::new(Vec::new()));
    let seen = sent.clone();
    let transport = Arc::new(MemoryTransport::new(move |request| {
        seen.lock().unwrap().push(token_of(request));
        Ok(ok())
    }));
    let client = Client::builder()
        .token_function(move |_| Ok(Secret::new(token.lock().unwrap().clone())))
        .transport(transport)
        .clock(clock)
        // So that each call is one request: nothing is looked up.
        .validate(false)
        .build()
        .unwrap();
    for _ in 0..=SLOTS {
        client
            .delete_jump_qr_code("https://m.example.cn/a")
            .unwrap();
    }
    assert_eq!(*sent.lock().unwrap(), ["T1", "T1", "T1", "T1", "T1", "T2"]);
}

/// A client with room for a few calls in its queue, which has used all slots of the present second.
fn busy_client(clock: &Arc<ManualClock>, transport: &Arc<MemoryTransport>) -> Client {
    let client = Client::builder()
        .access_token("T")
        .transport(transport.clone())
        .clock(clock.clone())
        .timeout(Duration::from_secs(1))
        .queue_timeout(Duration::from_secs(3))
        .build()
        .unwrap();
    for _ in 0..SLOTS {
        delete(&client).unwrap();
    }
    client
}

/// Without a look-up before, so that it is one request.
fn delete(client: &Client) -> jumpqr::Result<()> {
    client
        .with_validate(false)
        .delete_jump_qr_code("https://m.example.cn/a")
        .map(drop)
}

/// As many calls at once as wait for three further rounds of slots.
const CALLS: usize = 3 * SLOTS + 2;

#[test]
fn waiting_for_a_slot_may_take_longer_than_the_timeout() {
    let transport = Arc::new(MemoryTransport::new(|_| Ok(ok())));
    let client = Client::builder()
        .access_token("T")
        .transport(transport.clone())
        .timeout(Duration::from_secs(2))
        .build()
        .unwrap();
    delete_at_once(CALLS, &client);
    assert_eq!(transport.sent().len(), CALLS);
}

fn delete_at_once(calls: usize, client: &Client) {
    thread::scope(|scope| {
        for _ in 0..calls {
            scope.spawn(|| delete(client).unwrap());
        }
    });
}

#[test]
fn a_call_beyond_the_queue_timeout_fails_with_advice() {
    let clock = Arc::new(ManualClock::default());
    let transport = Arc::new(MemoryTransport::new(|_| Ok(ok())));
    let client = Client::builder()
        .access_token("T")
        .transport(transport.clone())
        .clock(clock.clone())
        .queue_timeout(Duration::from_secs(1))
        .build()
        .unwrap();
    for _ in 0..SLOTS {
        delete(&client).unwrap();
    }
    let error = delete(&client).unwrap_err();
    assert_eq!(error.code(), OwnCode::PacedOut);
    assert!(error.advice().contains("queue timeout"), "{error}");
    assert_eq!(clock.now(), Duration::ZERO);
    assert_eq!(transport.sent().len(), SLOTS);
}

#[test]
fn a_cancelled_call_leaves_the_queue_and_the_next_ones_move_up() {
    let clock = Arc::new(ManualClock::default());
    let transport = Arc::new(MemoryTransport::new(|_| Ok(ok())));
    let client = busy_client(&clock, &transport);
    for _ in 0..64 {
        let waits = AtomicUsize::new(0);
        let cancel = Cancel::with_check(move || waits.fetch_add(1, Ordering::Relaxed) == 1);
        let error = delete(&client.with_cancel(&cancel)).unwrap_err();
        assert_eq!(error.code(), OwnCode::Cancelled);
        clock.set(Duration::ZERO);
    }
    delete(&client).unwrap();
    assert_eq!(clock.now(), Duration::from_millis(1100));
}

/// Makes more calls than there are slots, each of which fails before anything is sent. Checks that
/// the next call then has a slot at once.
fn check_that_failures_leave_slots_free(client: &Client, clock: &ManualClock, code: OwnCode) {
    for _ in 0..4 * SLOTS {
        assert_eq!(delete(client).unwrap_err().code(), code);
    }
    delete(client).unwrap();
    assert_eq!(clock.now(), Duration::ZERO);
}

#[test]
fn a_slot_is_free_again_if_connecting_fails() {
    let clock = Arc::new(ManualClock::default());
    let calls = Counter::default();
    let transport = Arc::new(MemoryTransport::new(move |_| {
        if calls.next() < 4 * SLOTS {
            return Err(SendFailure::before_sending(FailureCause::Tls, "staged"));
        }
        Ok(ok())
    }));
    let client = Client::builder()
        .access_token("T")
        .transport(transport)
        .clock(clock.clone())
        .build()
        .unwrap();
    check_that_failures_leave_slots_free(&client, &clock, OwnCode::TlsFailed);
}

#[test]
fn a_slot_is_free_again_if_there_is_no_token() {
    let clock = Arc::new(ManualClock::default());
    let calls = Counter::default();
    let client = Client::builder()
        .token_function(move |_| {
            if calls.next() < 4 * SLOTS {
                return Err("staged".into());
            }
            Ok(Secret::new("T"))
        })
        .transport(Arc::new(MemoryTransport::new(|_| Ok(ok()))))
        .clock(clock.clone())
        .build()
        .unwrap();
    check_that_failures_leave_slots_free(&client, &clock, OwnCode::TokenSourceFailed);
}

#[test]
fn calls_that_wait_for_a_slot_do_not_send_a_stale_token() {
    let store = Arc::new(MemoryStore::default());
    let build = |transport: &Arc<MemoryTransport>| {
        app(transport)
            .token_store(store.clone())
            .clock(Arc::new(SystemClock::default()))
            .pacing(true)
            .timeout(Duration::from_secs(2))
            .build()
            .unwrap()
    };
    let before = Arc::new(MemoryTransport::new(|request| {
        Ok(match request.content.path() {
            STABLE_TOKEN => token("T1", 7200),
            _ => ok(),
        })
    }));
    delete(&build(&before)).unwrap();
    let transport = Arc::new(MemoryTransport::new(|request| {
        Ok(match request.content.path() {
            STABLE_TOKEN => token("T2", 7200),
            _ if token_of(request) == "T2" => ok(),
            _ => errcode(40001),
        })
    }));
    delete_at_once(CALLS, &build(&transport));
    assert_eq!(count(&transport, STABLE_TOKEN), 1);
    let stale = transport.sent().len() - 1 - CALLS;
    assert!((1..=SLOTS).contains(&stale), "{stale} requests with it");
}

#[test]
fn calls_are_paced_below_five_a_second() {
    let clock = Arc::new(ManualClock::default());
    let now = clock.clone();
    let starts = Arc::new(Mutex::new(Vec::new()));
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
