//! Deadlines and limits of one connection: a Redis that replies late, in pieces, for ever, or with
//! too much.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use jumpqr::error::OwnCode;
use jumpqr::store::{self, LONGEST_RECORD, TokenStore};

use crate::{LONG, key};

/// The timeout of each access.
const TIMEOUT: Duration = Duration::from_millis(600);

/// The tolerance for a busy machine. A missed deadline would take far longer.
const TOLERANCE: Duration = Duration::from_secs(3);

/// Starts a server that passes each connection to `serve`, on threads of its own. Returns the
/// setting of a store there.
fn start_server(serve: impl Fn(TcpStream) + Send + Copy + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.unwrap();
            thread::spawn(move || serve(stream));
        }
    });
    format!("redis://:PASSWORD@{endpoint}/1")
}

/// Replies to each command with `answer`, late.
fn answer_late(mut stream: TcpStream, late: Duration, answer: &[u8]) {
    let mut received = [0; 4096];
    while let Ok(1..) = stream.read(&mut received) {
        thread::sleep(late);
        if stream.write_all(answer).is_err() {
            return;
        }
    }
}

/// Sends this piece again and again.
fn drip(mut stream: TcpStream, piece: &[u8], between: Duration) {
    while stream.write_all(piece).is_ok() {
        thread::sleep(between);
    }
}

/// Calls every method of the store, and returns the errors.
fn errors_of_all_methods(store: &dyn TokenStore, timeout: Duration) -> Vec<jumpqr::Error> {
    let lease = store::Lease::new(1);
    vec![
        store.load(&key(), timeout).unwrap_err(),
        store.lock(&key(), LONG, timeout).unwrap_err(),
        store.save(&key(), b"1", &lease, timeout).unwrap_err(),
        store.release(&key(), lease, timeout).unwrap_err(),
    ]
}

#[test]
fn all_steps_of_an_access_share_one_deadline() {
    let late = |stream| answer_late(stream, TIMEOUT / 2, b"+OK\r\n");
    // A byte comes always in time.
    let slow = |stream| drip(stream, b"+", Duration::from_millis(100));
    let silent = |stream: TcpStream| {
        thread::sleep(Duration::from_secs(60));
        drop(stream);
    };
    for setting in [start_server(late), start_server(slow), start_server(silent)] {
        let tls = setting.replace("redis://", "rediss://");
        for setting in [setting, tls] {
            let store = store::open(&setting).unwrap();
            let begun = Instant::now();
            let errors = errors_of_all_methods(&*store, TIMEOUT);
            let longest = TIMEOUT * 4 + TOLERANCE;
            assert!(begun.elapsed() < longest, "{:?}", begun.elapsed());
            assert!(
                errors
                    .iter()
                    .all(|error| error.code() == OwnCode::StoreFailed)
            );
        }
    }
}

/// Replies late, as a Redis that must load the script first.
fn load_the_script_late(mut stream: TcpStream) {
    let mut received = [0; 4096];
    let mut hash = None;
    while let Ok(length @ 1..) = stream.read(&mut received) {
        thread::sleep(TIMEOUT / 2);
        let command = String::from_utf8_lossy(&received[..length]);
        let answer = if command.contains("SCRIPT") {
            format!("${}\r\n{}\r\n", 40, hash.as_deref().unwrap())
        } else if hash.is_some() {
            ":1\r\n".to_owned()
        } else {
            hash = command.split("\r\n").nth(4).map(str::to_owned);
            "-NOSCRIPT No matching script.\r\n".to_owned()
        };
        if stream.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

#[test]
fn a_script_that_must_be_loaded_has_the_time_of_one_access() {
    let setting = start_server(load_the_script_late);
    let (_, endpoint) = setting.split_once('@').unwrap();
    let (endpoint, _) = endpoint.split_once('/').unwrap();
    let store = store::open(&format!("redis://{endpoint}")).unwrap();
    // It would succeed after the third answer.
    let error = store.lock(&key(), LONG, TIMEOUT).unwrap_err();
    assert!(error.message().contains("in time"), "{error}");
    assert!(store.lock(&key(), LONG, LONG).unwrap().is_some());
}

#[test]
fn a_reply_without_end_is_refused() {
    // Lines that are too long, too many values, and values in values.
    let line = |stream| drip(stream, &[b'+'; 16_384], Duration::ZERO);
    let values = |stream| answer_late(stream, Duration::ZERO, b"*2147483647\r\n");
    let deep = |stream| drip(stream, &b"*1\r\n".repeat(10_000), Duration::ZERO);
    for setting in [start_server(line), start_server(values), start_server(deep)] {
        let store = store::open(&setting).unwrap();
        for error in errors_of_all_methods(&*store, LONG) {
            assert_eq!(error.code(), OwnCode::StoreFailed);
            let is_described = error.message().contains("does not reply as Redis does");
            assert!(is_described, "{error}");
        }
    }
}

/// Replies with a record of this size.
fn answer_with_a_record(mut stream: TcpStream, size: usize) {
    let mut received = [0; 4096];
    // The login and the choice of the database.
    for _ in 0..2 {
        let _ = stream.read(&mut received).unwrap();
        stream.write_all(b"+OK\r\n").unwrap();
    }
    while let Ok(1..) = stream.read(&mut received) {
        let head = format!("*2\r\n$1\r\n7\r\n${size}\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let piece = [b'x'; 16_384];
        let mut left = size;
        while left > 0 {
            let length = left.min(piece.len());
            if stream.write_all(&piece[..length]).is_err() {
                return;
            }
            left -= length;
        }
        if stream.write_all(b"\r\n").is_err() {
            return;
        }
    }
}

#[test]
fn no_more_than_the_longest_record_is_read() {
    let longest = start_server(|stream| answer_with_a_record(stream, LONGEST_RECORD));
    let record = store::open(&longest).unwrap().load(&key(), LONG).unwrap();
    assert_eq!(record.unwrap().bytes.len(), LONGEST_RECORD);
    // 512 MiB is the longest that Redis has.
    for setting in [
        start_server(|stream| answer_with_a_record(stream, 512 << 20)),
        start_server(|stream| answer_with_a_record(stream, 2 * LONGEST_RECORD)),
    ] {
        let begun = Instant::now();
        let error = store::open(&setting)
            .unwrap()
            .load(&key(), LONG)
            .unwrap_err();
        assert_eq!(error.code(), OwnCode::StoreDamaged);
        assert!(error.message().contains("jumpqr:{stable_token-"), "{error}");
        // It is refused when it is announced: the rest is not waited for.
        assert!(begun.elapsed() < Duration::from_secs(60));
    }
}
