//! clear_quota and clear_quota/v2.

use std::time::Duration;

use jumpqr_sandbox::{Limits, MINI_PROGRAM_APPID, SERVICE_ACCOUNT_APPID, Sandbox};
use serde_json::{Value, json};

use crate::caller::{Caller, errcode};

const V2: &str = "/cgi-bin/clear_quota/v2";

fn caller() -> Caller {
    let mut limits = Limits::default();
    limits.calls_per_day = 1;
    limits.token_calls_per_day = 1;
    Caller::with_builder(Sandbox::builder().limits(limits))
}

fn clear(caller: &Caller, token: &str, body: &Value) -> i64 {
    caller.sandbox.advance(Duration::from_secs(1));
    let path = format!("/cgi-bin/clear_quota?access_token={token}");
    errcode(&caller.post(&path, &body.to_string()))
}

fn by_secret(caller: &Caller, appid: &str) -> Value {
    let secret = caller.sandbox.account(appid).unwrap().secret;
    json!({"appid": appid, "appsecret": secret.expose()})
}

#[test]
fn the_counts_of_the_day_are_cleared() {
    let caller = caller();
    let list = || errcode(&caller.call_as_mini_program("qrcodejumpget", &json!({})));
    let other = || errcode(&caller.call_as_service_account("wxamplinkget", &json!({})));
    let own = json!({"appid": MINI_PROGRAM_APPID});
    assert_eq!([list(), list(), other()], [0, 45009, 0]);
    assert_eq!(clear(&caller, caller.mini_program_token(), &own), 0);
    assert_eq!([list(), list()], [0, 45009]);
    assert_eq!(other(), 45009, "each account has its own counts");
    let body = by_secret(&caller, MINI_PROGRAM_APPID).to_string();
    assert_eq!(errcode(&caller.post(V2, &body)), 0);
    assert_eq!(list(), 0);
}

#[test]
fn calls_for_tokens_are_possible_again() {
    let caller = caller();
    let secret = caller
        .sandbox
        .account(SERVICE_ACCOUNT_APPID)
        .unwrap()
        .secret;
    let path = format!(
        "/cgi-bin/token?grant_type=client_credential&appid={SERVICE_ACCOUNT_APPID}&secret={}",
        secret.expose()
    );
    let token = || caller.get(&path)["errcode"].as_i64();
    assert_eq!([token(), token()], [None, Some(45009)]);
    let body = by_secret(&caller, SERVICE_ACCOUNT_APPID).to_string();
    assert_eq!(errcode(&caller.post(V2, &body)), 0);
    assert_eq!(token(), None);
}

#[test]
fn both_ways_together_clear_10_times_a_month() {
    let caller = caller();
    let own = json!({"appid": MINI_PROGRAM_APPID});
    let body = by_secret(&caller, MINI_PROGRAM_APPID).to_string();
    for _ in 0..5 {
        assert_eq!(clear(&caller, caller.mini_program_token(), &own), 0);
        assert_eq!(errcode(&caller.post(V2, &body)), 0);
    }
    assert_eq!(errcode(&caller.post(V2, &body)), 48006);
    let others = by_secret(&caller, SERVICE_ACCOUNT_APPID).to_string();
    assert_eq!(errcode(&caller.post(V2, &others)), 0);
    caller
        .sandbox
        .advance(Duration::from_secs(31 * 24 * 60 * 60));
    assert_eq!(errcode(&caller.post(V2, &body)), 0);
}

#[test]
fn wrong_requests_are_refused() {
    let caller = caller();
    let token = caller.mini_program_token();
    for body in [json!({}), json!({"appid": SERVICE_ACCOUNT_APPID})] {
        assert_eq!(clear(&caller, token, &body), 40013);
        let cleared = json!({"appid": MINI_PROGRAM_APPID});
        let body = by_secret(&caller, MINI_PROGRAM_APPID).to_string();
        caller.post(V2, &body);
        assert_eq!(clear(&caller, "T", &cleared), 40001);
    }
    for (body, expected) in [
        (json!({"appsecret": "s"}), 41002),
        (json!({"appid": MINI_PROGRAM_APPID}), 41004),
        (json!({"appid": "wx1", "appsecret": "s"}), 40013),
        (
            json!({"appid": MINI_PROGRAM_APPID, "appsecret": "s"}),
            40125,
        ),
    ] {
        assert_eq!(errcode(&caller.post(V2, &body.to_string())), expected);
    }
}
