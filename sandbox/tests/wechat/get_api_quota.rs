//! openapi/quota/get, and the daily quota that it shows.

use std::time::Duration;

use jumpqr_sandbox::{Limits, MINI_PROGRAM_APPID, Sandbox};
use serde_json::{Value, json};

use crate::caller::{Caller, errcode, token_of};
use crate::platform_caller::component_token;

const ADD: &str = "/cgi-bin/wxopen/qrcodejumpadd";
const GET: &str = "/cgi-bin/wxopen/qrcodejumpget";
const LIST: &str = "/cgi-bin/component/api_get_authorizer_list";

fn ask(caller: &Caller, token: &str, cgi_path: &str) -> Value {
    caller.sandbox.advance(Duration::from_secs(1));
    let path = format!("/cgi-bin/openapi/quota/get?access_token={token}");
    caller.post(&path, &json!({ "cgi_path": cgi_path }).to_string())
}

#[test]
fn the_calls_of_the_day_are_counted_and_limited() {
    let mut limits = Limits::default();
    limits.calls_per_day = 2;
    let caller = Caller::with_builder(Sandbox::builder().limits(limits));
    let token = caller.mini_program_token();
    let list = || errcode(&caller.call_as_mini_program("qrcodejumpget", &json!({})));
    assert_eq!([list(), list(), list()], [0, 0, 45009]);
    let response = ask(&caller, token, GET);
    assert_eq!(errcode(&response), 0);
    assert_eq!(
        response["quota"],
        json!({"daily_limit": 2, "used": 2, "remain": 0})
    );
    assert_eq!(
        response["rate_limit"],
        json!({"call_count": 5, "refresh_second": 1})
    );
    let other = &ask(&caller, token, ADD)["quota"];
    assert_eq!(other["remain"], 2, "each interface has its own count");
    caller.sandbox.advance(Duration::from_secs(24 * 60 * 60));
    let token = token_of(&caller.sandbox, MINI_PROGRAM_APPID);
    assert_eq!(errcode(&caller.call_now("qrcodejumpget", &token, "{}")), 0);
}

#[test]
fn the_calls_of_token_are_not_counted() {
    let caller = Caller::new();
    let token = caller.mini_program_token();
    let quota = |path| ask(&caller, token, path)["quota"].clone();
    assert_eq!(
        quota("/cgi-bin/token"),
        json!({"daily_limit": 2000, "used": 0, "remain": 2000})
    );
    assert_eq!(quota("/cgi-bin/stable_token")["daily_limit"], 500_000);
}

#[test]
fn only_the_account_of_an_interface_can_ask_about_it() {
    let caller = Caller::new();
    let platform = component_token(&caller);
    let own = caller.mini_program_token();
    for (token, path, expected) in [
        (own, ADD, 0),
        (own, LIST, 76022),
        (&platform, LIST, 0),
        (&platform, ADD, 76022),
        (own, "/cgi-bin/getcallbackip", 0),
        (&platform, "/cgi-bin/getcallbackip", 0),
        (own, "/cgi-bin/wxopen/unknown", 76021),
        (own, "cgi-bin/wxopen/qrcodejumpadd", 76003),
        (own, "https://api.weixin.qq.com/cgi-bin/token", 76003),
        (own, "", 40097),
        ("T", ADD, 40001),
    ] {
        assert_eq!(errcode(&ask(&caller, token, path)), expected, "{path}");
    }
}
