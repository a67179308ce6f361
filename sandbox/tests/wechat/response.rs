//! The responses and connections of faults, as a client sees them.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use jumpqr_sandbox::{Effect, Fault, Interface, MINI_PROGRAM_APPID};
use serde_json::Value;

use crate::caller::{Caller, PREFIX, ordinary_rule, read_response, read_to_end};

fn add_request(caller: &Caller) -> String {
    let body = ordinary_rule(PREFIX).to_string();
    let headers = format!("Content-Length: {}\r\n", body.len());
    caller.raw_request("qrcodejumpadd", &headers, &body)
}

fn send_with_fault(fault: Fault) -> (Caller, TcpStream) {
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
fn a_reset_sends_a_tcp_rst() {
    let (caller, mut stream) = send_with_fault(Fault::reset());
    assert_eq!(
        read_to_end(&mut stream),
        (Vec::new(), Some(ErrorKind::ConnectionReset))
    );
    assert_eq!(rules(&caller), 0);

    let (caller, mut stream) = send_with_fault(Fault::reset().after_applying());
    assert_eq!(
        read_to_end(&mut stream),
        (Vec::new(), Some(ErrorKind::ConnectionReset))
    );
    assert_eq!(rules(&caller), 1);
}

#[test]
fn a_truncated_response_has_a_content_length_of_the_whole_body() {
    let (caller, mut stream) = send_with_fault(Fault::new(Effect::Truncate));
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
fn the_wrong_bodies_and_statuses_are_sent_as_requested() {
    let html = "text/html; charset=utf-8";
    let json = "application/json; encoding=utf-8";
    let cases = [
        (Effect::Html, "200", html),
        (Effect::Status { status: 502 }, "502", html),
        (Effect::Status { status: 503 }, "503", html),
        (Effect::Garbage, "200", json),
        (Effect::Empty, "200", json),
    ];
    for (effect, status, content_type) in cases {
        for applied in [false, true] {
            let mut fault = Fault::new(effect.clone());
            if applied {
                fault = fault.after_applying();
            }
            let (caller, mut stream) = send_with_fault(fault);
            let (head, body) = read_response(&mut stream);
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
fn not_http_sends_bytes_that_are_not_http() {
    let (caller, mut stream) = send_with_fault(Fault::new(Effect::NotHttp));
    let (bytes, error) = read_to_end(&mut stream);
    assert_eq!(error, None);
    assert!(
        !bytes.is_empty() && !bytes.starts_with(b"HTTP"),
        "{bytes:?}"
    );
    assert_eq!(rules(&caller), 0);
}

#[test]
fn a_dribble_sends_the_whole_body_in_pieces() {
    let interval = Duration::from_millis(20);
    let started = Instant::now();
    let (caller, mut stream) = send_with_fault(Fault::new(Effect::Dribble {
        bytes: 4,
        milliseconds: 20,
    }));
    let (_, body) = read_response(&mut stream);
    assert_eq!(body, br#"{"errcode":0,"errmsg":"ok"}"#);
    // 27 bytes are 7 pieces with 6 pauses. No pause is shorter than its interval.
    assert!(started.elapsed() >= interval * 6);
    assert_eq!(rules(&caller), 1);
}

#[test]
fn a_delay_takes_real_time() {
    let by = Duration::from_millis(60);
    for fault in [Fault::delay(by), Fault::delay(by).after_applying()] {
        let started = Instant::now();
        let (caller, mut stream) = send_with_fault(fault);
        read_response(&mut stream);
        assert!(started.elapsed() >= by);
        assert_eq!(rules(&caller), 1);
    }
}

#[test]
fn a_client_that_leaves_during_a_delay_applies_the_call_only_after() {
    let delay = Duration::from_millis(500);
    for (fault, applied) in [
        (Fault::delay(delay), 0),
        (Fault::delay(delay).after_applying(), 1),
    ] {
        let (caller, stream) = send_with_fault(fault);
        while caller.sandbox.counters().calls_of(Interface::AddJumpQRCode) == 0 {
            std::thread::yield_now();
        }
        drop(stream);
        // This call comes after the first one would have been applied.
        caller.sandbox.inject(Fault::delay(delay * 3 / 2)).unwrap();
        let request = caller.raw_request("qrcodejumpget", "Content-Length: 2\r\n", "{}");
        let (_, body) = read_response(&mut caller.send_raw(&request));
        let listed: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(listed["total_count"], applied);
    }
}

#[test]
fn a_close_is_not_announced_by_a_header() {
    let caller = Caller::new();
    caller.sandbox.inject(Fault::new(Effect::Close)).unwrap();
    let mut stream = caller.send_raw(&add_request(&caller));
    let (head, body) = read_response(&mut stream);
    assert!(!head.contains("connection: close"), "{head}");
    assert_eq!(body, br#"{"errcode":0,"errmsg":"ok"}"#);
    assert_eq!(stream.read(&mut [0]).unwrap(), 0, "end of stream");
    assert_eq!(rules(&caller), 1);

    let request = caller.raw_request("qrcodejumpget", "Content-Length: 2\r\n", "{}");
    let mut stream = caller.send_raw(&request);
    read_response(&mut stream);
    stream.write_all(request.as_bytes()).unwrap();
    read_response(&mut stream);
    assert_eq!(caller.sandbox.counters().connections, 2);
}
