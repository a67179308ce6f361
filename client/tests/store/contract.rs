//! What every store promises.

use std::sync::Arc;
use std::time::Duration;

use jumpqr::ErrorKind;
use jumpqr::store::{self, Key, TokenStore};

use crate::manual_clock::ManualClock;
use crate::shared_store::SharedStore;
use crate::{LONG, get, key, put};

/// Runs the test on a new store of each kind.
fn with_each_store(test: impl Fn(&dyn TokenStore)) {
    test(&*store::open("memory:").unwrap());
    test(&*SharedStore::directory().open());
    #[cfg(feature = "redis")]
    test(&*SharedStore::redis(LONG).open());
}

#[test]
fn what_was_saved_is_loaded() {
    with_each_store(|store| {
        assert_eq!(get(store), None);
        for bytes in [&b"one\ntwo"[..], b"", b"\0\xff"] {
            put(store, bytes);
            assert_eq!(get(store).unwrap(), bytes);
        }
        let other = Key::new("stable_token", "wxffffffffffffffff", &[]).unwrap();
        assert_eq!(store.load(&other, LONG).unwrap(), None);
    });
}

#[test]
fn only_the_records_of_a_memory_store_end_with_the_process() {
    with_each_store(|store| assert_eq!(store.is_persistent(), store.name() != "memory:"));
}

#[test]
fn a_key_that_was_only_locked_holds_nothing() {
    with_each_store(|store| {
        let lease = store.lock(&key(), LONG, LONG).unwrap().unwrap();
        assert_eq!(get(store), None);
        store.release(&key(), lease, LONG).unwrap();
        assert_eq!(get(store), None);
    });
}

#[test]
fn a_key_has_one_holder_and_other_keys_are_free() {
    with_each_store(|store| {
        let lease = store.lock(&key(), LONG, LONG).unwrap().unwrap();
        assert!(store.lock(&key(), LONG, LONG).unwrap().is_none());
        let other = Key::new("token", "wx1234567890abcdef", &[]).unwrap();
        assert!(store.lock(&other, LONG, LONG).unwrap().is_some());
        let fence = lease.fence();
        store.release(&key(), lease, LONG).unwrap();
        let next = store.lock(&key(), LONG, LONG).unwrap().unwrap();
        assert!(next.fence() > fence);
    });
}

#[test]
fn a_former_holder_neither_writes_nor_ends_the_next_lease() {
    with_each_store(|store| {
        put(store, b"before");
        let late = store.lock(&key(), Duration::ZERO, LONG).unwrap().unwrap();
        let next = store.lock(&key(), LONG, LONG).unwrap().unwrap();
        assert!(next.fence() > late.fence());

        assert!(!store.save(&key(), b"late", &late, LONG).unwrap());
        assert_eq!(get(store).unwrap(), b"before");
        store.release(&key(), late, LONG).unwrap();
        assert!(store.lock(&key(), LONG, LONG).unwrap().is_none());

        assert!(store.save(&key(), b"next", &next, LONG).unwrap());
        let record = store.load(&key(), LONG).unwrap().unwrap();
        assert_eq!(record.bytes, b"next");
        assert_eq!(record.version, next.fence());
    });
}

#[test]
fn a_record_may_have_1_mib() {
    with_each_store(|store| {
        let longest = vec![b'x'; store::LONGEST_RECORD];
        put(store, &longest);
        assert_eq!(get(store).unwrap(), longest);
        let lease = store.lock(&key(), LONG, LONG).unwrap().unwrap();
        let longer = vec![b'y'; store::LONGEST_RECORD + 1];
        let error = store.save(&key(), &longer, &lease, LONG).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Store);
        assert!(!error.is_retryable());
        assert_eq!(get(store).unwrap(), longest);
    });
}

#[test]
fn a_lease_that_was_released_cannot_write() {
    with_each_store(|store| {
        let lease = store.lock(&key(), LONG, LONG).unwrap().unwrap();
        let fence = lease.fence();
        store.release(&key(), lease, LONG).unwrap();
        let forged = store::Lease::new(fence);
        assert!(!store.save(&key(), b"late", &forged, LONG).unwrap());
        assert_eq!(get(store), None);
    });
}

#[test]
fn a_lease_expires_by_the_clock_of_the_store() {
    let second = Duration::from_secs(1);
    let shared = SharedStore::directory();
    for setting in ["memory:", &shared.setting] {
        let clock = Arc::new(ManualClock::default());
        let store = store::open_with_clock(setting, clock.clone()).unwrap();
        let late = store.lock(&key(), 2 * second, LONG).unwrap().unwrap();
        clock.set(second);
        assert!(store.lock(&key(), LONG, LONG).unwrap().is_none());
        clock.advance(second);
        let next = store.lock(&key(), LONG, LONG).unwrap();
        assert!(next.unwrap().fence() > late.fence(), "{setting}");
    }
}

#[test]
fn no_debug_output_shows_a_record() {
    with_each_store(|store| {
        put(store, b"SECRET");
        let record = store.load(&key(), LONG).unwrap();
        let bytes = format!("{:?}", b"SECRET");
        let printed = format!("{record:?} {store:?}");
        assert!(
            !printed.contains("SECRET") && !printed.contains(&bytes),
            "{printed}"
        );
    });
}

#[test]
fn a_setting_that_names_no_store_is_refused_and_not_repeated() {
    for setting in [
        "",
        "memory",
        "memory:x",
        "dir:",
        "dir:tokens",
        "/var/lib",
        "ftp://user:PASSWORD@host/",
        "dir:/dev/null",
    ] {
        let error = store::open(setting).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{setting}");
        assert!(error.message().starts_with("token_store: "), "{error}");
        assert!(!error.message().contains("PASSWORD"));
    }
}
