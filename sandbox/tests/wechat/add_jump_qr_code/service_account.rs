//! addJumpQRCode with the token of a service account.

use std::collections::BTreeSet;

use jumpqr_sandbox::{
    Account, LinkStatus, MINI_PROGRAM_APPID, SERVICE_ACCOUNT_APPID, Sandbox, Web,
};
use serde_json::{Value, json};

use crate::caller::{
    Caller, SERVICE_PREFIX, errcode, ordinary_rule, service_rule, token_of, with_fields,
};

const ADD: &str = "qrcodejumpadd";

fn add(caller: &Caller, rule: &Value) -> i64 {
    errcode(&caller.call_as_service_account(ADD, rule))
}

fn listed_rules(caller: &Caller) -> Value {
    caller.call_as_service_account("qrcodejumpget", &json!({"appid": MINI_PROGRAM_APPID}))["rule_list"].clone()
}

#[test]
fn the_official_sample_is_stored_as_sent() {
    let caller = Caller::new();
    assert_eq!(add(&caller, &service_rule(SERVICE_PREFIX)), 0);
    assert_eq!(
        listed_rules(&caller),
        json!([{"prefix": SERVICE_PREFIX, "path": "pages/index/index", "state": 1}])
    );
    assert_eq!(add(&caller, &service_rule(SERVICE_PREFIX)), 85071);
}

#[test]
fn fields_of_the_other_mode_without_a_value_count_as_absent() {
    let caller = Caller::new();
    let rule = with_fields(
        service_rule(SERVICE_PREFIX),
        json!({"open_version": 0, "permit_sub_rule": 0, "debug_url": []}),
    );
    assert_eq!(add(&caller, &rule), 0);
}

#[test]
fn a_prefix_that_is_not_a_parametric_qr_url_gets_85066() {
    let caller = Caller::new();
    for prefix in [
        "https://weixin.qq.com/q/kZgfwMTm72Wxxxx",
        "http://weixin.qq.com/r/kZgfwMTm72Wxxxx",
        "http://weixin.qq.com/q/",
        "https://h.example.cn/a",
    ] {
        assert_eq!(add(&caller, &service_rule(prefix)), 85066, "{prefix}");
    }
}

#[test]
fn only_the_blacklist_is_checked_not_icp_or_the_file() {
    let caller = Caller::new();
    let mut web = Web::default();
    web.not_filed = BTreeSet::from(["qq.com".to_owned()]);
    caller.sandbox.put_web(web.clone());
    assert_eq!(add(&caller, &service_rule(SERVICE_PREFIX)), 0);
    web.blacklist = BTreeSet::from(["http://weixin.qq.com/q/bad".to_owned()]);
    caller.sandbox.put_web(web);
    assert_eq!(
        add(&caller, &service_rule("http://weixin.qq.com/q/bad1")),
        85070
    );
}

#[test]
fn an_appid_of_no_linked_mini_program_gets_40166() {
    let unlinked = "wx2222222222222222";
    let caller =
        Caller::with_builder(Sandbox::builder().account(Account::mini_program(unlinked, "s")));
    let rule = |appid: &str| with_fields(service_rule(SERVICE_PREFIX), json!({ "appid": appid }));
    for appid in ["gh_0123456789ab", unlinked, "wx3333333333333333"] {
        assert_eq!(add(&caller, &rule(appid)), 40166, "{appid}");
        let get = caller.call_as_service_account("qrcodejumpget", &json!({ "appid": appid }));
        assert_eq!(errcode(&get), 40166, "{appid}");
    }
    assert_eq!(
        add(
            &caller,
            &with_fields(rule(unlinked), json!({"appid": null}))
        ),
        40097
    );
    caller
        .sandbox
        .put_link(SERVICE_ACCOUNT_APPID, unlinked, Some(LinkStatus::Linked))
        .unwrap();
    assert_eq!(add(&caller, &rule(unlinked)), 0);
    assert_eq!(
        listed_rules(&caller),
        json!([]),
        "the rules of another Mini Program are not listed"
    );
}

#[test]
fn a_personal_mini_program_gets_85075() {
    let caller = Caller::new();
    let mut account = caller.sandbox.account(MINI_PROGRAM_APPID).unwrap();
    account.personal = true;
    caller.sandbox.put_account(account);
    assert_eq!(add(&caller, &service_rule(SERVICE_PREFIX)), 85075);
}

#[test]
fn a_call_without_permission_set_3_gets_61007() {
    let caller = Caller::new();
    assert_eq!(
        errcode(&caller.call_as_mini_program(ADD, &service_rule("https://h.cn/a"))),
        61007,
        "a Mini Program cannot call in this mode"
    );
    let mut account = caller.sandbox.account(SERVICE_ACCOUNT_APPID).unwrap();
    account.permission_sets = BTreeSet::from([18]);
    caller.sandbox.put_account(account);
    assert_eq!(add(&caller, &service_rule(SERVICE_PREFIX)), 61007);
    assert_eq!(add(&caller, &ordinary_rule("https://h.cn/a")), 61007);
}

#[test]
fn only_an_unpublished_rule_can_be_modified() {
    let caller = Caller::new();
    let edit = with_fields(
        service_rule(SERVICE_PREFIX),
        json!({"is_edit": 1, "path": "pages/other"}),
    );
    assert_eq!(add(&caller, &edit), 40097, "the rule does not exist yet");
    assert_eq!(add(&caller, &service_rule(SERVICE_PREFIX)), 0);
    assert_eq!(add(&caller, &edit), 0);
    assert_eq!(listed_rules(&caller)[0]["path"], "pages/other");
    let publish =
        caller.call_as_service_account("qrcodejumppublish", &json!({"prefix": SERVICE_PREFIX}));
    assert_eq!(errcode(&publish), 0);
    assert_eq!(listed_rules(&caller)[0]["state"], 2);
    assert_eq!(add(&caller, &edit), 40097);
    assert_eq!(
        add(
            &caller,
            &with_fields(edit, json!({"path": "pages/index/index"}))
        ),
        40097
    );
}

#[test]
fn a_code_used_by_another_service_account_gets_85072() {
    let other = "wx4444444444444444";
    let caller = Caller::with_builder(
        Sandbox::builder()
            .account(Account::service_account(other, "s"))
            .link(other, MINI_PROGRAM_APPID),
    );
    assert_eq!(add(&caller, &service_rule(SERVICE_PREFIX)), 0);
    let token = token_of(&caller.sandbox, other);
    let response = caller.call(ADD, &token, &service_rule(SERVICE_PREFIX));
    assert_eq!(errcode(&response), 85072);
}

#[test]
fn one_rule_more_than_the_limit_gets_85073() {
    let caller = Caller::new();
    caller
        .sandbox
        .control(
            "PUT",
            "/sandbox/limits",
            json!({"service_account_rules": 2}),
        )
        .unwrap();
    assert_eq!(add(&caller, &service_rule("http://weixin.qq.com/q/1")), 0);
    assert_eq!(add(&caller, &service_rule("http://weixin.qq.com/q/2")), 0);
    assert_eq!(
        add(&caller, &service_rule("http://weixin.qq.com/q/3")),
        85073
    );
}
