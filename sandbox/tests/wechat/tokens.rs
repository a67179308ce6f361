//! token and stable_token.

use std::time::Duration;

use jumpqr_sandbox::{MINI_PROGRAM_APPID, MINI_PROGRAM_SECRET, SERVICE_ACCOUNT_APPID};
use serde_json::{Value, json};

use crate::caller::{Caller, errcode};

fn token(caller: &Caller) -> Value {
    caller.get(&format!(
        "/cgi-bin/token?grant_type=client_credential&appid={MINI_PROGRAM_APPID}&secret={MINI_PROGRAM_SECRET}"
    ))
}

fn stable(caller: &Caller, force_refresh: bool) -> Value {
    let body = json!({
        "grant_type": "client_credential", "appid": MINI_PROGRAM_APPID, "secret": MINI_PROGRAM_SECRET,
        "force_refresh": force_refresh,
    });
    caller.post("/cgi-bin/stable_token", &body.to_string())
}

fn text(answer: &Value) -> String {
    assert!(answer.get("errcode").is_none(), "{answer}");
    answer["access_token"].as_str().unwrap().to_owned()
}

fn use_it(caller: &Caller, token: &str) -> i64 {
    errcode(&caller.call("qrcodejumpget", token, &json!({})))
}

fn pass(caller: &Caller, seconds: u64) {
    caller.sandbox.advance(Duration::from_secs(seconds));
}

#[test]
fn token_issues_a_new_one_and_the_former_lives_5_minutes_more() {
    let caller = Caller::new();
    let first = token(&caller);
    assert_eq!(first["expires_in"], 7200);
    let first = text(&first);
    pass(&caller, 60);
    let second = text(&token(&caller));
    assert_ne!(first, second);
    pass(&caller, 298);
    assert_eq!(use_it(&caller, &first), 0);
    assert_eq!(use_it(&caller, &first), 40001);
    assert_eq!(use_it(&caller, &second), 0);
}

#[test]
fn a_token_that_has_lived_its_time_gets_42001() {
    let caller = Caller::new();
    let token = text(&token(&caller));
    pass(&caller, 7198);
    assert_eq!(use_it(&caller, &token), 0);
    let answer = caller.call("qrcodejumpget", &token, &json!({}));
    assert_eq!(errcode(&answer), 42001);
    let errmsg = answer["errmsg"].as_str().unwrap();
    assert!(errmsg.starts_with("access_token expired rid: "), "{errmsg}");
}

#[test]
fn the_text_of_40001_says_not_latest() {
    let caller = Caller::new();
    let answer = caller.call("qrcodejumpget", "89_unknown", &json!({}));
    let errmsg = answer["errmsg"].as_str().unwrap();
    assert_eq!(errcode(&answer), 40001);
    assert!(
        errmsg.starts_with("invalid credential, access_token is invalid or not latest rid: "),
        "{errmsg}"
    );
}

#[test]
fn stable_token_repeats_itself_until_its_last_5_minutes() {
    let caller = Caller::new();
    let first = text(&stable(&caller, false));
    pass(&caller, 1000);
    let again = stable(&caller, false);
    assert_eq!(text(&again), first);
    assert_eq!(again["expires_in"], 6200);
    pass(&caller, 5899);
    let again = stable(&caller, false);
    assert_eq!(text(&again), first);
    assert_eq!(again["expires_in"], 301);
    pass(&caller, 1);
    let next = stable(&caller, false);
    assert_ne!(text(&next), first);
    assert_eq!(next["expires_in"], 7200);
    assert_eq!(use_it(&caller, &first), 0, "the former lives to its end");
    pass(&caller, 299);
    assert_eq!(use_it(&caller, &first), 42001);
    assert_eq!(use_it(&caller, &text(&next)), 0);
}

#[test]
fn the_two_lines_do_not_touch_each_other() {
    let caller = Caller::new();
    let stable_token = text(&stable(&caller, false));
    let first = text(&token(&caller));
    token(&caller);
    pass(&caller, 400);
    assert_eq!(use_it(&caller, &first), 40001);
    assert_eq!(use_it(&caller, &stable_token), 0);
    assert_eq!(use_it(&caller, caller.mini_program_token()), 0);
}

