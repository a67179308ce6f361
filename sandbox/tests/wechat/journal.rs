//! The recorded requests and their counters.

mod platforms;

use std::time::Duration;

use jumpqr_sandbox::{Fault, Interface, MINI_PROGRAM_APPID};
use serde_json::json;

use crate::caller::{Caller, PREFIX, ordinary_rule, read_response, token_of};

#[test]
fn a_request_is_recorded_as_received() {
    let caller = Caller::new();
    let body = r#"{ "prefix":"https:\/\/h.cn/中" ,"x":1}"#;
    let request = caller.raw_request(
        "qrcodejumpadd",
        &format!("X-Trace: A b\r\nContent-Length: {}\r\n", body.len()),
        body,
    );
    read_response(&mut caller.send_raw(&request));
    let recorded = caller.sandbox.requests().remove(0);
    assert_eq!(recorded.interface, Some(Interface::AddJumpQRCode));
    assert_eq!(recorded.method, "POST");
    assert_eq!(recorded.path, "/cgi-bin/wxopen/qrcodejumpadd");
    assert_eq!(recorded.query_names, ["access_token"]);
    let host = format!("localhost:{}", caller.sandbox.port());
    assert_eq!(
        recorded.headers,
        [
            ("host", host.as_str()),
            ("x-trace", "A b"),
            ("content-length", "39")
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
    assert_eq!(recorded.body, body);
}

#[test]
fn a_request_is_recorded_with_the_time_of_the_sandbox_s_clock() {
    let caller = Caller::new();
    caller.get("/cgi-bin/token");
    caller.sandbox.advance(Duration::from_secs(3600));
    caller.get("/cgi-bin/token");
    let recorded = caller.sandbox.requests();
    let apart = recorded[1].received_at_ms - recorded[0].received_at_ms;
    assert!((3_600_000..7_200_000).contains(&apart), "{apart}");
}

#[test]
fn calls_are_counted_by_interface_with_and_without_faults() {
    let caller = Caller::new();
    caller.call_as_mini_program("qrcodejumpadd", &ordinary_rule(PREFIX));
    caller.sandbox.inject(Fault::errcode(-1)).unwrap();
    caller.call_as_mini_program("qrcodejumpget", &json!({}));
    caller.call_as_mini_program("qrcodejumpget", &json!({}));
    caller.get("/cgi-bin/token");
    caller.post("/cgi-bin/stable_token", "{}");
    let counters = caller.sandbox.counters();
    assert_eq!(counters.calls_of(Interface::AddJumpQRCode), 1);
    assert_eq!(counters.calls_of(Interface::GetJumpQRCode), 2);
    assert_eq!(counters.calls_of(Interface::DeleteJumpQRCode), 0);
    assert_eq!(counters.business_calls, 3);
    assert_eq!(counters.token_calls, 2);
    assert_eq!(
        caller.get("/sandbox/counters"),
        json!({
            "calls": {"addJumpQRCode": 1, "getJumpQRCode": 2, "token": 1, "stable_token": 1},
            "unknown_paths": 0, "business_calls": 3, "token_calls": 2, "token_calls_by_appid": {},
            "platform_calls": {}, "authorizer_token_calls": {}, "tokens_issued": {}, "connections": 1,
        })
    );
    assert_eq!(caller.sandbox.requests().len(), 5);
    token_of(&caller.sandbox, MINI_PROGRAM_APPID);
    assert_eq!(
        caller.sandbox.counters().token_calls,
        2,
        "a token issued without a request is not counted"
    );
}
