//! What Redis may answer, in words of the store's own.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use jumpqr::ErrorKind;
use jumpqr::error::OwnCode;
use jumpqr::store;

use crate::{LONG, key};

const RECORD: &[u8] = b"SECRET-RECORD";

/// Somebody who gives this answer to everything, in a thread of its own; `{}` in it is what was received.
fn answering(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = listener.local_addr().unwrap();
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
    format!("redis://{place}")
}

#[test]
fn every_failure_says_what_to_do_and_repeats_nothing() {
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
        ("-MOVED 3999 127.0.0.1:6381\r\n", "cluster"),
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
        let setting = answering(answer);
        let store = store::open(&setting).unwrap();
        let place = setting.strip_prefix("redis://").unwrap();
        let lease = store::Lease::new(1);
        for error in [
            store.load(&key(), LONG).unwrap_err(),
            store.lock(&key(), LONG, LONG).unwrap_err(),
            store.save(&key(), RECORD, &lease, LONG).unwrap_err(),
            store.release(&key(), lease, LONG).unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Store, "{answer}");
            assert_eq!(error.code(), OwnCode::StoreFailed, "{answer}");
            let stays = ["NOAUTH", "NOPERM", "can't run", "MOVED", "DENIED"];
            let stays = stays.iter().any(|word| answer.contains(word));
            assert_eq!(error.is_retryable(), !stays, "{answer}");
            let message = error.message();
            assert!(message.starts_with("token_store: "), "{message}");
            assert!(message.contains(place), "{message}");
            assert!(message.contains(word), "{answer}: {message}");
            let printed = format!("{error:?} {error} {}", error.advice());
            assert!(!printed.contains("SECRET"), "{printed}");
        }
    }
}

#[test]
fn what_is_not_a_record_is_damaged_and_whatever_it_is_not_repeated() {
    for answer in [
        "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n",
        "-ERR Error running script (call to f_0): @user_script:1: WRONGTYPE Operation against a key\r\n",
        "*2\r\n$-1\r\n$6\r\nSECRET\r\n",
        "*2\r\n$1\r\n1\r\n$-1\r\n",
        "*2\r\n$6\r\nSECRET\r\n$6\r\nSECRET\r\n",
    ] {
        let store = store::open(&answering(answer)).unwrap();
        let error = store.load(&key(), LONG).unwrap_err();
        assert_eq!(error.code(), OwnCode::StoreDamaged, "{answer}");
        assert!(error.message().contains("jumpqr:{stable_token-"), "{error}");
        assert!(!format!("{error:?}").contains("SECRET"), "{error:?}");
    }
}
