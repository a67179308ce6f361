use std::time::Duration;

use jumpqr_core::rule::RuleState;
use jumpqr_sandbox::MINI_PROGRAM_APPID;
use serde_json::json;

use crate::caller::{Caller, PREFIX, SERVICE_PREFIX, errcode, ordinary_rule, service_rule};

pub(crate) fn publish(caller: &Caller, prefix: &str) -> i64 {
    errcode(&caller.call_as_mini_program("qrcodejumppublish", &json!({ "prefix": prefix })))
}

pub(crate) fn delete(caller: &Caller, prefix: &str) -> i64 {
    errcode(&caller.call_as_mini_program("qrcodejumpdelete", &json!({ "prefix": prefix })))
}

pub(crate) fn new_caller_with_rule() -> Caller {
    let caller = Caller::new();
    caller.call_as_mini_program("qrcodejumpadd", &ordinary_rule(PREFIX));
    caller
}

pub(crate) fn states(caller: &Caller) -> Vec<RuleState> {
    let rules = caller.sandbox.rules(MINI_PROGRAM_APPID).unwrap();
    rules.iter().map(|rule| rule.state).collect()
}

#[test]
fn publishing_without_a_rule_gets_40097() {
    let caller = new_caller_with_rule();
    assert_eq!(publish(&caller, "https://h.example.cn/b"), 40097);
    assert_eq!(publish(&caller, ""), 40097);
    assert_eq!(publish(&caller, PREFIX), 0);
    assert_eq!(states(&caller), [RuleState::Published]);
}

#[test]
fn a_mini_program_without_released_code_gets_85074() {
    let caller = new_caller_with_rule();
    caller.call_as_service_account("qrcodejumpadd", &service_rule(SERVICE_PREFIX));
    let mut account = caller.sandbox.account(MINI_PROGRAM_APPID).unwrap();
    account.released = false;
    caller.sandbox.put_account(account.clone());
    assert_eq!(publish(&caller, PREFIX), 85074);
    let by_service = || {
        errcode(
            &caller
                .call_as_service_account("qrcodejumppublish", &json!({"prefix": SERVICE_PREFIX})),
        )
    };
    assert_eq!(by_service(), 85074);
    assert_eq!(states(&caller), [RuleState::Unpublished]);
    account.released = true;
    caller.sandbox.put_account(account);
    assert_eq!(publish(&caller, PREFIX), 0);
    assert_eq!(by_service(), 0);
}

#[test]
fn the_hundred_and_first_publish_of_a_month_gets_886000() {
    let caller = new_caller_with_rule();
    for _ in 0..100 {
        assert_eq!(publish(&caller, PREFIX), 0);
        assert_eq!(delete(&caller, PREFIX), 0);
        assert_eq!(
            errcode(&caller.call_as_mini_program("qrcodejumpadd", &ordinary_rule(PREFIX))),
            0
        );
    }
    assert_eq!(publish(&caller, PREFIX), 886_000);
    assert_eq!(states(&caller), [RuleState::Unpublished]);
    let list = |caller: &Caller| {
        caller.call_as_mini_program("qrcodejumpget", &json!({}))["qrcodejump_pub_quota"].clone()
    };
    assert_eq!(list(&caller), 0);
    caller.sandbox.advance(Duration::from_secs(30 * 24 * 3600));
    let token = crate::caller::token_of(&caller.sandbox, MINI_PROGRAM_APPID);
    let response = caller.call("qrcodejumppublish", &token, &json!({"prefix": PREFIX}));
    assert_eq!(errcode(&response), 0, "a new month has begun");
    let response = caller.call("qrcodejumpget", &token, &json!({}));
    assert_eq!(response["qrcodejump_pub_quota"], 99);
}

#[test]
fn publishing_a_published_rule_uses_no_quota() {
    let caller = new_caller_with_rule();
    assert_eq!(publish(&caller, PREFIX), 0);
    assert_eq!(publish(&caller, PREFIX), 0);
    assert_eq!(
        caller.call_as_mini_program("qrcodejumpget", &json!({}))["qrcodejump_pub_quota"],
        99
    );
}

#[test]
fn a_damaged_rule_can_be_neither_published_nor_deleted() {
    let caller = new_caller_with_rule();
    let mut rule = caller.sandbox.rules(MINI_PROGRAM_APPID).unwrap().remove(0);
    rule.damaged = true;
    caller.sandbox.put_rule(MINI_PROGRAM_APPID, rule).unwrap();
    assert_eq!(publish(&caller, PREFIX), 40097);
    assert_eq!(delete(&caller, PREFIX), 0);
    assert_eq!(states(&caller), [RuleState::Unpublished]);
}
