//! The pool of connections: Redis stops, starts again, and hangs.

use std::time::{Duration, Instant};

use jumpqr::error::OwnCode;

use super::server::RedisServer;
use crate::{LONG, get, key, put};

fn connections_so_far(server: &RedisServer) -> u64 {
    let stats: String = server.admin("INFO stats");
    let line = stats
        .lines()
        .find_map(|line| line.strip_prefix("total_connections_received:"));
    line.unwrap().trim().parse().unwrap()
}

#[test]
fn one_connection_serves_many_commands() {
    let server = RedisServer::start();
    let store = server.open();
    let before = connections_so_far(&server);
    for number in 0..20 {
        put(&*store, &[number]);
    }
    // One of them asks for the number.
    assert_eq!(connections_so_far(&server) - before, 2);
}

#[test]
fn a_broken_connection_is_replaced_without_an_error() {
    let server = RedisServer::start();
    let store = server.open();
    for number in 0..5 {
        put(&*store, &[number]);
        // Several of them are kept.
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| get(&*store));
            }
        });
        let _: u64 = server.admin("CLIENT KILL TYPE normal");
        let lease = store.lock(&key(), LONG, LONG).unwrap().unwrap();
        let _: u64 = server.admin("CLIENT KILL TYPE normal");
        assert!(store.save(&key(), &[number + 1], &lease, LONG).unwrap());
        let _: u64 = server.admin("CLIENT KILL TYPE normal");
        store.release(&key(), lease, LONG).unwrap();
        let _: u64 = server.admin("CLIENT KILL TYPE normal");
        assert_eq!(get(&*store).unwrap(), [number + 1]);
    }
}

#[test]
fn a_stopped_redis_is_reported_and_used_again_when_it_is_back() {
    let mut server = RedisServer::start();
    server.stop();
    let store = server.open();
    let check_reported = || {
        for error in [
            store.load(&key(), LONG).unwrap_err(),
            store.lock(&key(), LONG, LONG).unwrap_err(),
        ] {
            assert_eq!(error.code(), OwnCode::StoreFailed);
            assert!(error.is_retryable());
            assert!(error.message().contains(&server.endpoint()), "{error}");
            assert!(error.message().contains("nothing listens"), "{error}");
        }
    };
    check_reported();
    assert!(server.start_again());
    put(&*store, b"1");
    server.stop();
    let error = store.load(&key(), LONG).unwrap_err();
    assert_eq!(error.code(), OwnCode::StoreFailed);
    assert!(server.start_again());
    put(&*store, b"2");
}

#[test]
fn with_an_append_only_file_nothing_is_lost_in_a_crash() {
    let mut server = RedisServer::start_with("appendonly yes\nappendfsync always");
    let store = server.open();
    put(&*store, b"kept");
    let lease = store.lock(&key(), LONG, LONG).unwrap().unwrap();
    assert!(server.start_again());
    assert_eq!(get(&*store).unwrap(), b"kept");
    assert!(store.lock(&key(), LONG, LONG).unwrap().is_none());
    assert!(store.save(&key(), b"later", &lease, LONG).unwrap());
    store.release(&key(), lease, LONG).unwrap();
    assert_eq!(get(&*store).unwrap(), b"later");
}

#[test]
fn fences_grow_even_after_a_crash_that_loses_everything() {
    let mut server = RedisServer::start();
    let store = server.open();
    let late = store.lock(&key(), LONG, LONG).unwrap().unwrap();
    assert!(server.start_again());
    assert_eq!(get(&*store), None);
    assert!(!store.save(&key(), b"late", &late, LONG).unwrap());
    let next = store.lock(&key(), LONG, LONG).unwrap().unwrap();
    assert!(next.fence() > late.fence());
    assert!(!store.save(&key(), b"late", &late, LONG).unwrap());
    assert!(store.save(&key(), b"next", &next, LONG).unwrap());
}

#[test]
fn a_redis_that_hangs_is_reported_and_used_again_when_it_replies() {
    let server = RedisServer::start();
    let store = server.open();
    put(&*store, b"1");
    let _: () = server.admin("CLIENT PAUSE 8000 ALL");
    // The first over the connection that was kept, the second over a new one.
    for _ in 0..2 {
        let begun = Instant::now();
        let error = store.load(&key(), LONG).unwrap_err();
        assert_eq!(error.code(), OwnCode::StoreFailed);
        assert!(error.message().contains("did not reply"), "{error}");
        let waited = begun.elapsed();
        assert!(waited >= Duration::from_secs(1), "{waited:?}");
        assert!(waited < Duration::from_secs(7), "{waited:?}");
    }
    let begun = Instant::now();
    while store.load(&key(), LONG).is_err() {
        assert!(begun.elapsed() < Duration::from_secs(60));
    }
    assert_eq!(get(&*store).unwrap(), b"1");
}

#[test]
fn a_host_that_does_not_exist_is_named() {
    let store = jumpqr::store::open("redis://redis.invalid:6380").unwrap();
    let error = store.load(&key(), LONG).unwrap_err();
    assert_eq!(error.code(), OwnCode::StoreFailed);
    assert!(error.message().contains("redis.invalid:6380"), "{error}");
}
