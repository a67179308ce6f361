//! The recorded requests and their counters.

mod platforms;
mod reasons;

use std::time::Duration;

use jumpqr_sandbox::{
    Effect, Fault, Interface, MINI_PROGRAM_APPID, MINI_PROGRAM_SECRET, RecordedRequest,
};
use serde_json::{Value, json};

use crate::caller::{Caller, PREFIX, ordinary_rule, read_response, read_to_end, token_of};

fn last(caller: &Caller) -> RecordedRequest {
    caller.sandbox.requests().pop().unwrap()
}

/// Calls with a fault. Returns whether a response with an errcode came.
fn call_with_fault(caller: &Caller, fault: Fault) -> bool {
    caller.sandbox.inject(fault).unwrap();
    let request = caller.raw_request(
        "qrcodejumpget",
        "Connection: close\r\nContent-Length: 2\r\n",
        "{}",
    );
    let (bytes, _) = read_to_end(&mut caller.send_raw(&request));
    let text = String::from_utf8_lossy(&bytes);
    let (_, body) = text.split_once("\r\n\r\n").unwrap_or_default();
    serde_json::from_str::<Value>(body).is_ok_and(|body| body["errcode"].is_i64())
}

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

#[test]
fn the_answer_to_a_request_is_recorded() {
    let caller = Caller::new();
    caller.call_as_mini_program("qrcodejumpget", &json!({}));
    let recorded = last(&caller);
    assert_eq!((recorded.errcode, recorded.errmsg), (Some(0), None));
    caller.get(&format!(
        "/cgi-bin/token?grant_type=client_credential&appid={MINI_PROGRAM_APPID}&secret={MINI_PROGRAM_SECRET}"
    ));
    assert_eq!(
        last(&caller).errcode,
        Some(0),
        "the response has no errcode"
    );
    for (path, code) in [
        ("/cgi-bin/wxopen/qrcodejumpget", 41001),
        ("/cgi-bin/unknown", 40066),
    ] {
        let response = caller.post(path, "{}");
        let recorded = last(&caller);
        assert_eq!(recorded.errcode, Some(code), "{path}");
        assert_eq!(recorded.errmsg.as_deref(), response["errmsg"].as_str());
        assert!(recorded.errmsg.unwrap().contains(" rid: "));
    }
    let shown = caller.get("/sandbox/requests");
    let shown = shown.as_array().unwrap().last().unwrap();
    assert_eq!(shown["errcode"], 40066);
    assert_eq!(shown["reason"], Value::Null);
}

#[test]
fn an_errcode_is_recorded_if_and_only_if_the_client_gets_one() {
    let caller = Caller::new();
    let dribble = Effect::Dribble {
        bytes: 40,
        milliseconds: 1,
    };
    for effect in [
        Effect::Errcode {
            errcode: -1,
            errmsg: None,
        },
        Effect::Delay { milliseconds: 1 },
        Effect::Reset,
        Effect::Truncate,
        Effect::Html,
        Effect::Status { status: 502 },
        Effect::Garbage,
        Effect::NotHttp,
        Effect::Empty,
        dribble,
        Effect::Close,
        Effect::TokenDeath,
    ] {
        let before = Fault::new(effect.clone());
        // Tokens die before the call only.
        let after = (effect != Effect::TokenDeath).then(|| before.clone().after_applying());
        for fault in [before].into_iter().chain(after) {
            caller.sandbox.advance(Duration::from_secs(1));
            let is_answered = call_with_fault(&caller, fault.clone());
            assert_eq!(last(&caller).errcode.is_some(), is_answered, "{fault:?}");
        }
    }
}

#[test]
fn a_secret_in_the_errmsg_of_a_fault_is_redacted() {
    let caller = Caller::new();
    let errmsg = format!("{MINI_PROGRAM_SECRET} is wrong");
    let fault = Fault::new(Effect::Errcode {
        errcode: 40125,
        errmsg: Some(errmsg.clone()),
    });
    caller.sandbox.inject(fault).unwrap();
    let response = caller.call_as_mini_program("qrcodejumpget", &json!({}));
    assert!(response["errmsg"].as_str().unwrap().starts_with(&errmsg));
    let recorded = last(&caller).errmsg.unwrap();
    assert!(recorded.starts_with("*** is wrong rid: "), "{recorded}");
}
