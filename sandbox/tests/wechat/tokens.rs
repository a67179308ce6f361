//! token and stable_token.

use std::time::Duration;

use jumpqr_sandbox::{MINI_PROGRAM_APPID, MINI_PROGRAM_SECRET, SERVICE_ACCOUNT_APPID};
use serde_json::{Value, json};

use crate::caller::{Caller, errcode};

fn issue_token(caller: &Caller) -> Value {
    caller.get(&format!(
        "/cgi-bin/token?grant_type=client_credential&appid={MINI_PROGRAM_APPID}&secret={MINI_PROGRAM_SECRET}"
    ))
}

fn issue_stable_token(caller: &Caller, force_refresh: bool) -> Value {
    let body = json!({
        "grant_type": "client_credential", "appid": MINI_PROGRAM_APPID, "secret": MINI_PROGRAM_SECRET,
        "force_refresh": force_refresh,
    });
    caller.post("/cgi-bin/stable_token", &body.to_string())
}

fn text(response: &Value) -> String {
    assert!(response.get("errcode").is_none(), "{response}");
    response["access_token"].as_str().unwrap().to_owned()
}

fn list_rules(caller: &Caller, token: &str) -> i64 {
    errcode(&caller.call("qrcodejumpget", token, &json!({})))
}

fn advance(caller: &Caller, seconds: u64) {
    caller.sandbox.advance(Duration::from_secs(seconds));
}

#[test]
fn token_issues_a_new_token_and_the_former_works_5_more_minutes() {
    let caller = Caller::new();
    let first = issue_token(&caller);
    assert_eq!(first["expires_in"], 7200);
    let first = text(&first);
    advance(&caller, 60);
    let second = text(&issue_token(&caller));
    assert_ne!(first, second);
    advance(&caller, 298);
    assert_eq!(list_rules(&caller, &first), 0);
    assert_eq!(list_rules(&caller, &first), 40001);
    assert_eq!(list_rules(&caller, &second), 0);
}

#[test]
fn an_expired_token_gets_42001() {
    let caller = Caller::new();
    let token = text(&issue_token(&caller));
    advance(&caller, 7198);
    assert_eq!(list_rules(&caller, &token), 0);
    let response = caller.call("qrcodejumpget", &token, &json!({}));
    assert_eq!(errcode(&response), 42001);
    let errmsg = response["errmsg"].as_str().unwrap();
    assert!(errmsg.starts_with("access_token expired rid: "), "{errmsg}");
}

#[test]
fn the_text_of_40001_says_not_latest() {
    let caller = Caller::new();
    let response = caller.call("qrcodejumpget", "89_unknown", &json!({}));
    let errmsg = response["errmsg"].as_str().unwrap();
    assert_eq!(errcode(&response), 40001);
    assert!(
        errmsg.starts_with("invalid credential, access_token is invalid or not latest rid: "),
        "{errmsg}"
    );
}

#[test]
fn stable_token_returns_the_same_token_until_its_last_5_minutes() {
    let caller = Caller::new();
    let first = text(&issue_stable_token(&caller, false));
    advance(&caller, 1000);
    let again = issue_stable_token(&caller, false);
    assert_eq!(text(&again), first);
    assert_eq!(again["expires_in"], 6200);
    advance(&caller, 5899);
    let again = issue_stable_token(&caller, false);
    assert_eq!(text(&again), first);
    assert_eq!(again["expires_in"], 301);
    advance(&caller, 1);
    let next = issue_stable_token(&caller, false);
    assert_ne!(text(&next), first);
    assert_eq!(next["expires_in"], 7200);
    assert_eq!(
        list_rules(&caller, &first),
        0,
        "the former token works until it expires"
    );
    advance(&caller, 299);
    assert_eq!(list_rules(&caller, &first), 42001);
    assert_eq!(list_rules(&caller, &text(&next)), 0);
}

#[test]
fn token_and_stable_token_do_not_supersede_each_other() {
    let caller = Caller::new();
    let stable_token = text(&issue_stable_token(&caller, false));
    let first = text(&issue_token(&caller));
    issue_token(&caller);
    advance(&caller, 400);
    assert_eq!(list_rules(&caller, &first), 40001);
    assert_eq!(list_rules(&caller, &stable_token), 0);
    assert_eq!(list_rules(&caller, caller.mini_program_token()), 0);
}

#[test]
fn force_refresh_kills_the_former_token_once_in_30_seconds() {
    let caller = Caller::new();
    let first = text(&issue_stable_token(&caller, false));
    let second = text(&issue_stable_token(&caller, true));
    assert_ne!(first, second);
    assert_eq!(list_rules(&caller, &first), 40001);
    advance(&caller, 28);
    assert_eq!(
        text(&issue_stable_token(&caller, true)),
        second,
        "too early"
    );
    assert_eq!(list_rules(&caller, &second), 0);
    let third = text(&issue_stable_token(&caller, true));
    assert_ne!(third, second);
    assert_eq!(list_rules(&caller, &second), 40001);
    assert_eq!(text(&issue_stable_token(&caller, false)), third);
}

