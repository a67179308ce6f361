//! Clients that share a token store: one fetches for all, and what one has found out serves the others.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex, OnceLock};
use std::time::Duration;

use jumpqr::error::OwnCode;
use jumpqr::error::Result;
use jumpqr::response::Response;
use jumpqr::settings::TokenInterface;
use jumpqr::store::{DirectoryStore, Key, MemoryStore, TokenStore};
use jumpqr::transport::MemoryTransport;
use jumpqr::{Client, Edit, SystemClock};

use crate::fake::{
    ADD, Counter, ManualClock, STABLE_TOKEN, app, count, errcode, ok, rule, token, token_of,
};
use crate::unreliable::{Unreliable, Work};

/// Longer than any test.
pub(crate) const LONG: Duration = Duration::from_secs(3600);

pub(crate) fn key() -> Key {
    Key::new("stable_token", "wx1234567890abcdef", &[]).unwrap()
}

/// A WeChat that issues T0, T1, … and takes the last one only.
pub(crate) fn strict() -> Arc<MemoryTransport> {
    let issued = Counter::default();
    let last = Mutex::new(String::new());
    Arc::new(MemoryTransport::new(move |request| {
        let mut last = last.lock().unwrap();
        Ok(match request.content.path() {
            STABLE_TOKEN => {
                *last = format!("T{}", issued.next());
                token(&last, 7200)
            }
            _ if token_of(request) == *last => ok(),
            _ => {
                // Others that were waiting for the same token come to have it.
                drop(last);
                std::thread::sleep(Duration::from_millis(30));
                errcode(40001)
            }
        })
    }))
}

pub(crate) fn add(client: &Client) -> Result<()> {
    client.add_jump_qr_code(rule(), Edit::Add).map(drop)
}

pub(crate) fn sharing(
    transport: &Arc<MemoryTransport>,
    store: &Arc<impl TokenStore>,
    clock: &Arc<ManualClock>,
) -> Client {
    app(transport)
        .token_store(store.clone())
        .clock(clock.clone())
        .build()
        .unwrap()
}

#[test]
fn clients_that_find_no_token_cause_one_request() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tokens");
    let everybody = Barrier::new(4 * 4);
    let transport = Arc::new(MemoryTransport::new(|request| {
        Ok(match request.content.path() {
            STABLE_TOKEN => {
                // Long enough for the others to come and find it being fetched.
                std::thread::sleep(Duration::from_millis(100));
                token("T", 7200)
            }
            _ => ok(),
        })
    }));
    let clients: Vec<_> = (0..4)
        .map(|_| {
            app(&transport)
                .token_store(Arc::new(DirectoryStore::open(&path).unwrap()))
                .clock(Arc::new(SystemClock::default()))
                .build()
                .unwrap()
        })
        .collect();
    std::thread::scope(|scope| {
        for client in clients.iter().cycle().take(4 * 4) {
            scope.spawn(|| {
                everybody.wait();
                add(client).unwrap();
            });
        }
    });
    assert_eq!(
        (count(&transport, STABLE_TOKEN), count(&transport, ADD)),
        (1, 16)
    );
}

#[test]
fn a_newer_token_in_the_store_is_used_without_a_request_and_is_not_dropped() {
    let (transport, store, clock) = (strict(), Arc::<MemoryStore>::default(), Arc::default());
    let clients: Vec<_> = (0..3)
        .map(|_| sharing(&transport, &store, &clock))
        .collect();
    for client in &clients {
        add(client).unwrap();
    }
    assert_eq!(count(&transport, STABLE_TOKEN), 1);

    // Somebody who shares nothing takes the token's place.
    add(&app(&transport).build().unwrap()).unwrap();
    assert_eq!(count(&transport, STABLE_TOKEN), 2);
    for client in &clients {
        add(client).unwrap();
    }
    assert_eq!(count(&transport, STABLE_TOKEN), 3);
}

#[test]
fn a_token_that_was_renewed_between_the_look_and_the_lock_is_used() {
    let (transport, store) = (strict(), Arc::<Unreliable>::default());
    let clock = Arc::<ManualClock>::default();
    let other = sharing(&transport, &store, &clock);
    store.before(Work::Lock, move || add(&other).unwrap());
    add(&sharing(&transport, &store, &clock)).unwrap();
    assert_eq!(count(&transport, STABLE_TOKEN), 1);
}

