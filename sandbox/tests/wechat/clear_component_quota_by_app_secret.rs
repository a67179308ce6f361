use std::time::Duration;

use jumpqr_sandbox::{
    COMPONENT_APPID, COMPONENT_APPSECRET, MINI_PROGRAM_APPID, MINI_PROGRAM_SECRET,
    SERVICE_ACCOUNT_APPID,
};
use serde_json::{Value, json};

use crate::caller::{Caller, errcode, with_fields};

fn clear(caller: &Caller, changes: Value) -> i64 {
    let body = json!({"component_appid": COMPONENT_APPID, "appsecret": COMPONENT_APPSECRET});
    let body = with_fields(body, changes);
    errcode(&caller.post("/cgi-bin/component/clear_quota/v2", &body.to_string()))
}

#[test]
fn a_merchant_gets_tokens_again_after_its_counts_are_cleared() {
    let caller = Caller::new();
    let limits = json!({"token_calls_per_day": 1});
    let limits = caller.sandbox.control("PUT", "/sandbox/limits", limits);
    assert_eq!(limits.unwrap()["quota_clears_per_month"], 10);
    let path = format!(
        "/cgi-bin/token?grant_type=client_credential&appid={MINI_PROGRAM_APPID}&secret={MINI_PROGRAM_SECRET}"
    );
    assert!(caller.get(&path)["access_token"].is_string());
    assert_eq!(errcode(&caller.get(&path)), 45009);
    assert_eq!(clear(&caller, json!({})), 0);
    assert_eq!(
        errcode(&caller.get(&path)),
        45009,
        "the platform's own counts"
    );
    assert_eq!(clear(&caller, json!({"appid": MINI_PROGRAM_APPID})), 0);
    assert!(caller.get(&path)["access_token"].is_string());
}

#[test]
fn counts_are_cleared_10_times_a_month() {
    let caller = Caller::new();
    for _ in 0..10 {
        assert_eq!(clear(&caller, json!({})), 0);
    }
    assert_eq!(clear(&caller, json!({})), 48006);
    assert_eq!(clear(&caller, json!({"appid": COMPONENT_APPID})), 48006);
    assert_eq!(clear(&caller, json!({"appid": MINI_PROGRAM_APPID})), 0);
    caller
        .sandbox
        .advance(Duration::from_secs(16 * 24 * 60 * 60));
    assert_eq!(clear(&caller, json!({})), 0, "December");
}

#[test]
fn each_wrong_request_gets_its_own_code() {
    let caller = Caller::new();
    for (changes, code) in [
        (json!({"component_appid": null}), 41018),
        (json!({"component_appid": MINI_PROGRAM_APPID}), 40013),
        (json!({"appsecret": null}), 41004),
        (json!({"appsecret": MINI_PROGRAM_SECRET}), 40125),
        (json!({"appid": SERVICE_ACCOUNT_APPID}), 61003),
    ] {
        assert_eq!(clear(&caller, changes.clone()), code, "{changes}");
    }
}
