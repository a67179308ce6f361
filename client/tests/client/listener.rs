//! The listener of calls: which events it gets, when, and on which thread.

use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};
use std::time::Duration;

use jumpqr::call::CallEvent;
use jumpqr::error::OwnCode;
use jumpqr::interface::RawCall;
use jumpqr::store::{self, Key, Lease, MemoryStore, StoredRecord, TokenStore};
use jumpqr::transport::MemoryTransport;
use jumpqr::{Cancel, Client, ClientBuilder, Clock, Edit, Result};

use crate::fake::{Counter, ManualClock, STABLE_TOKEN, app, errcode, ok, rule, token};

#[derive(Clone, Default)]
struct Events(Arc<Mutex<Vec<(CallEvent, ThreadId)>>>);

impl Events {
    fn listen(&self, builder: ClientBuilder) -> ClientBuilder {
        let events = self.clone();
        builder.on_call(move |event| {
            let entry = (event.clone(), thread::current().id());
            events.0.lock().unwrap().push(entry);
        })
    }

    fn take(&self) -> Vec<CallEvent> {
        let events = std::mem::take(&mut *self.0.lock().unwrap());
        let here = thread::current().id();
        assert!(events.iter().all(|(_, thread)| *thread == here));
        events.into_iter().map(|(event, _)| event).collect()
    }
}

fn transport() -> Arc<MemoryTransport> {
    Arc::new(MemoryTransport::new(|request| {
        Ok(match request.content.path() {
            STABLE_TOKEN => token("SECRET-TOKEN", 7200),
            _ => ok(),
        })
    }))
}

fn names(events: &[CallEvent]) -> Vec<&str> {
    events.iter().map(|event| &*event.interface).collect()
}

#[test]
fn a_renewal_has_an_event_before_the_call_that_waited_for_it() {
    let events = Events::default();
    let client = events.listen(app(&transport())).build().unwrap();
    client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    let seen = events.take();
    assert_eq!(names(&seen), ["stable_token", "addJumpQRCode"]);
    assert_eq!(
        (seen[0].token_renewed, seen[1].token_renewed),
        (false, true)
    );
    for event in &seen {
        assert_eq!(event.appid.as_deref(), Some("wx1234567890abcdef"));
        assert!(!format!("{event:?} {event}").contains("SECRET"), "{event}");
    }
    client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    let seen = events.take();
    assert_eq!(names(&seen), ["addJumpQRCode"]);
    assert!(!seen[0].token_renewed);
}

#[test]
fn events_come_on_the_thread_of_the_call_also_if_another_one_renews() {
    let events = Events::default();
    let client = events.listen(app(&transport())).build().unwrap();
    let cancellable = client.with_cancel(&Cancel::with_check(|| false));
    cancellable.add_jump_qr_code(rule(), Edit::Add).unwrap();
    let seen = events.take();
    assert_eq!(names(&seen), ["stable_token", "addJumpQRCode"]);
    assert!(seen[1].token_renewed);
}

#[test]
fn a_listener_may_call_the_client() {
    let client: Arc<Mutex<Option<Client>>> = Arc::default();
    let within = client.clone();
    let seen = Events::default();
    let listened = seen.clone();
    let transport = transport();
    let built = app(&transport).on_call(move |event| {
        let entry = (event.clone(), thread::current().id());
        listened.0.lock().unwrap().push(entry);
        if event.interface == "stable_token" {
            let client = within.lock().unwrap().clone();
            client
                .unwrap()
                .call_raw(RawCall::get("/cgi-bin/x"))
                .unwrap();
        }
    });
    let built = built.build().unwrap();
    *client.lock().unwrap() = Some(built.clone());
    built.add_jump_qr_code(rule(), Edit::Add).unwrap();
    assert_eq!(
        names(&seen.take()),
        ["stable_token", "/cgi-bin/x", "addJumpQRCode"]
    );
    client.lock().unwrap().take();
}

#[test]
fn a_panic_in_the_listener_does_not_break_the_call() {
    let calls = Arc::new(Counter::default());
    let counted = calls.clone();
    let client = app(&transport())
        .on_call(move |_| {
            counted.next();
            std::panic::resume_unwind(Box::new("staged"))
        })
        .build()
        .unwrap();
    client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    assert_eq!(calls.next(), 3, "events");
}

