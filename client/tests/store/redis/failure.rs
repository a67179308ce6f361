//! Failures of Redis, described in the store's own words.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use jumpqr::ErrorKind;
use jumpqr::error::OwnCode;
use jumpqr::store;

use super::server::{ESCAPED_PASSWORD, RedisServer, USER, documented_rights};
use crate::{LONG, get, key, put};

const RECORD: &[u8] = b"SECRET-RECORD";

/// Starts a server that replies to everything with this text, in which `{}` stands for the request.
/// Returns the setting of a store there.
fn start_server_with_reply(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut received = [0; 4096];
            while let Ok(length @ 1..) = stream.read(&mut received) {
                let received = String::from_utf8_lossy(&received[..length]);
                let received = received.replace(['\r', '\n'], " ");
                if stream
                    .write_all(answer.replace("{}", &received).as_bytes())
                    .is_err()
                {
                    break;
                }
            }
        }
    });
    format!("redis://{endpoint}")
}

#[test]
fn every_failure_says_what_to_do_and_shows_no_secret() {
    for (answer, word) in [
        ("-NOAUTH Authentication required.\r\n", "password"),
        ("-NOPERM this user has no permissions\r\n", "ACL SETUSER"),
        (
            "-ERR The user executing the script can't run this command\r\n",
            "ACL SETUSER",
        ),
        (
            "-READONLY You can't write against a read only replica.\r\n",
            "master",
        ),
        (
            "-OOM command not allowed when used memory > 'maxmemory'.\r\n",
            "maxmemory",
        ),
        (
            "-ERR Error running script (call to f_0): @user_script:1: @user_script: 1: -OOM command not allowed\r\n",
            "maxmemory",
        ),
        (
            "-LOADING Redis is loading the dataset in memory\r\n",
            "loading",
        ),
        (
            "-MISCONF Redis is configured to save RDB snapshots\r\n",
            "disk",
        ),
        ("-MOVED 3999 127.0.0.1:6381\r\n", "redis+cluster://"),
        ("-ASK 3999 127.0.0.1:6381\r\n", "redis+cluster://"),
        (
            "-TRYAGAIN Multiple keys request during rehashing of slot\r\n",
            "another node",
        ),
        ("-CLUSTERDOWN Hash slot not served\r\n", "cluster"),
        ("-BUSY Redis is busy running a script.\r\n", "script"),
        (
            "-DENIED Redis is running in protected mode\r\n",
            "protected mode",
        ),
        ("-ERR max number of clients reached\r\n", "maxclients"),
        (
            "-ERR unknown command, with args beginning with: {}\r\n",
            "Redis 5",
        ),
        ("-SECRET {}\r\n", "refuses"),
        ("HTTP/1.1 400 Bad Request\r\n\r\n{}", "Redis that listens"),
        ("+{}\r\n", "Redis that listens"),
    ] {
        let setting = start_server_with_reply(answer);
        let store = store::open(&setting).unwrap();
        let endpoint = setting.strip_prefix("redis://").unwrap();
        let lease = store::Lease::new(1);
        for error in [
            store.load(&key(), LONG).unwrap_err(),
            store.lock(&key(), LONG, LONG).unwrap_err(),
            store.save(&key(), RECORD, &lease, LONG).unwrap_err(),
            store.release(&key(), lease, LONG).unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Store, "{answer}");
            assert_eq!(error.code(), OwnCode::StoreFailed, "{answer}");
            let is_permanent = ["NOAUTH", "NOPERM", "can't run", "MOVED", "ASK", "DENIED"];
            let is_permanent = is_permanent.iter().any(|word| answer.contains(word));
            assert_eq!(error.is_retryable(), !is_permanent, "{answer}");
            let message = error.message();
            assert!(message.starts_with("token_store: "), "{message}");
            assert!(message.contains(endpoint), "{message}");
            assert!(message.contains(word), "{answer}: {message}");
            let printed = format!("{error:?} {error} {}", error.advice());
            assert!(!printed.contains("SECRET"), "{printed}");
        }
    }
}

#[test]
fn anything_but_a_record_is_reported_as_damaged_and_not_shown() {
    for answer in [
        "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n",
        "-ERR Error running script (call to f_0): @user_script:1: WRONGTYPE Operation against a key\r\n",
        "*2\r\n$-1\r\n$6\r\nSECRET\r\n",
        "*2\r\n$1\r\n1\r\n$-1\r\n",
        "*2\r\n$6\r\nSECRET\r\n$6\r\nSECRET\r\n",
    ] {
        let store = store::open(&start_server_with_reply(answer)).unwrap();
        let error = store.load(&key(), LONG).unwrap_err();
        assert_eq!(error.code(), OwnCode::StoreDamaged, "{answer}");
        assert!(error.message().contains("jumpqr:{stable_token-"), "{error}");
        assert!(!format!("{error:?}").contains("SECRET"), "{error:?}");
    }
}

/// Returns the message about a store that cannot be used.
fn failure_message(setting: &str) -> String {
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
fn a_wrong_login_is_reported() {
    let server = RedisServer::start();
    let endpoint = server.endpoint();
    for login in ["jumpqr:P4SS-WRONG@", "nobody:P4SS@", ":P4SS@"] {
        let message = failure_message(&format!("redis://{login}{endpoint}"));
        assert!(
            message.contains("refuses the user and password"),
            "{message}"
        );
        assert!(message.contains(&endpoint), "{message}");
    }
    let message = failure_message(&format!("redis://{endpoint}"));
    assert!(message.contains("requires a password"), "{message}");
    let message = failure_message(&format!("redis://{USER}:{ESCAPED_PASSWORD}@{endpoint}/99"));
    assert!(message.contains("no database"), "{message}");
}

#[test]
fn the_command_in_the_message_gives_a_user_its_rights() {
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
fn the_rights_in_the_guide_are_those_of_the_documentation() {
    let guide = include_str!("../../../../docs/tokens.md");
    let command = format!(">PASSWORD {}\n", documented_rights());
    assert!(guide.contains(&command), "{command}");
}

#[test]
fn a_replica_is_reported_as_one() {
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
fn a_full_redis_is_reported_and_keeps_what_it_holds() {
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

#[test]
fn a_lease_can_be_released_in_a_full_redis() {
    let server = RedisServer::start();
    let store = server.open();
    let lease = store.lock(&key(), LONG, LONG).unwrap().unwrap();
    let _: () = server.admin("CONFIG SET maxmemory 1");
    assert!(store.save(&key(), b"1", &lease, LONG).is_err());
    store.release(&key(), lease, LONG).unwrap();
    let _: () = server.admin("CONFIG SET maxmemory 0");
    assert!(store.lock(&key(), LONG, LONG).unwrap().is_some());
}
