//! Real requests and WeChat's responses to them. Source: reports of developers.

use std::collections::BTreeMap;

use jumpqr_sandbox::{Account, MINI_PROGRAM_APPID, SERVICE_ACCOUNT_APPID, Sandbox};
use serde_json::{Value, json};

use crate::caller::{Caller, errcode, ordinary_rule, token_of, with_fields};

fn assert_refusal(response: &Value, code: i64, text: &str) {
    assert_eq!(errcode(response), code);
    let errmsg = response["errmsg"].as_str().unwrap();
    assert!(errmsg.starts_with(&format!("{text} rid: ")), "{errmsg}");
}

#[test]
fn an_r_link_in_service_account_mode_gets_85066() {
    let appid = "wxe6611b9f36011c43";
    let caller = Caller::with_builder(
        Sandbox::builder()
            .account(Account::mini_program(appid, "s"))
            .link(SERVICE_ACCOUNT_APPID, appid),
    );
    let response = caller.call_as_service_account(
        "qrcodejumpadd",
        &json!({
            "prefix": "http://weixin.qq.com/r/qR2ttZbEDctyrdLW90i7", "appid": appid,
            "path": "gc_school/pages/user/index", "is_edit": 0,
        }),
    );
    assert_refusal(&response, 85066, "illegal prefix");
}

#[test]
fn raw_chinese_in_the_query_gets_85066() {
    let response = Caller::new().call_as_mini_program(
        "qrcodejumpadd",
        &json!({
            "prefix": "https://smart.bityounger.cn/verify/register?canteen=1&name=惠德丽内部食堂",
            "permit_sub_rule": 2, "path": "pages/index/index", "open_version": 2, "debug_url": [], "is_edit": 0,
        }),
    );
    assert_refusal(&response, 85066, "illegal prefix");
}

#[test]
fn a_bare_string_for_debug_url_passes_and_a_missing_file_gets_85069() {
    let caller = Caller::new();
    caller
        .sandbox
        .put_verification_files(MINI_PROGRAM_APPID, Some(BTreeMap::new()))
        .unwrap();
    let response = caller.call_as_mini_program(
        "qrcodejumpadd",
        &json!({
            "prefix": "https://m.canyin.com.cn/0000041151/newm/personNum", "permit_sub_rule": 2,
            "path": "pages/common/qr/main", "open_version": 3, "debug_url": "https://m.canyin.com.cn/…", "is_edit": 0,
        }),
    );
    assert_refusal(&response, 85069, "check confirm file fail");
}

#[test]
fn an_exhausted_publish_quota_gets_886000() {
    let caller = Caller::new();
    caller
        .sandbox
        .control("PUT", "/sandbox/limits", json!({"publishes_per_month": 0}))
        .unwrap();
    caller.call_as_mini_program("qrcodejumpadd", &ordinary_rule("https://h.cn/a"));
    let response =
        caller.call_as_mini_program("qrcodejumppublish", &json!({"prefix": "https://h.cn/a"}));
    assert_refusal(&response, 886_000, "beyond publish count this month");
}

#[test]
fn an_occupied_domain_gets_85072() {
    let other = "wx7777777777777777";
    let caller =
        Caller::with_builder(Sandbox::builder().account(Account::mini_program(other, "s")));
    let occupying = with_fields(
        ordinary_rule("https://h.cn/"),
        json!({"permit_sub_rule": 2}),
    );
    caller.call(
        "qrcodejumpadd",
        &token_of(&caller.sandbox, other),
        &occupying,
    );
    let response = caller.call_as_mini_program("qrcodejumpadd", &ordinary_rule("https://h.cn/a"));
    assert_refusal(&response, 85072, "prefix owned by other");
}

#[test]
fn a_media_domain_with_escaped_slashes_gets_85066() {
    let caller = Caller::new();
    let body = r#"{"prefix":"https:\/\/admin.mojing.media\/smdc\/pay_3"}"#;
    let response = caller.call_now("qrcodejumpadd", caller.mini_program_token(), body);
    assert_refusal(&response, 85066, "illegal prefix");
}
