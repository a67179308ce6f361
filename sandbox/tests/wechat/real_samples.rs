//! What real requests were answered with, as developers reported it.

use std::collections::BTreeMap;

use jumpqr_sandbox::{Account, MINI_PROGRAM_APPID, SERVICE_ACCOUNT_APPID, Sandbox};
use serde_json::{Value, json};

use crate::caller::{Caller, errcode, ordinary_rule, token_of, with};

fn refused_with(answer: &Value, code: i64, text: &str) {
    assert_eq!(errcode(answer), code);
    let errmsg = answer["errmsg"].as_str().unwrap();
    assert!(errmsg.starts_with(&format!("{text} rid: ")), "{errmsg}");
}

#[test]
fn an_r_link_in_service_account_mode() {
    let appid = "wxe6611b9f36011c43";
    let caller = Caller::with(
        Sandbox::builder()
            .account(Account::mini_program(appid, "s"))
            .link(SERVICE_ACCOUNT_APPID, appid),
    );
    let answer = caller.service(
        "qrcodejumpadd",
        &json!({
            "prefix": "http://weixin.qq.com/r/qR2ttZbEDctyrdLW90i7", "appid": appid,
            "path": "gc_school/pages/user/index", "is_edit": 0,
        }),
    );
    refused_with(&answer, 85066, "illegal prefix");
}

#[test]
fn raw_chinese_in_the_query() {
    let answer = Caller::new().mini(
        "qrcodejumpadd",
        &json!({
            "prefix": "https://smart.bityounger.cn/verify/register?canteen=1&name=惠德丽内部食堂",
            "permit_sub_rule": 2, "path": "pages/index/index", "open_version": 2, "debug_url": [], "is_edit": 0,
        }),
    );
    refused_with(&answer, 85066, "illegal prefix");
}

#[test]
fn a_bare_string_for_debug_url_and_no_verification_file() {
    let caller = Caller::new();
    caller
        .sandbox
        .put_verification_files(MINI_PROGRAM_APPID, Some(BTreeMap::new()))
        .unwrap();
    let answer = caller.mini(
        "qrcodejumpadd",
        &json!({
            "prefix": "https://m.canyin.com.cn/0000041151/newm/personNum", "permit_sub_rule": 2,
            "path": "pages/common/qr/main", "open_version": 3, "debug_url": "https://m.canyin.com.cn/…", "is_edit": 0,
        }),
    );
    refused_with(&answer, 85069, "check confirm file fail");
}

#[test]
fn publishes_used_up() {
    let caller = Caller::new();
    caller
        .sandbox
        .control("PUT", "/sandbox/limits", json!({"publishes_per_month": 0}))
        .unwrap();
    caller.mini("qrcodejumpadd", &ordinary_rule("https://h.cn/a"));
    let answer = caller.mini("qrcodejumppublish", &json!({"prefix": "https://h.cn/a"}));
    refused_with(&answer, 886_000, "beyond publish count this month");
}

#[test]
fn an_occupied_domain() {
    let other = "wx7777777777777777";
    let caller = Caller::with(Sandbox::builder().account(Account::mini_program(other, "s")));
    let occupying = with(
        ordinary_rule("https://h.cn/"),
        json!({"permit_sub_rule": 2}),
    );
    caller.call(
        "qrcodejumpadd",
        &token_of(&caller.sandbox, other),
        &occupying,
    );
    let answer = caller.mini("qrcodejumpadd", &ordinary_rule("https://h.cn/a"));
    refused_with(&answer, 85072, "prefix owned by other");
}

#[test]
fn escaped_slashes_and_a_media_domain() {
    let caller = Caller::new();
    let body = r#"{"prefix":"https:\/\/admin.mojing.media\/smdc\/pay_3"}"#;
    let answer = caller.call_now("qrcodejumpadd", caller.mini_program_token(), body);
    refused_with(&answer, 85066, "illegal prefix");
}