#[test]
fn calls_do_not_look_into_the_store_each_time_while_another_process_renews() {
    let (transport, store) = (strict(), Arc::<Unreliable>::default());
    let clock = Arc::<ManualClock>::default();
    let client = sharing(&transport, &store, &clock);
    add(&client).unwrap();
    let _lease = store.lock(&key(), LONG, LONG).unwrap().unwrap();
    clock.advance(Duration::from_secs(7150));
    let before = store.locks.load(Ordering::SeqCst);
    for _ in 0..10 {
        add(&client).unwrap();
    }
    assert_eq!(store.locks.load(Ordering::SeqCst), before + 1);
    clock.advance(Duration::from_secs(5));
    add(&client).unwrap();
    assert_eq!(store.locks.load(Ordering::SeqCst), before + 2);
}

#[test]
fn a_thread_does_not_get_a_refused_token_again_from_a_thread_that_only_looked_into_the_store() {
    let (transport, store) = (strict(), Arc::<Unreliable>::default());
    let clock = Arc::<ManualClock>::default();
    let client = sharing(&transport, &store, &clock);
    add(&client).unwrap();
    let lease = store.store.lock(&key(), LONG, LONG).unwrap().unwrap();
    clock.advance(Duration::from_secs(7150));
    // Somebody who shares nothing takes the token's place.
    add(&app(&transport).build().unwrap()).unwrap();

    let (refused, other) = (transport.clone(), client.clone());
    let thread = Arc::<OnceLock<_>>::default();
    let (started, again) = (thread.clone(), store.clone());
    store.before(Work::Lock, move || {
        let before = count(&refused, ADD);
        started
            .set(std::thread::spawn(move || add(&other)))
            .unwrap();
        while count(&refused, ADD) == before {
            std::thread::yield_now();
        }
        // Time to wait for this look; if it is too short, the thread looks for itself, which is as good.
        std::thread::sleep(Duration::from_millis(50));
        let released = again.clone();
        let release = move || released.store.release(&key(), lease, LONG).unwrap();
        again.before(Work::Lock, release);
    });
    add(&client).unwrap();
    let thread = Arc::into_inner(thread).unwrap().into_inner().unwrap();
    thread.join().unwrap().unwrap();
    assert_eq!(count(&transport, STABLE_TOKEN), 3);
}

#[test]
fn other_processes_know_the_age_of_a_token() {
    let (transport, store, clock) = (strict(), Arc::<MemoryStore>::default(), Arc::default());
    add(&sharing(&transport, &store, &clock)).unwrap();
    for (later, fetches) in [(0, 1), (6900, 1), (250, 2), (7300, 3)] {
        clock.advance(Duration::from_secs(later));
        add(&sharing(&transport, &store, &clock)).unwrap();
        assert_eq!(count(&transport, STABLE_TOKEN), fetches, "{later} s later");
    }
}

#[test]
fn the_clock_of_another_machine_may_be_wrong() {
    let (transport, store) = (strict(), Arc::<MemoryStore>::default());
    let ahead = Arc::new(ManualClock::default());
    ahead.advance(24 * LONG);
    add(&sharing(&transport, &store, &ahead)).unwrap();
    let clock = Arc::default();
    let client = sharing(&transport, &store, &clock);
    add(&client).unwrap();
    assert_eq!(count(&transport, STABLE_TOKEN), 1);
    clock.advance(Duration::from_secs(7300));
    add(&sharing(&transport, &store, &ahead)).unwrap();
    add(&client).unwrap();
    assert_eq!(count(&transport, STABLE_TOKEN), 1);
}

#[test]
fn each_interface_has_a_token_of_its_own() {
    let store = Arc::<MemoryStore>::default();
    let transport = Arc::new(MemoryTransport::new(|request| {
        Ok(match request.content.path() {
            STABLE_TOKEN | "/cgi-bin/token" => token("T", 7200),
            _ => ok(),
        })
    }));
    for interface in TokenInterface::ALL {
        let client = app(&transport)
            .token_interface(*interface)
            .token_store(store.clone());
        add(&client.build().unwrap()).unwrap();
    }
    assert_eq!(count(&transport, STABLE_TOKEN), 1);
    assert_eq!(count(&transport, "/cgi-bin/token"), 1);
}

