//! The keys in Redis, and what they hold.

use std::sync::Arc;
use std::time::Duration;

use jumpqr::Client;
use jumpqr::error::OwnCode;
use jumpqr::response::Response;
use jumpqr::store;
use jumpqr::transport::MemoryTransport;

use super::server::{ESCAPED_PASSWORD, RedisServer, USER, wait_until};
use crate::{LONG, get, key, put};

const RECORD: &str = "jumpqr:{stable_token-wx1234567890abcdef}";

/// Returns until when the lease is held, and the time of Redis, in ms.
fn lease_end_and_time(server: &RedisServer) -> (Option<u64>, u64) {
    let ends = server.admin(&format!("HGET {RECORD} held"));
    let (seconds, micros): (u64, u64) = server.admin("TIME");
    (ends, seconds * 1000 + micros / 1000)
}

#[test]
fn a_record_never_expires_and_a_lease_does() {
    let server = RedisServer::start();
    let store = server.open();
    put(&*store, b"1");
    let hour = Duration::from_secs(3600);
    let lease = store.lock(&key(), hour, LONG).unwrap().unwrap();
    assert!(store.save(&key(), b"2", &lease, LONG).unwrap());
    assert_eq!(server.keys(), [RECORD]);
    assert_eq!(server.admin::<i64>(&format!("PTTL {RECORD}")), -1);
    let (ends, now) = lease_end_and_time(&server);
    let rest = ends.unwrap() - now;
    assert!(rest > 0 && rest <= 3_600_000, "{rest}");
    // The longest life of a lease.
    store.release(&key(), lease, LONG).unwrap();
    let lease = store.lock(&key(), Duration::MAX, LONG).unwrap().unwrap();
    store.release(&key(), lease, LONG).unwrap();
    assert_eq!(lease_end_and_time(&server).0, None);
}

#[test]
fn a_lease_expires_by_the_clock_of_redis_and_its_holder_may_write_until_the_next() {
    let server = RedisServer::start();
    let store = server.open();
    let late = store
        .lock(&key(), Duration::from_millis(1), LONG)
        .unwrap()
        .unwrap();
    wait_until("expired", || {
        let (ends, now) = lease_end_and_time(&server);
        ends.unwrap() < now
    });
    assert!(store.save(&key(), b"late", &late, LONG).unwrap());
    let next = store.lock(&key(), LONG, LONG).unwrap().unwrap();
    assert!(!store.save(&key(), b"too late", &late, LONG).unwrap());
    assert_eq!(get(&*store).unwrap(), b"late");
    assert!(store.save(&key(), b"next", &next, LONG).unwrap());
    store.release(&key(), late, LONG).unwrap();
    assert!(store.lock(&key(), LONG, LONG).unwrap().is_none());
}

#[test]
fn a_fence_is_the_time_of_redis_in_microseconds_and_exact() {
    let server = RedisServer::start();
    let store = server.open();
    let time = || -> u64 {
        let (seconds, micros): (u64, u64) = server.admin("TIME");
        seconds * 1_000_000 + micros
    };
    let before = time();
    let lease = store.lock(&key(), Duration::ZERO, LONG).unwrap().unwrap();
    assert!((before..=time()).contains(&lease.fence()));
    // One that is ahead of the clock grows by one.
    let ahead = time() + 3_600_000_000;
    let _: u64 = server.admin(&format!("HSET {RECORD} fence {ahead}"));
    for grown in 1..=3 {
        let lease = store.lock(&key(), Duration::ZERO, LONG).unwrap().unwrap();
        assert_eq!(lease.fence(), ahead + grown);
        assert!(store.save(&key(), b"1", &lease, LONG).unwrap());
    }
}

#[test]
fn a_record_whose_fence_is_in_milliseconds_is_read_and_locked() {
    let server = RedisServer::start();
    let store = server.open();
    let fence: u64 = 1_790_000_000_123;
    let record = format!("fence {fence} held 1 version {fence} bytes before");
    let _: u64 = server.admin(&format!("HSET {RECORD} {record}"));
    let stored = store.load(&key(), LONG).unwrap().unwrap();
    assert_eq!((stored.version, &*stored.bytes), (fence, &b"before"[..]));
    let late = store::Lease::new(fence);
    let lease = store.lock(&key(), LONG, LONG).unwrap().unwrap();
    assert!(lease.fence() > fence);
    assert!(!store.save(&key(), b"late", &late, LONG).unwrap());
    assert!(store.save(&key(), b"after", &lease, LONG).unwrap());
}

