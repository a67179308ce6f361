//! The rehearsal: from one server, the sandbox gives the reason that a preflight finds.

use std::time::Duration;

use jumpqr_core::preflight::{ExpectedFile, judge};
use jumpqr_fetch::{PreflightOptions, look};
use jumpqr_sandbox::{FileFetch, MINI_PROGRAM_APPID};

use super::server::{PLAIN, Server, respond};
use super::{CONTENT, FILE, PREFIX, add, directed_to};
use crate::caller::Caller;

/// The timeout of each fetch. Only the servers that are too slow need it.
const TIMEOUT: Duration = Duration::from_millis(500);

/// Returns the code of the first finding of a whole preflight.
fn preflight(server: &Server, prefix: &str) -> Option<&'static str> {
    let file = ExpectedFile {
        name: FILE.to_owned(),
        content: CONTENT.as_bytes().to_vec(),
    };
    let options = PreflightOptions::default()
        .connect_to([server.address])
        .fetch_timeout(TIMEOUT);
    let report = judge(look(&prefix.into(), file, &options, &|| false).unwrap());
    report.findings.first().map(|finding| finding.code.name())
}

/// Checks that the sandbox refuses a rule for this reason, and that a preflight finds the same.
fn assert_cause_of(server: &Server, prefix: &str, cause: &str) {
    let caller = Caller::new();
    let fetch = FileFetch::default()
        .connect_to([server.address])
        .timeout(TIMEOUT);
    caller
        .sandbox
        .fetch_file(MINI_PROGRAM_APPID, fetch)
        .unwrap();
    assert_eq!(add(&caller, prefix), (85069, Some(cause)));
    assert_eq!(preflight(server, prefix), Some(cause));
    assert!(caller.sandbox.rules(MINI_PROGRAM_APPID).unwrap().is_empty());
}

fn assert_cause(server: &Server, cause: &str) {
    assert_cause_of(server, PREFIX, cause);
}

#[test]
fn the_right_file_is_accepted() {
    let right = Server::with_file_at(format!("/shop/{FILE}"));
    let caller = directed_to(&right);
    assert_eq!(add(&caller, PREFIX), (0, None));
    assert_eq!(right.paths(), [format!("/shop/{FILE}")]);
    assert_eq!(preflight(&right, PREFIX), None);
}

#[test]
fn a_file_in_a_wrong_directory_is_told() {
    for (path, cause) in [
        (format!("/shop/table/{FILE}"), "file_one_deeper"),
        (format!("/{FILE}"), "file_at_root"),
        (
            format!("/shop/{}", FILE.to_lowercase()),
            "file_in_other_case",
        ),
        ("/elsewhere".to_owned(), "not_found"),
    ] {
        assert_cause(&Server::with_file_at(path), cause);
    }
}

#[test]
fn a_file_one_directory_too_high_is_told() {
    let server = Server::with_file_at(format!("/mall/{FILE}"));
    assert_cause_of(&server, "http://m.example.cn/mall/shop/", "file_one_higher");
}

#[test]
fn a_redirect_is_told() {
    for (field, cause) in [
        (
            "Location: https://m.example.cn/shop/KCfCAeDG9F.txt",
            "redirect_to_https",
        ),
        (
            "Location: http://www.m.example.cn/shop/KCfCAeDG9F.txt",
            "redirect_to_www",
        ),
        (
            "Location: /login?from=/shop/KCfCAeDG9F.txt",
            "redirect_to_login",
        ),
    ] {
        let server = Server::with_answer("301 Moved Permanently", field, String::new());
        assert_cause(&server, cause);
    }
}

#[test]
fn another_content_is_told() {
    for (body, cause) in [
        (format!("\u{feff}{CONTENT}"), "byte_order_mark"),
        (format!("{CONTENT}\r\n"), "white_space_around"),
        (format!("\"{CONTENT}\""), "quoted"),
        ("0123456789abcdef0123456789abcdef".to_owned(), "other_file"),
        (String::new(), "empty"),
    ] {
        assert_cause(&Server::with_answer("200 OK", PLAIN, body), cause);
    }
}

#[test]
fn a_page_of_the_application_is_told() {
    let page = "<!doctype html><html><body><div id=app></div></body></html>".to_owned();
    let server = Server::with_answer("200 OK", "Content-Type: text/html", page);
    assert_cause(&server, "application_page");
}

#[test]
fn a_status_is_told() {
    for (status, cause) in [
        ("304 Not Modified", "not_modified"),
        ("403 Forbidden", "forbidden"),
        ("502 Bad Gateway", "server_error"),
    ] {
        assert_cause(&Server::with_answer(status, PLAIN, String::new()), cause);
    }
}

#[test]
fn a_server_that_is_too_slow_is_told() {
    let server = Server::start(|_, stream| {
        // Until the client gives up.
        let _ = stream.read(&mut [0]);
    });
    assert_cause(&server, "too_slow");
}

#[test]
fn a_body_that_does_not_end_is_told() {
    let server = Server::start(|_, stream| {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 99";
        let _ = stream.write_all(format!("{head}\r\n\r\n{CONTENT}").as_bytes());
        let _ = stream.read(&mut [0]);
    });
    assert_cause(&server, "never_ends");
}

#[test]
fn a_fragment_that_is_taken_for_a_directory_is_told() {
    let server = Server::with_file_at(format!("/shop/{FILE}"));
    let prefix = "http://m.example.cn/shop/index.html#/table";
    assert_cause_of(&server, prefix, "fragment_in_directory");
}

#[test]
fn the_first_answer_decides() {
    // Right for everybody who comes later.
    let (asked, first) = (std::sync::atomic::AtomicBool::new(false), "503 Later");
    let server = Server::start(move |_, stream| {
        let is_first = !asked.swap(true, std::sync::atomic::Ordering::Relaxed);
        let status = if is_first { first } else { "200 OK" };
        respond(stream, status, PLAIN, if is_first { "" } else { CONTENT });
    });
    let caller = directed_to(&server);
    assert_eq!(add(&caller, PREFIX).0, 85069);
    assert_eq!(add(&caller, PREFIX), (0, None));
}