#[test]
fn a_token_without_refresh_token_is_used_even_if_it_cannot_be_saved() {
    let (transport, store, clock) = (strict(), Arc::<Unreliable>::default(), Arc::default());
    store.read_only.store(true, Ordering::SeqCst);
    let client = sharing(&transport, &store, &clock);
    add(&client).unwrap();
    add(&client).unwrap();
    assert_eq!(count(&transport, STABLE_TOKEN), 1);
}

#[test]
fn a_stored_record_that_is_not_a_token_is_reported_and_left_in_the_store() {
    let (transport, store, clock) = (strict(), Arc::<MemoryStore>::default(), Arc::default());
    let lease = store.lock(&key(), LONG, LONG).unwrap().unwrap();
    let garbage = br#"{"access_token":["SECRET"]}"#;
    store.save(&key(), garbage, &lease, LONG).unwrap();
    store.release(&key(), lease, LONG).unwrap();
    let error = add(&sharing(&transport, &store, &clock)).unwrap_err();
    assert_eq!(error.code(), OwnCode::StoreDamaged);
    assert!(!format!("{error:?}").contains("SECRET"));
    assert_eq!(store.load(&key(), LONG).unwrap().unwrap().bytes, garbage);
    assert!(transport.sent().is_empty());
}

#[test]
fn an_older_token_in_the_store_is_not_taken_for_a_newer_one() {
    let (transport, store, clock) = (strict(), Arc::<Unreliable>::default(), Arc::default());
    let client = sharing(&transport, &store, &clock);
    add(&client).unwrap();
    clock.advance(Duration::from_secs(7150));
    store.read_only.store(true, Ordering::SeqCst);
    add(&client).unwrap();
    assert_eq!(count(&transport, STABLE_TOKEN), 2);
    store.read_only.store(false, Ordering::SeqCst);
    // Somebody who shares nothing takes the token's place; the one before lies in the store.
    add(&app(&transport).build().unwrap()).unwrap();
    let business = count(&transport, ADD);
    add(&client).unwrap();
    assert_eq!(count(&transport, ADD), business + 2);
}

#[test]
fn a_fleet_forces_a_new_token_no_more_often_than_wechat_allows() {
    let forced = Arc::new(AtomicUsize::new(0));
    let counter = forced.clone();
    let transport = Arc::new(MemoryTransport::new(move |request| {
        Ok(match request.content.path() {
            STABLE_TOKEN => {
                let force = request
                    .content
                    .body
                    .as_deref()
                    .is_some_and(|body| body.ends_with(br#""force_refresh":true}"#));
                counter.fetch_add(usize::from(force), Ordering::SeqCst);
                token("T", 7200)
            }
            _ => errcode(40001),
        })
    }));
    let (store, clock) = (Arc::<MemoryStore>::default(), Arc::<ManualClock>::default());
    let clients: Vec<_> = (0..4)
        .map(|_| sharing(&transport, &store, &clock))
        .collect();
    for times in [1, 2] {
        for client in clients.iter().cycle().take(12) {
            add(client).unwrap_err();
        }
        assert_eq!(forced.load(Ordering::SeqCst), times);
        clock.advance(Duration::from_secs(31));
    }
}

#[test]
fn a_long_errmsg_does_not_make_the_record_unreadable() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(DirectoryStore::open(folder.path().join("tokens")).unwrap());
    let transport = Arc::new(MemoryTransport::new(|_| {
        let text = "x".repeat(1_000_000);
        Ok(Response::ok(format!(
            r#"{{"errcode":40125,"errmsg":"{text}"}}"#
        )))
    }));
    let client = sharing(&transport, &store, &Arc::default());
    for _ in 0..2 {
        assert_eq!(add(&client).unwrap_err().errcode(), Some(40125));
    }
    assert_eq!(count(&transport, STABLE_TOKEN), 1);
}

#[test]
fn a_refusal_of_an_ip_address_holds_for_its_machine_alone() {
    let transport = Arc::new(MemoryTransport::new(|_| Ok(errcode(40164))));
    let clock = Arc::<ManualClock>::default();
    let (machine, fleet) = (Arc::<MemoryStore>::default(), Arc::<Unreliable>::default());
    for _ in 0..2 {
        add(&sharing(&transport, &machine, &clock)).unwrap_err();
    }
    assert_eq!(count(&transport, STABLE_TOKEN), 1);
    for _ in 0..2 {
        add(&sharing(&transport, &fleet, &clock)).unwrap_err();
    }
    assert_eq!(count(&transport, STABLE_TOKEN), 3);
}
