//! The pace: an account may call an interface 5 times a second, a service account 200 times a
//! minute.

use std::time::Duration;

use jumpqr_sandbox::{Account, MINI_PROGRAM_APPID, Sandbox};
use serde_json::json;

use crate::caller::{Caller, errcode, token_of};

const GET: &str = "qrcodejumpget";

#[test]
fn the_sixth_call_within_a_second_gets_44990() {
    let other = "wx6666666666666666";
    let caller =
        Caller::with_builder(Sandbox::builder().account(Account::mini_program(other, "s")));
    let token = caller.mini_program_token();
    let get = |token: &str| errcode(&caller.call_now(GET, token, "{}"));
    for _ in 0..5 {
        assert_eq!(get(token), 0);
    }
    let response = caller.call_now(GET, token, "{}");
    assert_eq!(errcode(&response), 44990);
    let errmsg = response["errmsg"].as_str().unwrap();
    assert!(
        errmsg.starts_with("reach max api second frequence limit rid: "),
        "{errmsg}"
    );
    let another_token = token_of(&caller.sandbox, MINI_PROGRAM_APPID);
    assert_eq!(
        get(&another_token),
        44990,
        "the limit is by account, not by token"
    );
    assert_eq!(get(&token_of(&caller.sandbox, other)), 0);
    let download = caller.call_now("qrcodejumpdownload", token, "{}");
    assert_eq!(errcode(&download), 0, "another interface has its own count");

    caller.sandbox.advance(Duration::from_millis(999));
    assert_eq!(get(token), 44990);
    caller.sandbox.advance(Duration::from_millis(1));
    for _ in 0..5 {
        assert_eq!(get(token), 0);
    }
    assert_eq!(get(token), 44990);
}

#[test]
fn the_limit_applies_to_any_second() {
    let caller = Caller::new();
    let get = || errcode(&caller.call_now(GET, caller.mini_program_token(), "{}"));
    caller.sandbox.advance(Duration::from_millis(900));
    assert_eq!([get(), get(), get()], [0, 0, 0]);
    caller.sandbox.advance(Duration::from_millis(200));
    assert_eq!([get(), get(), get()], [0, 0, 44990]);
}

#[test]
fn the_201st_call_of_a_service_account_in_a_minute_gets_45011() {
    let caller = Caller::new();
    let get = || {
        caller.sandbox.advance(Duration::from_millis(250));
        let body = json!({"appid": MINI_PROGRAM_APPID}).to_string();
        errcode(&caller.call_now(GET, caller.service_account_token(), &body))
    };
    for _ in 0..200 {
        assert_eq!(get(), 0);
    }
    assert_eq!(get(), 45011);
    caller.sandbox.advance(Duration::from_secs(10));
    assert_eq!(get(), 0);
}
