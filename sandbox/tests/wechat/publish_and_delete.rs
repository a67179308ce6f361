//! publishJumpQRCode and deleteJumpQRCode.

use std::time::Duration;

use jumpqr_core::rule::RuleState;
use jumpqr_sandbox::{MINI_PROGRAM_APPID, SERVICE_ACCOUNT_APPID};
use serde_json::{Value, json};

use crate::caller::{Caller, PREFIX, SERVICE_PREFIX, errcode, ordinary_rule, service_rule};

fn publish(caller: &Caller, prefix: &str) -> i64 {
    errcode(&caller.mini("qrcodejumppublish", &json!({ "prefix": prefix })))
}

fn delete(caller: &Caller, prefix: &str) -> i64 {
    errcode(&caller.mini("qrcodejumpdelete", &json!({ "prefix": prefix })))
}

fn with_rule() -> Caller {
    let caller = Caller::new();
    caller.mini("qrcodejumpadd", &ordinary_rule(PREFIX));
    caller
}

fn states(caller: &Caller) -> Vec<RuleState> {
    let rules = caller.sandbox.rules(MINI_PROGRAM_APPID).unwrap();
    rules.iter().map(|rule| rule.state).collect()
}

#[test]
fn what_does_not_exist_gets_40097() {
    let caller = with_rule();
    assert_eq!(publish(&caller, "https://h.example.cn/b"), 40097);
    assert_eq!(publish(&caller, ""), 40097);
    assert_eq!(publish(&caller, PREFIX), 0);
    assert_eq!(states(&caller), [RuleState::Published]);
}

#[test]
fn a_mini_program_without_released_code_gets_85074() {
    let caller = with_rule();
    caller.service("qrcodejumpadd", &service_rule(SERVICE_PREFIX));
    let mut account = caller.sandbox.account(MINI_PROGRAM_APPID).unwrap();
    account.released = false;
    caller.sandbox.put_account(account.clone());
    assert_eq!(publish(&caller, PREFIX), 85074);
    let by_service =
        || errcode(&caller.service("qrcodejumppublish", &json!({"prefix": SERVICE_PREFIX})));
    assert_eq!(by_service(), 85074);
    assert_eq!(states(&caller), [RuleState::Unpublished]);
    account.released = true;
    caller.sandbox.put_account(account);
    assert_eq!(publish(&caller, PREFIX), 0);
    assert_eq!(by_service(), 0);
}

#[test]
fn the_hundred_and_first_publish_of_a_month_gets_886000() {
    let caller = with_rule();
    for _ in 0..100 {
        assert_eq!(publish(&caller, PREFIX), 0);
        assert_eq!(delete(&caller, PREFIX), 0);
        assert_eq!(
            errcode(&caller.mini("qrcodejumpadd", &ordinary_rule(PREFIX))),
            0
        );
    }
    assert_eq!(publish(&caller, PREFIX), 886_000);
    assert_eq!(states(&caller), [RuleState::Unpublished]);
    let list =
        |caller: &Caller| caller.mini("qrcodejumpget", &json!({}))["qrcodejump_pub_quota"].clone();
    assert_eq!(list(&caller), 0);
    caller.sandbox.advance(Duration::from_secs(30 * 24 * 3600));
    let token = crate::caller::token_of(&caller.sandbox, MINI_PROGRAM_APPID);
    let answer = caller.call("qrcodejumppublish", &token, &json!({"prefix": PREFIX}));
    assert_eq!(errcode(&answer), 0, "the month has turned");
    let answer = caller.call("qrcodejumpget", &token, &json!({}));
    assert_eq!(answer["qrcodejump_pub_quota"], 99);
}

#[test]
fn publishing_again_costs_nothing() {
    let caller = with_rule();
    assert_eq!(publish(&caller, PREFIX), 0);
    assert_eq!(publish(&caller, PREFIX), 0);
    assert_eq!(
        caller.mini("qrcodejumpget", &json!({}))["qrcodejump_pub_quota"],
        99
    );
}

#[test]
fn a_rule_is_gone_at_once_published_or_not() {
    let caller = with_rule();
    assert_eq!(delete(&caller, PREFIX), 0);
    assert_eq!(states(&caller), []);
    caller.mini("qrcodejumpadd", &ordinary_rule(PREFIX));
    publish(&caller, PREFIX);
    assert_eq!(delete(&caller, PREFIX), 0);
    assert_eq!(states(&caller), []);
    assert_eq!(
        delete(&caller, PREFIX),
        0,
        "40097 is not among the codes of delete"
    );
    assert_eq!(delete(&caller, ""), 40097);
}

#[test]
fn in_service_account_mode_delete_names_the_mini_program() {
    let caller = Caller::new();
    caller.service("qrcodejumpadd", &service_rule(SERVICE_PREFIX));
    let delete = |body: Value| errcode(&caller.service("qrcodejumpdelete", &body));
    let count = || caller.sandbox.rules(SERVICE_ACCOUNT_APPID).unwrap().len();
    assert_eq!(delete(json!({"prefix": SERVICE_PREFIX})), 40097);
    assert_eq!(
        delete(json!({"prefix": SERVICE_PREFIX, "appid": "gh_0123456789ab"})),
        40166
    );
    assert_eq!(count(), 1);
    assert_eq!(
        delete(json!({"prefix": SERVICE_PREFIX, "appid": MINI_PROGRAM_APPID})),
        0
    );
    assert_eq!(count(), 0);
}

#[test]
fn a_damaged_rule_cannot_be_published_and_outlives_its_deletion() {
    let caller = with_rule();
    let mut rule = caller.sandbox.rules(MINI_PROGRAM_APPID).unwrap().remove(0);
    rule.damaged = true;
    caller.sandbox.put_rule(MINI_PROGRAM_APPID, rule).unwrap();
    assert_eq!(publish(&caller, PREFIX), 40097);
    assert_eq!(delete(&caller, PREFIX), 0);
    assert_eq!(states(&caller), [RuleState::Unpublished]);
}
