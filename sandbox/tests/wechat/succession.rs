//! What happens to a token when the next one is issued.

use std::time::Duration;

use jumpqr_sandbox::{
    COMPONENT_APPID, COMPONENT_APPSECRET, Interface, MINI_PROGRAM_APPID, MINI_PROGRAM_SECRET,
};
use serde_json::{Value, json};

use crate::caller::{Caller, errcode};

/// The lifetime of every token in these tests, in seconds.
const LIFE: u64 = 1000;

fn new_caller_with_succession(succession: &Value) -> Caller {
    let caller = Caller::new();
    let put = |path: &str, body: Value| caller.sandbox.control("PUT", path, body).unwrap();
    put("/sandbox/tokens", succession.clone());
    let life = json!({"token_lifetime_seconds": LIFE});
    put(
        &format!("/sandbox/accounts/{MINI_PROGRAM_APPID}"),
        life.clone(),
    );
    put(&format!("/sandbox/platforms/{COMPONENT_APPID}"), life);
    caller
}

fn text(response: &Value, field: &str) -> String {
    assert!(response.get("errcode").is_none(), "{response}");
    response[field].as_str().unwrap().to_owned()
}

fn token(caller: &Caller) -> String {
    let response = caller.get(&format!(
        "/cgi-bin/token?grant_type=client_credential&appid={MINI_PROGRAM_APPID}&secret={MINI_PROGRAM_SECRET}"
    ));
    text(&response, "access_token")
}

fn stable_token(caller: &Caller) -> String {
    let body = json!({
        "grant_type": "client_credential", "appid": MINI_PROGRAM_APPID, "secret": MINI_PROGRAM_SECRET,
    });
    let response = caller.post("/cgi-bin/stable_token", &body.to_string());
    text(&response, "access_token")
}

fn component_token(caller: &Caller) -> String {
    let ticket = caller.sandbox.verify_ticket(COMPONENT_APPID);
    let body = json!({
        "component_appid": COMPONENT_APPID, "component_appsecret": COMPONENT_APPSECRET,
        "component_verify_ticket": ticket.unwrap().expose(),
    });
    let path = "/cgi-bin/component/api_component_token";
    text(
        &caller.post(path, &body.to_string()),
        "component_access_token",
    )
}

fn authorizer_response(caller: &Caller, component: &str) -> Value {
    let refresh_token = caller
        .sandbox
        .authorize(COMPONENT_APPID, MINI_PROGRAM_APPID, None)
        .unwrap();
    let body = json!({
        "component_appid": COMPONENT_APPID, "authorizer_appid": MINI_PROGRAM_APPID,
        "authorizer_refresh_token": refresh_token.expose(),
    });
    let path = format!("/cgi-bin/component/api_authorizer_token?access_token={component}");
    caller.post(&path, &body.to_string())
}

fn authorizer_token(caller: &Caller) -> String {
    let component = component_token(caller);
    text(
        &authorizer_response(caller, &component),
        "authorizer_access_token",
    )
}

/// Calls with an account's token, without advancing the clock.
fn call_business(caller: &Caller, token: &str) -> i64 {
    errcode(&caller.call_now("qrcodejumpget", token, "{}"))
}

/// Requests a merchant's token with a platform's token.
fn request_merchant_token(caller: &Caller, component: &str) -> i64 {
    let response = authorizer_response(caller, component);
    response
        .get("errcode")
        .map_or(0, |code| code.as_i64().unwrap())
}

type Issue = fn(&Caller) -> String;
type Use = fn(&Caller, &str) -> i64;

const EVERY_NEW_ONE: [(&str, Issue, Use); 3] = [
    ("token", token, call_business),
    (
        "api_component_token",
        component_token,
        request_merchant_token,
    ),
    ("api_authorizer_token", authorizer_token, call_business),
];

fn advance(caller: &Caller, seconds: u64) {
    caller.sandbox.advance(Duration::from_secs(seconds));
}

#[test]
fn a_superseded_token_works_for_the_overlap() {
    for (overlap, succession) in [(300, json!({})), (7, json!({"overlap_seconds": 7}))] {
        for (name, issue, list_rules) in EVERY_NEW_ONE {
            let caller = new_caller_with_succession(&succession);
            let first = issue(&caller);
            let second = issue(&caller);
            assert_ne!(first, second, "{name}");
            advance(&caller, overlap - 1);
            assert_eq!(list_rules(&caller, &first), 0, "{name} {overlap}");
            advance(&caller, 1);
            assert_eq!(list_rules(&caller, &first), 40001, "{name} {overlap}");
            assert_eq!(list_rules(&caller, &second), 0, "{name} {overlap}");
        }
    }
}

#[test]
fn a_superseded_token_expires_even_within_the_overlap() {
    for (name, issue, list_rules) in EVERY_NEW_ONE {
        let caller = new_caller_with_succession(&json!({"overlap_seconds": 10 * LIFE}));
        let first = issue(&caller);
        issue(&caller);
        advance(&caller, LIFE);
        assert_eq!(list_rules(&caller, &first), 42001, "{name}");
    }
}

#[test]
fn kill_old_at_once_kills_superseded_tokens() {
    for (name, issue, list_rules) in EVERY_NEW_ONE {
        let caller = new_caller_with_succession(&json!({"kill_old_at_once": true}));
        let first = issue(&caller);
        assert_eq!(list_rules(&caller, &first), 0, "{name}");
        advance(&caller, 1);
        let second = issue(&caller);
        assert_eq!(list_rules(&caller, &first), 40001, "{name}");
        assert_eq!(list_rules(&caller, &second), 0, "{name}");
    }
}

#[test]
fn kill_old_at_once_kills_a_stable_token_only_if_it_is_superseded() {
    for (kill_old_at_once, code) in [(false, 0), (true, 40001)] {
        let succession = json!({"kill_old_at_once": kill_old_at_once, "overlap_seconds": 0});
        let caller = new_caller_with_succession(&succession);
        let first = stable_token(&caller);
        assert_eq!(stable_token(&caller), first);
        assert_eq!(call_business(&caller, &first), 0);
        advance(&caller, LIFE - 300);
        let second = stable_token(&caller);
        assert_ne!(second, first);
        assert_eq!(call_business(&caller, &first), code);
        assert_eq!(call_business(&caller, &second), 0);
        let counters = caller.sandbox.counters();
        assert_eq!(counters.tokens_issued[&Interface::StableToken], 2);
        let calls = &counters.token_calls_by_appid[MINI_PROGRAM_APPID];
        assert_eq!(calls[&Interface::StableToken], 3);
    }
}

#[test]
fn the_succession_is_shown_and_reset() {
    let caller = Caller::new();
    let start =
        json!({"overlap_seconds": 300, "kill_old_at_once": false, "old_refresh_token": "stays"});
    assert_eq!(caller.get("/sandbox/tokens"), start);
    let changed = caller
        .sandbox
        .control("PUT", "/sandbox/tokens", json!({"kill_old_at_once": true}))
        .unwrap();
    assert_eq!(
        changed,
        json!({"overlap_seconds": 300, "kill_old_at_once": true, "old_refresh_token": "stays"})
    );
    caller.sandbox.reset();
    assert_eq!(caller.get("/sandbox/tokens"), start);
}
