//! The recorded requests and their counters.

mod platforms;

use jumpqr_sandbox::{
    Account, Fault, Interface, MINI_PROGRAM_APPID, MINI_PROGRAM_SECRET, SERVICE_ACCOUNT_SECRET,
};
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
fn recorded_requests_have_no_tokens_or_secrets() {
    let caller = Caller::new();
    let token = caller.mini_program_token().to_owned();
    let wrong = "wrong-but-perhaps-right-elsewhere";
    let header = format!(
        "Authorization: Bearer {wrong}\r\nReferer: http://x/?access_token={token}\r\nContent-Length: 2\r\n"
    );
    read_response(&mut caller.send_raw(&caller.raw_request("qrcodejumpget", &header, "{}")));
    caller.call_now(
        "qrcodejumpget",
        wrong,
        &json!({"note": wrong, "mine": token}).to_string(),
    );
    caller.get(&format!(
        "/cgi-bin/token?grant_type=client_credential&appid={MINI_PROGRAM_APPID}&secret={wrong}"
    ));
    for body in [
        json!({"appid": MINI_PROGRAM_APPID, "secret": MINI_PROGRAM_SECRET}).to_string(),
        json!({"appid": MINI_PROGRAM_APPID, "secret": wrong, "note": "***"}).to_string(),
        format!("{{\"secret\":\"\\u0077{}\"}}", &wrong[1..]),
        format!("secret={wrong}"),
    ] {
        caller.post("/cgi-bin/stable_token", &body);
    }
    let stray = format!("/cgi-bin/wxopen/qrcodejumpget?{token}&x={token}");
    caller.post(&stray, "{}");
    caller.call_as_mini_program("qrcodejumpadd", &json!({"prefix": SERVICE_ACCOUNT_SECRET}));

    let in_process = format!("{:?} {:?}", caller.sandbox, caller.sandbox.requests());
    let over_http = caller.get("/sandbox/requests").to_string();
    for text in [in_process, over_http] {
        assert!(text.contains(MINI_PROGRAM_APPID), "{text}");
        for secret in [
            &token,
            MINI_PROGRAM_SECRET,
            SERVICE_ACCOUNT_SECRET,
            wrong,
            &wrong[1..],
        ] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}

#[test]
fn texts_that_are_not_secrets_are_kept() {
    let caller = Caller::new();
    let short = "wx00000000000000a1";
    caller
        .sandbox
        .put_account(Account::mini_program(short, "1"));
    let notes = r#""appid":"wx1","grant_type":null,"n":1,"t":"null 1""#;
    for (secret, shown) in [
        ("null", "null"),
        (r#""""#, r#""""#),
        (r#""1""#, r#""***""#),
        ("1", r#""***""#),
        (r#""\u0077rong-but-long""#, r#""***""#),
    ] {
        let body = format!(r#"{{"secret" : {secret},{notes}}}"#);
        caller.post("/cgi-bin/stable_token", &body);
        let recorded = caller.sandbox.requests().pop().unwrap();
        assert_eq!(recorded.body, format!(r#"{{"secret" : {shown},{notes}}}"#));
    }
    let body =
        r#"{"component_appid":null,"component_appsecret":null,"component_verify_ticket":"1"}"#;
    caller.post("/cgi-bin/component/api_component_token", body);
    let recorded = caller.sandbox.requests().pop().unwrap();
    assert_eq!(recorded.body, body.replace("\"1\"", "\"***\""));

    caller.call_now("qrcodejumpget", "1", r#"{"page_num":1}"#);
    let recorded = caller.sandbox.requests().pop().unwrap();
    assert_eq!(recorded.body, r#"{"page_num":1}"#);
    assert_eq!(caller.sandbox.requests().len(), 7);
}

#[test]
fn a_secret_is_redacted_in_every_field() {
    let caller = Caller::new();
    let wrong = "wrong-but-perhaps-right-elsewhere";
    let body = format!(r#"{{"secret":"{wrong}","secret":"{wrong}2","note":"a {wrong}"}}"#);
    caller.post("/cgi-bin/stable_token", &body);
    let recorded = caller.sandbox.requests().pop().unwrap();
    assert_eq!(
        recorded.body,
        r#"{"secret":"***","secret":"***","note":"a ***"}"#
    );
}

#[test]
fn the_present_and_former_secrets_of_all_accounts_are_redacted() {
    let caller = Caller::new();
    let path = format!("/sandbox/accounts/{MINI_PROGRAM_APPID}");
    let change = |secret: &str| {
        let body = json!({"secret": secret});
        caller.sandbox.control("PUT", &path, body).unwrap();
    };
    change("that-of-yesterday");
    change("that-of-today");
    let gone = "wx00000000000000a1";
    caller
        .sandbox
        .put_account(Account::mini_program(gone, "that-of-one-removed"));
    let path = format!("/sandbox/accounts/{gone}");
    caller.sandbox.control("DELETE", &path, json!({})).unwrap();
    let note = format!(
        "that-of-tomorrow {MINI_PROGRAM_SECRET} that-of-yesterday that-of-today that-of-one-removed"
    );
    caller.call_as_mini_program("qrcodejumpget", &json!({"note": note}));
    let body = caller.sandbox.requests().remove(0).body;
    assert_eq!(body, r#"{"note":"that-of-tomorrow *** *** *** ***"}"#);
}
