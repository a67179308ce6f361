//! openapi/rid/get.

use std::time::Duration;

use jumpqr_sandbox::SERVICE_ACCOUNT_APPID;
use serde_json::{Value, json};

use crate::caller::{Caller, NOW, errcode};
use crate::platform_caller::component_token;

fn ask(caller: &Caller, token: &str, rid: &str) -> Value {
    caller.sandbox.advance(Duration::from_secs(1));
    let path = format!("/cgi-bin/openapi/rid/get?access_token={token}");
    caller.post(&path, &json!({ "rid": rid }).to_string())
}

fn rid_of(response: &Value) -> String {
    let errmsg = response["errmsg"].as_str().unwrap();
    errmsg.rsplit_once("rid: ").unwrap().1.to_owned()
}

#[test]
fn a_refused_call_is_returned_with_its_token() {
    let caller = Caller::new();
    let token = caller.mini_program_token();
    let response = caller.call_as_mini_program("qrcodejumpadd", &json!({"prefix": "x"}));
    let found = ask(&caller, token, &rid_of(&response));
    assert_eq!(errcode(&found), 0);
    assert_eq!(
        found["request"],
        json!({
            "invoke_time": NOW + 1,
            "cost_in_ms": 1,
            "request_url": format!("access_token={token}"),
            "request_body": r#"{"prefix":"x"}"#,
            "response_body": response.to_string(),
            "client_ip": "127.0.0.1",
        })
    );
}

#[test]
fn an_injected_error_is_found_too() {
    let caller = Caller::new();
    let fault = json!({"fault": "errcode", "errcode": 85095});
    caller
        .sandbox
        .control("POST", "/sandbox/faults", fault)
        .unwrap();
    let response = caller.call_as_mini_program("qrcodejumpget", &json!({}));
    let found = ask(&caller, caller.mini_program_token(), &rid_of(&response));
    let body = found["request"]["response_body"].as_str().unwrap();
    assert!(body.contains("85095"), "{body}");
}

#[test]
fn only_the_account_of_the_call_finds_it_and_only_for_7_days() {
    let caller = Caller::new();
    let response = caller.call_as_mini_program("qrcodejumpadd", &json!({}));
    let rid = rid_of(&response);
    let platform = component_token(&caller);
    for other in [caller.service_account_token(), &platform] {
        assert_eq!(errcode(&ask(&caller, other, &rid)), 76003);
    }
    let unknown = caller.call("qrcodejumpadd", "T", &json!({}));
    let own = caller.mini_program_token().to_owned();
    assert_eq!(errcode(&ask(&caller, &own, &rid_of(&unknown))), 76003);
    for (wrong, expected) in [
        ("00000000-00000000-00000000", 76001),
        ("rid: 00000000-00000000-00000000", 76002),
        ("", 76002),
    ] {
        assert_eq!(errcode(&ask(&caller, &own, wrong)), expected, "{wrong}");
    }
    caller
        .sandbox
        .advance(Duration::from_secs(7 * 24 * 60 * 60));
    let fresh = crate::caller::token_of(&caller.sandbox, jumpqr_sandbox::MINI_PROGRAM_APPID);
    assert_eq!(errcode(&ask(&caller, &fresh, &rid)), 76001);
}

#[test]
fn a_refused_token_call_belongs_to_the_account_that_it_names() {
    let caller = Caller::new();
    let response = caller.get(&format!(
        "/cgi-bin/token?grant_type=client_credential&appid={SERVICE_ACCOUNT_APPID}&secret=a%26b"
    ));
    assert_eq!(errcode(&response), 40125);
    let found = ask(&caller, caller.service_account_token(), &rid_of(&response));
    let query = found["request"]["request_url"].as_str().unwrap();
    assert!(query.ends_with("&secret=a%26b"), "{query}");
}