#[test]
fn force_refresh_kills_at_once_but_not_twice_in_30_seconds() {
    let caller = Caller::new();
    let first = text(&stable(&caller, false));
    let second = text(&stable(&caller, true));
    assert_ne!(first, second);
    assert_eq!(use_it(&caller, &first), 40001);
    pass(&caller, 28);
    assert_eq!(text(&stable(&caller, true)), second, "too early");
    assert_eq!(use_it(&caller, &second), 0);
    let third = text(&stable(&caller, true));
    assert_ne!(third, second);
    assert_eq!(use_it(&caller, &second), 40001);
    assert_eq!(text(&stable(&caller, false)), third);
}

#[test]
fn force_refresh_works_20_times_a_day() {
    let caller = Caller::new();
    for _ in 0..20 {
        text(&stable(&caller, true));
        pass(&caller, 30);
    }
    assert_eq!(errcode(&stable(&caller, true)), 45009);
    text(&stable(&caller, false));
    pass(&caller, 24 * 3600);
    text(&stable(&caller, true));
}

#[test]
fn token_works_as_often_a_day_as_the_limit_says() {
    let caller = Caller::new();
    caller
        .sandbox
        .control("PUT", "/sandbox/limits", json!({"token_calls_per_day": 2}))
        .unwrap();
    text(&token(&caller));
    text(&token(&caller));
    assert_eq!(errcode(&token(&caller)), 45009);
    pass(&caller, 24 * 3600);
    text(&token(&caller));
}

#[test]
fn stable_token_has_a_quota_by_the_minute_and_by_the_day() {
    let caller = Caller::new();
    let limits = json!({"stable_token_calls_per_minute": 2, "stable_token_calls_per_day": 3});
    caller
        .sandbox
        .control("PUT", "/sandbox/limits", limits)
        .unwrap();
    text(&stable(&caller, false));
    text(&stable(&caller, false));
    assert_eq!(errcode(&stable(&caller, false)), 45011);
    pass(&caller, 60);
    text(&stable(&caller, false));
    assert_eq!(errcode(&stable(&caller, false)), 45009);
}

#[test]
fn a_shorter_life_is_told_and_kept() {
    let caller = Caller::new();
    let mut account = caller.sandbox.account(MINI_PROGRAM_APPID).unwrap();
    account.token_lifetime = Duration::from_secs(10);
    caller.sandbox.put_account(account);
    let issued = stable(&caller, false);
    assert_eq!(issued["expires_in"], 10);
    pass(&caller, 4);
    assert_eq!(
        stable(&caller, false)["access_token"],
        issued["access_token"]
    );
    pass(&caller, 1);
    assert_ne!(
        stable(&caller, false)["access_token"],
        issued["access_token"]
    );
    pass(&caller, 4);
    assert_eq!(use_it(&caller, &text(&issued)), 42001);
}

#[test]
fn wrong_credentials_are_told_apart() {
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
        let answer = caller.get(&format!("/cgi-bin/token?{query}"));
        assert_eq!(errcode(&answer), code, "{query}");
        let answer = caller.post("/cgi-bin/stable_token", &body.to_string());
        assert_eq!(errcode(&answer), code, "{body}");
        assert!(answer.get("access_token").is_none());
    }
    let answer = caller.get(&format!(
        "/cgi-bin/token?grant_type=password&appid={MINI_PROGRAM_APPID}&secret={MINI_PROGRAM_SECRET}"
    ));
    assert_eq!(errcode(&answer), 40002);
    assert_eq!(errcode(&caller.post("/cgi-bin/stable_token", "")), 44002);
    assert_eq!(errcode(&caller.post("/cgi-bin/stable_token", "a=b")), 47001);
}

#[test]
fn all_tokens_of_an_account_can_be_killed() {
    let caller = Caller::new();
    let first = text(&token(&caller));
    let stable_token = text(&stable(&caller, false));
    assert_eq!(caller.sandbox.kill_tokens(MINI_PROGRAM_APPID).unwrap(), 3);
    for dead in [first.as_str(), &stable_token, caller.mini_program_token()] {
        assert_eq!(use_it(&caller, dead), 40001);
    }
    assert_eq!(errcode(&caller.service("wxamplinkget", &json!({}))), 0);
    let next = text(&stable(&caller, false));
    assert_ne!(next, stable_token);
    assert_eq!(use_it(&caller, &next), 0);
    assert_eq!(caller.sandbox.kill_tokens(MINI_PROGRAM_APPID).unwrap(), 1);
}

#[test]
fn requests_are_counted_to_the_end_of_time() {
    let caller = Caller::new();
    let end = json!({"advance_seconds": 1.844_674_407_370_95e19});
    caller
        .sandbox
        .control("POST", "/sandbox/clock", end)
        .unwrap();
    for _ in 0..3 {
        text(&stable(&caller, false));
    }
}