#[test]
fn a_call_that_sends_nothing_has_an_event() {
    let events = Events::default();
    let client = events.listen(app(&transport())).build().unwrap();
    let mut wrong = rule();
    wrong.prefix = String::new();
    client.add_jump_qr_code(wrong, Edit::Add).unwrap_err();
    let seen = events.take();
    assert_eq!(names(&seen), ["addJumpQRCode"]);
    assert_eq!(seen[0].code, Some(OwnCode::InvalidRequest.into()));
    assert!(seen[0].attempts.is_empty());
}

/// A store whose leases another process holds until a second has passed.
#[derive(Debug)]
struct Leased {
    store: MemoryStore,
    clock: Arc<ManualClock>,
}

impl TokenStore for Leased {
    fn name(&self) -> String {
        "leased".to_owned()
    }

    fn load(&self, key: &Key, timeout: Duration) -> Result<Option<StoredRecord>> {
        self.store.load(key, timeout)
    }

    fn lock(&self, key: &Key, life: Duration, timeout: Duration) -> Result<Option<Lease>> {
        if self.clock.now() < Duration::from_secs(1) {
            return Ok(None);
        }
        self.store.lock(key, life, timeout)
    }

    fn save(&self, key: &Key, bytes: &[u8], lease: &Lease, timeout: Duration) -> Result<bool> {
        self.store.save(key, bytes, lease, timeout)
    }

    fn release(&self, key: &Key, lease: Lease, timeout: Duration) -> Result<()> {
        self.store.release(key, lease, timeout)
    }
}

#[test]
fn a_wait_for_the_lock_is_told_apart_from_the_time_for_the_token() {
    let events = Events::default();
    let clock = Arc::new(ManualClock::default());
    let passing = clock.clone();
    let transport = Arc::new(MemoryTransport::new(move |request| {
        passing.advance(Duration::from_millis(30));
        Ok(match request.content.path() {
            STABLE_TOKEN => token("T", 7200),
            _ => ok(),
        })
    }));
    let store = Arc::new(Leased {
        store: MemoryStore::with_clock(clock.clone()),
        clock: clock.clone(),
    });
    let client = events
        .listen(app(&transport).clock(clock.clone()).token_store(store))
        .build()
        .unwrap();
    client.add_jump_qr_code(rule(), Edit::Add).unwrap();
    let seen = events.take();
    let call = &seen[1];
    assert!(call.lock_ms >= 1000.0, "{call}");
    assert_eq!((call.token_ms, call.wechat_ms), (30.0, 30.0), "{call}");
    assert!(
        (call.duration_ms - call.lock_ms - 60.0).abs() < 0.01,
        "{call}"
    );
    assert_eq!((seen[0].lock_ms, seen[0].duration_ms), (0.0, 30.0));
}

#[test]
fn the_events_of_a_merchant_s_calls_name_the_merchant() {
    let events = Events::default();
    let transport = Arc::new(MemoryTransport::new(|request| {
        Ok(match request.content.path() {
            "/cgi-bin/component/api_component_token" => jumpqr::response::Response::ok(
                r#"{"component_access_token":"C","expires_in":7200}"#,
            ),
            "/cgi-bin/component/api_authorizer_token" => jumpqr::response::Response::ok(
                r#"{"authorizer_access_token":"M","expires_in":7200,"authorizer_refresh_token":"refreshtoken@@@R2"}"#,
            ),
            _ => errcode(85066),
        })
    }));
    let builder = Client::builder()
        .transport(transport)
        .token_store(store::open("memory:").unwrap());
    let platform = events
        .listen(builder)
        .build_platform("wxplatform00000000", "appsecret")
        .unwrap();
    platform.set_verify_ticket("ticket@@@T").unwrap();
    platform
        .set_authorizer_refresh_token("wx1234567890abcdef", "refreshtoken@@@R1")
        .unwrap();
    let client = platform.merchant("wx1234567890abcdef").unwrap();
    client.add_jump_qr_code(rule(), Edit::Add).unwrap_err();
    let seen: Vec<_> = events
        .take()
        .into_iter()
        .map(|event| {
            (
                event.interface.into_owned(),
                event.appid.unwrap_or_default(),
            )
        })
        .collect();
    let seen: Vec<_> = seen.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(
        seen,
        [
            ("api_component_token", "wxplatform00000000"),
            ("api_authorizer_token", "wx1234567890abcdef"),
            ("addJumpQRCode", "wx1234567890abcdef"),
        ]
    );
}