#[test]
fn force_refresh_works_20_times_a_day() {
    let caller = Caller::new();
    for _ in 0..20 {
        text(&issue_stable_token(&caller, true));
        advance(&caller, 30);
    }
    assert_eq!(errcode(&issue_stable_token(&caller, true)), 45009);
    text(&issue_stable_token(&caller, false));
    advance(&caller, 24 * 3600);
    text(&issue_stable_token(&caller, true));
}

#[test]
fn one_token_call_more_than_the_daily_limit_gets_45009() {
    let caller = Caller::new();
    caller
        .sandbox
        .control("PUT", "/sandbox/limits", json!({"token_calls_per_day": 2}))
        .unwrap();
    text(&issue_token(&caller));
    text(&issue_token(&caller));
    assert_eq!(errcode(&issue_token(&caller)), 45009);
    advance(&caller, 24 * 3600);
    text(&issue_token(&caller));
}

#[test]
fn stable_token_has_limits_for_the_minute_and_the_day() {
    let caller = Caller::new();
    let limits = json!({"stable_token_calls_per_minute": 2, "stable_token_calls_per_day": 3});
    caller
        .sandbox
        .control("PUT", "/sandbox/limits", limits)
        .unwrap();
    text(&issue_stable_token(&caller, false));
    text(&issue_stable_token(&caller, false));
    assert_eq!(errcode(&issue_stable_token(&caller, false)), 45011);
    advance(&caller, 60);
    text(&issue_stable_token(&caller, false));
    assert_eq!(errcode(&issue_stable_token(&caller, false)), 45009);
}

#[test]
fn a_shorter_lifetime_is_returned_and_applied() {
    let caller = Caller::new();
    let mut account = caller.sandbox.account(MINI_PROGRAM_APPID).unwrap();
    account.token_lifetime = Duration::from_secs(10);
    caller.sandbox.put_account(account);
    let issued = issue_stable_token(&caller, false);
    assert_eq!(issued["expires_in"], 10);
    advance(&caller, 4);
    assert_eq!(
        issue_stable_token(&caller, false)["access_token"],
        issued["access_token"]
    );
    advance(&caller, 1);
    assert_ne!(
        issue_stable_token(&caller, false)["access_token"],
        issued["access_token"]
    );
    advance(&caller, 4);
    assert_eq!(list_rules(&caller, &text(&issued)), 42001);
}

#[test]
fn each_wrong_credential_gets_its_own_code() {
    let caller = Caller::new();
    let cases = [
        (None, Some("s"), 41002),
        (Some(""), Some("s"), 41002),
        (Some(MINI_PROGRAM_APPID), None, 41004),
        (Some("wx9999999999999999"), Some("s"), 40013),
        (Some(MINI_PROGRAM_APPID), Some("s"), 40125),
        (
            Some(SERVICE_ACCOUNT_APPID),
            Some(MINI_PROGRAM_SECRET),
            40125,
        ),
    ];
    for (appid, secret, code) in cases {
        let mut query = "grant_type=client_credential".to_owned();
        let mut body = json!({"grant_type": "client_credential"});
        for (name, value) in [("appid", appid), ("secret", secret)] {
            if let Some(value) = value {
                query = format!("{query}&{name}={value}");
                body[name] = json!(value);
            }
        }
        let response = caller.get(&format!("/cgi-bin/token?{query}"));
        assert_eq!(errcode(&response), code, "{query}");
        let response = caller.post("/cgi-bin/stable_token", &body.to_string());
        assert_eq!(errcode(&response), code, "{body}");
        assert!(response.get("access_token").is_none());
    }
    let response = caller.get(&format!(
        "/cgi-bin/token?grant_type=password&appid={MINI_PROGRAM_APPID}&secret={MINI_PROGRAM_SECRET}"
    ));
    assert_eq!(errcode(&response), 40002);
    assert_eq!(errcode(&caller.post("/cgi-bin/stable_token", "")), 44002);
    assert_eq!(errcode(&caller.post("/cgi-bin/stable_token", "a=b")), 47001);
}

#[test]
fn all_tokens_of_an_account_can_be_killed() {
    let caller = Caller::new();
    let first = text(&issue_token(&caller));
    let stable_token = text(&issue_stable_token(&caller, false));
    assert_eq!(caller.sandbox.kill_tokens(MINI_PROGRAM_APPID).unwrap(), 3);
    for dead in [first.as_str(), &stable_token, caller.mini_program_token()] {
        assert_eq!(list_rules(&caller, dead), 40001);
    }
    assert_eq!(
        errcode(&caller.call_as_service_account("wxamplinkget", &json!({}))),
        0
    );
    let next = text(&issue_stable_token(&caller, false));
    assert_ne!(next, stable_token);
    assert_eq!(list_rules(&caller, &next), 0);
    assert_eq!(caller.sandbox.kill_tokens(MINI_PROGRAM_APPID).unwrap(), 1);
}

#[test]
fn requests_are_accepted_at_the_end_of_time() {
    let caller = Caller::new();
    let end = json!({"advance_seconds": 1.844_674_407_370_95e19});
    caller
        .sandbox
        .control("POST", "/sandbox/clock", end)
        .unwrap();
    for _ in 0..3 {
        text(&issue_stable_token(&caller, false));
    }
}
