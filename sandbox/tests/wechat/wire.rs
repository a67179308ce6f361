//! Faults as a client sees them on the wire.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use jumpqr_sandbox::{Effect, Fault, Interface, MINI_PROGRAM_APPID};
use serde_json::Value;

use crate::caller::{Caller, PREFIX, ordinary_rule, read_answer, read_to_end};

fn add_request(caller: &Caller) -> String {
    let body = ordinary_rule(PREFIX).to_string();
    let headers = format!("Content-Length: {}\r\n", body.len());
    caller.raw_request("qrcodejumpadd", &headers, &body)
}

fn met_by(fault: Fault) -> (Caller, TcpStream) {
    let caller = Caller::new();
    caller.sandbox.inject(fault).unwrap();
    let stream = caller.send_raw(&add_request(&caller));
    (caller, stream)
}

fn rules(caller: &Caller) -> usize {
    caller.sandbox.rules(MINI_PROGRAM_APPID).unwrap().len()
}

fn split(bytes: &[u8]) -> (String, Vec<u8>) {
    let end = bytes
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .unwrap();
    let head = String::from_utf8(bytes[..end + 2].to_vec()).unwrap();
    (head.to_ascii_lowercase(), bytes[end + 4..].to_vec())
}

#[test]
fn a_reset_is_a_reset() {
    let (caller, mut stream) = met_by(Fault::reset());
    assert_eq!(
        read_to_end(&mut stream),
        (Vec::new(), Some(ErrorKind::ConnectionReset))
    );
    assert_eq!(rules(&caller), 0);

    let (caller, mut stream) = met_by(Fault::reset().after_applying());
    assert_eq!(
        read_to_end(&mut stream),
        (Vec::new(), Some(ErrorKind::ConnectionReset))
    );
    assert_eq!(rules(&caller), 1);
}

#[test]
fn a_truncated_answer_announces_more_than_it_sends() {
    let (caller, mut stream) = met_by(Fault::new(Effect::Truncate));
    let (bytes, error) = read_to_end(&mut stream);
    assert_eq!(error, None);
    let (head, body) = split(&bytes);
    let whole = br#"{"errcode":0,"errmsg":"ok"}"#;
    assert!(head.starts_with("http/1.1 200 "), "{head}");
    assert!(
        head.contains(&format!("\r\ncontent-length: {}\r\n", whole.len())),
        "{head}"
    );
    assert_eq!(body, whole[..whole.len() / 2]);
    assert_eq!(rules(&caller), 1);
}

#[test]
fn html_statuses_garbage_and_nothing() {
    let html = "text/html; charset=utf-8";
    let json = "application/json; encoding=utf-8";
    let cases = [
        (Effect::Html, "200", html),
        (Effect::Status(502), "502", html),
        (Effect::Status(503), "503", html),
        (Effect::Garbage, "200", json),
        (Effect::Empty, "200", json),
    ];
    for (effect, status, content_type) in cases {
        for applied in [false, true] {
            let mut fault = Fault::new(effect.clone());
            if applied {
                fault = fault.after_applying();
            }
            let (caller, mut stream) = met_by(fault);
            let (head, body) = read_answer(&mut stream);
            assert!(head.starts_with(&format!("http/1.1 {status} ")), "{head}");
            assert!(
                head.contains(&format!("\r\ncontent-type: {content_type}\r\n")),
                "{head}"
            );
            assert!(serde_json::from_slice::<Value>(&body).is_err());
            match effect {
                Effect::Garbage => assert!(String::from_utf8(body).is_err()),
                Effect::Empty => assert!(body.is_empty()),
                _ => assert!(body.starts_with(b"<html>")),
            }
            assert_eq!(rules(&caller), usize::from(applied), "{effect:?}");
        }
    }
}

#[test]
fn what_is_not_http_does_not_look_like_it() {
    let (caller, mut stream) = met_by(Fault::new(Effect::NotHttp));
    let (bytes, error) = read_to_end(&mut stream);
    assert_eq!(error, None);
    assert!(
        !bytes.is_empty() && !bytes.starts_with(b"HTTP"),
        "{bytes:?}"
    );
    assert_eq!(rules(&caller), 0);
}

#[test]
fn a_dribble_comes_piece_by_piece_and_whole() {
    let interval = Duration::from_millis(20);
    let started = Instant::now();
    let (caller, mut stream) = met_by(Fault::new(Effect::Dribble { bytes: 4, interval }));
    let (_, body) = read_answer(&mut stream);
    assert_eq!(body, br#"{"errcode":0,"errmsg":"ok"}"#);
    // 27 bytes are 7 pieces with 6 pauses; a pause cannot be shorter than asked.
    assert!(started.elapsed() >= interval * 6);
    assert_eq!(rules(&caller), 1);
}

#[test]
fn a_delay_takes_its_time() {
    let by = Duration::from_millis(60);
    for fault in [Fault::delay(by), Fault::delay(by).after_applying()] {
        let started = Instant::now();
        let (caller, mut stream) = met_by(fault);
        read_answer(&mut stream);
        assert!(started.elapsed() >= by);
        assert_eq!(rules(&caller), 1);
    }
}

#[test]
fn who_leaves_during_a_delay_has_applied_it_only_if_that_came_first() {
    let delay = Duration::from_millis(500);
    for (fault, applied) in [
        (Fault::delay(delay), 0),
        (Fault::delay(delay).after_applying(), 1),
    ] {
        let (caller, stream) = met_by(fault);
        while caller.sandbox.counters().calls_of(Interface::AddJumpQRCode) == 0 {
            std::thread::yield_now();
        }
        drop(stream);
        // This one is applied after the other would have been.
        caller.sandbox.inject(Fault::delay(delay * 3 / 2)).unwrap();
        let request = caller.raw_request("qrcodejumpget", "Content-Length: 2\r\n", "{}");
        let (_, body) = read_answer(&mut caller.send_raw(&request));
        let listed: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(listed["total_count"], applied);
    }
}

#[test]
fn a_closed_connection_is_closed_without_a_word() {
    let caller = Caller::new();
    caller.sandbox.inject(Fault::new(Effect::Close)).unwrap();
    let mut stream = caller.send_raw(&add_request(&caller));
    let (head, body) = read_answer(&mut stream);
    assert!(!head.contains("connection: close"), "{head}");
    assert_eq!(body, br#"{"errcode":0,"errmsg":"ok"}"#);
    assert_eq!(stream.read(&mut [0]).unwrap(), 0, "the end");
    assert_eq!(rules(&caller), 1);

    let request = caller.raw_request("qrcodejumpget", "Content-Length: 2\r\n", "{}");
    let mut stream = caller.send_raw(&request);
    read_answer(&mut stream);
    stream.write_all(request.as_bytes()).unwrap();
    read_answer(&mut stream);
    assert_eq!(caller.sandbox.counters().connections, 2);
}
