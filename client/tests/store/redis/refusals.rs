//! A Redis that does not let the store in, or not do everything.

use jumpqr::error::OwnCode;
use jumpqr::store;

use super::server::{ESCAPED_PASSWORD, RedisServer, USER, documented_rights};
use crate::{LONG, get, key, put};

/// What is told about a store that cannot be used.
fn told(setting: &str) -> String {
    let error = store::open(setting)
        .unwrap()
        .load(&key(), LONG)
        .unwrap_err();
    assert_eq!(error.code(), OwnCode::StoreFailed);
    let printed = format!("{error:?} {error}");
    assert!(!printed.contains("P4SS"), "{printed}");
    error.message().to_owned()
}

#[test]
fn a_wrong_login_is_told() {
    let server = RedisServer::start();
    let place = server.place();
    for login in ["jumpqr:P4SS-WRONG@", "nobody:P4SS@", ":P4SS@"] {
        let message = told(&format!("redis://{login}{place}"));
        assert!(
            message.contains("refuses the user and password"),
            "{message}"
        );
        assert!(message.contains(&place), "{message}");
    }
    let message = told(&format!("redis://{place}"));
    assert!(message.contains("requires a password"), "{message}");
    let message = told(&format!("redis://{USER}:{ESCAPED_PASSWORD}@{place}/99"));
    assert!(message.contains("no database"), "{message}");
}

#[test]
fn a_user_without_rights_has_them_once_the_command_that_is_told_was_run() {
    let server = RedisServer::start();
    let user = |rights: &str| {
        let _: () = server.admin(&format!("ACL SETUSER {USER} resetkeys -@all {rights}"));
    };
    for rights in [
        "~jumpqr:*",
        "+@all",
        "~jumpqr:* +hmget",
        "~jumpqr:* +evalsha +script|load +hmget",
    ] {
        user(rights);
        let error = server.open().lock(&key(), LONG, LONG).unwrap_err();
        assert_eq!(error.code(), OwnCode::StoreFailed, "{rights}");
        let (_, command) = error.message().split_once("run: ").unwrap();
        assert!(command.ends_with(documented_rights()), "{command}");
        let _: () = server.admin(&command.replace("USER ~", &format!("{USER} ~")));
        put(&*server.open(), b"1");
        assert_eq!(get(&*server.open()).unwrap(), b"1");
    }
}

#[test]
fn the_rights_in_the_readme_are_those_that_are_documented() {
    let readme = include_str!("../../../../README.md");
    let command = format!(">PASSWORD {}\n", documented_rights());
    assert!(readme.contains(&command), "{command}");
}

#[test]
fn a_replica_is_told_from_a_master() {
    let server = RedisServer::start();
    let store = server.open();
    put(&*store, b"1");
    let _: () = server.admin("REPLICAOF 127.0.0.1 1");
    let error = store.lock(&key(), LONG, LONG).unwrap_err();
    assert!(error.message().contains("replica"), "{error}");
    assert_eq!(get(&*store).unwrap(), b"1");
    let _: () = server.admin("REPLICAOF NO ONE");
    put(&*store, b"2");
}

#[test]
fn a_full_redis_is_told_and_what_it_holds_is_not_lost() {
    let server = RedisServer::start_with("maxmemory-policy noeviction");
    let store = server.open();
    put(&*store, b"1");
    let _: () = server.admin("CONFIG SET maxmemory 1");
    let error = store.lock(&key(), LONG, LONG).unwrap_err();
    assert!(error.message().contains("out of memory"), "{error}");
    assert_eq!(get(&*store).unwrap(), b"1");
    let _: () = server.admin("CONFIG SET maxmemory 0");
    put(&*store, b"2");
}

/// A full Redis still lets a lease be released.
#[test]
fn a_lease_can_be_released_whatever_the_memory() {
    let server = RedisServer::start();
    let store = server.open();
    let lease = store.lock(&key(), LONG, LONG).unwrap().unwrap();
    let _: () = server.admin("CONFIG SET maxmemory 1");
    assert!(store.save(&key(), b"1", &lease, LONG).is_err());
    store.release(&key(), lease, LONG).unwrap();
    let _: () = server.admin("CONFIG SET maxmemory 0");
    assert!(store.lock(&key(), LONG, LONG).unwrap().is_some());
}