#[test]
fn the_prefix_and_the_database_come_from_the_setting() {
    let server = RedisServer::start();
    let _: () = server.admin(&format!("ACL SETUSER {USER} ~other*"));
    let address = format!("redis://{USER}:{ESCAPED_PASSWORD}@{}", server.endpoint());
    let settings = [
        address.clone(),
        format!("{address}/1"),
        format!("{address}/1?prefix=other/"),
        format!("{address}?prefix=other"),
    ];
    let stores = settings.map(|setting| store::open(&setting).unwrap());
    for (number, store) in (0..).zip(&stores) {
        assert_eq!(get(&**store), None);
        put(&**store, &[number]);
    }
    for (number, store) in (0..).zip(&stores) {
        assert_eq!(get(&**store).unwrap(), [number]);
    }
    let tag = "{stable_token-wx1234567890abcdef}";
    assert_eq!(
        server.keys(),
        [format!("jumpqr:{tag}"), format!("other{tag}")]
    );
}

#[test]
fn redis_can_be_reached_through_a_unix_socket() {
    let server = RedisServer::start();
    let path = server.socket();
    let query = format!("user={USER}&pass={ESCAPED_PASSWORD}&db=2");
    let setting = format!("redis+unix://{}?{query}", path.display());
    let store = store::open(&setting).unwrap();
    put(&*store, b"1");
    assert_eq!(get(&*store).unwrap(), b"1");
    assert_eq!(
        store.name(),
        format!("redis+unix://{}?user={USER}&db=2", path.display())
    );
    assert_eq!(server.keys(), Vec::<String>::new());
    let away = store::open("redis+unix:///nowhere/socket").unwrap();
    let error = away.load(&key(), LONG).unwrap_err();
    assert_eq!(error.code(), OwnCode::StoreFailed);
    assert!(error.message().contains("/nowhere/socket"), "{error}");
}

#[test]
fn anything_but_a_record_is_reported_and_not_changed() {
    let server = RedisServer::start();
    let store = server.open();
    for (garbage, again) in [
        (format!("SET {RECORD} SECRET"), format!("GET {RECORD}")),
        (
            format!("HSET {RECORD} fence SECRET bytes SECRET"),
            format!("HGET {RECORD} fence"),
        ),
        (
            format!("HSET {RECORD} fence 1 held SECRET bytes SECRET"),
            format!("HGET {RECORD} held"),
        ),
    ] {
        let _: redis::Value = server.admin(&garbage);
        for error in [
            store.load(&key(), LONG).unwrap_err(),
            store.lock(&key(), LONG, LONG).unwrap_err(),
        ] {
            assert_eq!(error.code(), OwnCode::StoreDamaged);
            assert!(error.message().contains(RECORD), "{error}");
            assert!(!format!("{error:?}").contains("SECRET"), "{error:?}");
        }
        assert_eq!(server.admin::<String>(&again), "SECRET");
        let _: u64 = server.admin(&format!("DEL {RECORD}"));
    }
    put(&*store, b"1");
}

#[test]
fn no_key_and_no_name_of_a_store_holds_a_secret() {
    let server = RedisServer::start();
    let store = server.open();
    let transport = MemoryTransport::new(|request| {
        Ok(Response::ok(
            if request.content.path() == "/cgi-bin/stable_token" {
                r#"{"access_token":"ACCESS-TOKEN","expires_in":7200}"#
            } else {
                r#"{"errcode":0,"errmsg":"ok"}"#
            },
        ))
    });
    let client = Client::builder()
        .app("wx1234567890abcdef", "APPSECRET")
        .token_store(Arc::clone(&store))
        .transport(Arc::new(transport))
        .build()
        .unwrap();
    client
        .delete_jump_qr_code("https://m.example.cn/table/")
        .unwrap();
    let stored = String::from_utf8(get(&*store).unwrap()).unwrap();
    assert!(stored.contains("ACCESS-TOKEN"), "{stored}");
    // The queues of the pace expire by themselves.
    let mut keys = server.keys();
    keys.retain(|key| !key.starts_with("jumpqr:{pace-wx1234567890abcdef}:/cgi-bin/wxopen/"));
    assert_eq!(keys, [RECORD]);
    let databases: String = server.admin("INFO keyspace");
    assert_eq!(databases.matches("keys=").count(), 1, "{databases}");
    let printed = format!("{store:?} {}", store.name());
    assert!(!printed.contains("P4SS"), "{printed}");
    assert_eq!(
        store.name(),
        format!("redis://{USER}@{}", server.endpoint())
    );
}
