//! Requests that a web page in the user's browser could send, and requests of programs.

use jumpqr_sandbox::{MINI_PROGRAM_APPID, Sandbox, SandboxError};
use serde_json::Value;

use crate::caller::{Caller, read_response};

/// Sends a request and returns the status and body of the response. Each header ends in CRLF.
fn ask(caller: &Caller, request_line: &str, headers: &str) -> (u16, Value) {
    let request = format!("{request_line}\r\n{headers}Content-Length: 2\r\n\r\n{{}}");
    let (head, body) = read_response(&mut caller.send_raw(&request));
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_slice(&body).unwrap())
}

/// Returns the request lines of POST requests to the control endpoints and to WeChat's paths.
fn posts(caller: &Caller) -> [String; 3] {
    let token = caller.mini_program_token();
    [
        "POST /sandbox/reset HTTP/1.1".to_owned(),
        format!("POST /sandbox/accounts/{MINI_PROGRAM_APPID}/tokens HTTP/1.1"),
        format!("POST /cgi-bin/wxopen/qrcodejumpget?access_token={token} HTTP/1.1"),
    ]
}

fn host(caller: &Caller) -> String {
    format!("Host: 127.0.0.1:{}\r\n", caller.sandbox.port())
}

#[test]
fn a_request_that_a_web_page_could_send_is_refused_and_has_no_effect() {
    let caller = Caller::new();
    let port = caller.sandbox.port();
    let own = host(&caller);
    let text = "Content-Type: text/plain\r\n";
    let cases = [
        ("Host: evil.example\r\n".to_owned(), "Host is"),
        (format!("Host: evil.example:{port}\r\n"), "Host is"),
        ("Host: 127.0.0.1\r\n".to_owned(), "Host is"),
        (format!("{own}Host: evil.example\r\n"), "Host is"),
        (String::new(), "no Host"),
        (
            format!("{own}{text}Origin: https://evil.example\r\n"),
            "Origin is",
        ),
        (format!("{own}{text}Origin: null\r\n"), "Origin is"),
        (
            format!("{own}Origin: http://localhost:3000\r\n"),
            "Origin is",
        ),
        (
            format!("{own}Sec-Fetch-Site: cross-site\r\n"),
            "Sec-Fetch-Site is",
        ),
        (
            format!("{own}Sec-Fetch-Site: same-site\r\n"),
            "Sec-Fetch-Site is",
        ),
    ];
    for (headers, reason) in &cases {
        for request_line in posts(&caller) {
            let (status, response) = ask(&caller, &request_line, headers);
            assert_eq!(status, 403, "{request_line} {headers}");
            let error = response["error"].as_str().unwrap();
            assert!(error.contains(reason), "{headers}: {error}");
        }
    }
    let absolute = format!("POST http://evil.example:{port}/sandbox/reset HTTP/1.1");
    assert_eq!(ask(&caller, &absolute, &own).0, 403);
    let preflight = "OPTIONS /sandbox/reset HTTP/1.1";
    let headers = format!("{own}Origin: https://evil.example\r\n");
    assert_eq!(ask(&caller, preflight, &headers).0, 403);

    assert!(caller.sandbox.requests().is_empty());
    assert!(caller.sandbox.counters().calls.is_empty());
}

#[test]
fn programs_and_pages_of_the_sandboxs_own_origin_are_served() {
    let caller = Caller::new();
    let port = caller.sandbox.port();
    let own = host(&caller);
    for headers in [
        own.clone(),
        format!("Host: LocalHost:{port}\r\n"),
        format!("Host: [::1]:{port}\r\n"),
        format!("{own}Origin: http://localhost:{port}\r\n"),
        format!("{own}Sec-Fetch-Site: same-origin\r\n"),
        format!("{own}Sec-Fetch-Site: none\r\n"),
    ] {
        let (status, response) = ask(&caller, "GET /sandbox HTTP/1.1", &headers);
        assert_eq!(status, 200, "{headers}: {response}");
    }
    let without_host = ask(&caller, "GET /sandbox HTTP/1.0", "");
    assert_eq!(without_host.0, 200, "no browser sends HTTP/1.0");
}

#[test]
fn an_allowed_host_is_served() {
    let caller = Caller::with_builder(Sandbox::builder().allow_host("wechat.test"));
    for request_line in posts(&caller) {
        let (status, _) = ask(&caller, &request_line, "Host: wechat.test:80\r\n");
        assert_eq!(status, 200, "{request_line}");
        let (status, response) = ask(&caller, &request_line, "Host: other.test:80\r\n");
        assert_eq!(status, 403);
        assert!(response["error"].as_str().unwrap().contains("--allow-host"));
    }
    let wrong = Sandbox::builder().allow_host("http://wechat.test/").start();
    assert!(
        matches!(wrong, Err(SandboxError::Invalid(text)) if text.contains("http://wechat.test/"))
    );
}
