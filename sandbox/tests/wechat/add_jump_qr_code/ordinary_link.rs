//! addJumpQRCode with the token of a Mini Program.

use std::collections::{BTreeMap, BTreeSet};

use crate::caller::{
    Caller, PREFIX, SERVICE_PREFIX, errcode, ordinary_rule, service_rule, token_of, with_fields,
};
use jumpqr_sandbox::{Account, Limits, MINI_PROGRAM_APPID, Sandbox, Web};
use serde_json::{Value, json};

const ADD: &str = "qrcodejumpadd";

fn add(caller: &Caller, rule: &Value) -> i64 {
    errcode(&caller.call_as_mini_program(ADD, rule))
}

fn listed_rules(caller: &Caller) -> Value {
    caller.call_as_mini_program("qrcodejumpget", &json!({}))["rule_list"].clone()
}

#[test]
fn the_official_sample_is_stored_as_sent() {
    let caller = Caller::new();
    let response = caller.call_as_mini_program(
        ADD,
        &json!({
            "prefix": "https://weixin.qq.com/qrcodejump", "permit_sub_rule": 1, "path": "pages/index/index",
            "open_version": 1,
            "debug_url": ["https://weixin.qq.com/qrcodejump?a=1", "https://weixin.qq.com/qrcodejump?a=2"],
            "is_edit": 0,
        }),
    );
    assert_eq!(response, json!({"errcode": 0, "errmsg": "ok"}));
    assert_eq!(
        listed_rules(&caller),
        json!([{
            "prefix": "https://weixin.qq.com/qrcodejump", "permit_sub_rule": 1, "path": "pages/index/index",
            "open_version": 1, "state": 1,
            "debug_url": ["https://weixin.qq.com/qrcodejump?a=1", "https://weixin.qq.com/qrcodejump?a=2"],
        }])
    );
}

#[test]
fn numeric_strings_are_accepted_as_numbers() {
    let caller = Caller::new();
    let rule = with_fields(
        ordinary_rule(PREFIX),
        json!({"permit_sub_rule": "2", "open_version": "3", "is_edit": "0"}),
    );
    assert_eq!(add(&caller, &rule), 0);
    let stored = &listed_rules(&caller)[0];
    assert_eq!(stored["permit_sub_rule"], 2);
    assert_eq!(stored["open_version"], 3);
}

#[test]
fn fields_of_the_other_mode_without_a_value_count_as_absent() {
    let caller = Caller::new();
    for appid in [json!(""), json!(0), Value::Null] {
        let mut rule = ordinary_rule(PREFIX);
        rule["appid"] = appid.clone();
        for (name, expected) in [(ADD, 0), ("qrcodejumppublish", 0), ("qrcodejumpdelete", 0)] {
            let response = caller.call_as_mini_program(name, &rule);
            assert_eq!(errcode(&response), expected, "{name} {appid}");
        }
        let body = json!({"appid": appid, "get_type": 0, "prefix_list": null, "page_num": 0});
        for name in ["qrcodejumpget", "qrcodejumpdownload"] {
            assert_eq!(
                errcode(&caller.call_as_mini_program(name, &body)),
                0,
                "{name} {appid}"
            );
        }
    }
}

#[test]
fn a_service_accounts_link_with_a_mini_programs_token_gets_85069() {
    let caller = Caller::new();
    for rule in [service_rule(SERVICE_PREFIX), ordinary_rule(SERVICE_PREFIX)] {
        assert_eq!(add(&caller, &rule), 85069, "{rule}");
    }
    assert_eq!(add(&caller, &service_rule(PREFIX)), 61007);
    assert_eq!(listed_rules(&caller), json!([]));
}

#[test]
fn illegal_links_and_reported_causes_get_85066() {
    let caller = Caller::new();
    for prefix in [
        "ftp://h.example.cn/a",
        "https:///a",
        "weixin://dl/business",
        "https://h.example.cn/a?name=惠德丽",
        "https://admin.mojing.media/smdc/pay_3",
        "https://h.example.ink/a",
        "https://h.example.plus",
        "https://h.example.cn:8443/a",
    ] {
        assert_eq!(add(&caller, &ordinary_rule(prefix)), 85066, "{prefix}");
    }
    for prefix in ["h.example.cn/a", "h.example.cn", "not a link"] {
        assert_eq!(add(&caller, &ordinary_rule(prefix)), -1, "{prefix}");
    }
    for prefix in [
        "http://h.example.cn/a",
        "https://h.example.cn",
        "https://h.example.cn/a?name=%E6%83%A0",
        "https://h.example.cn/中",
    ] {
        assert_eq!(add(&caller, &ordinary_rule(prefix)), 0, "{prefix}");
    }
}

#[test]
fn wrong_arguments_get_40097() {
    let caller = Caller::new();
    for change in [
        json!({"prefix": null}),
        json!({"prefix": ""}),
        json!({"prefix": 5}),
        json!({"path": null}),
        json!({"path": ""}),
        json!({"open_version": null}),
        json!({"open_version": 4}),
        json!({"open_version": true}),
        json!({"permit_sub_rule": 0}),
        json!({"permit_sub_rule": "two"}),
        json!({"is_edit": null}),
        json!({"is_edit": 2}),
        json!({"debug_url": [1]}),
        json!({"debug_url": {}}),
        json!({"debug_url": [PREFIX, PREFIX, PREFIX, PREFIX, PREFIX, PREFIX]}),
    ] {
        let rule = with_fields(ordinary_rule(PREFIX), change.clone());
        assert_eq!(add(&caller, &rule), 40097, "{change}");
    }
    assert_eq!(listed_rules(&caller), json!([]));
}

#[test]
fn a_debug_url_outside_the_rule_gets_85068() {
    let caller = Caller::new();
    let rule = |links: Value| with_fields(ordinary_rule(PREFIX), json!({ "debug_url": links }));
    let outside = [
        "http://h.example.cn/a/1",
        "https://www.example.cn/a/1",
        "https://h.example.cn/b",
        "",
    ];
    for link in outside {
        let rule = rule(json!([format!("{PREFIX}1"), link]));
        assert_eq!(add(&caller, &rule), 85068, "{link}");
    }
    let five = json!([
        PREFIX,
        "https://h.example.cn/a/1",
        "https://h.example.cn/a/1?b",
        PREFIX,
        PREFIX
    ]);
    assert_eq!(add(&caller, &rule(five)), 0);
}

#[test]
fn a_bare_string_for_debug_url_counts_as_absent() {
    let caller = Caller::new();
    let rule = with_fields(
        ordinary_rule(PREFIX),
        json!({"debug_url": "https://foreign_token.cn"}),
    );
    assert_eq!(add(&caller, &rule), 0);
    assert_eq!(listed_rules(&caller)[0]["debug_url"], json!([]));
}

#[test]
fn adding_an_existing_rule_gets_85071() {
    let caller = Caller::new();
    assert_eq!(add(&caller, &ordinary_rule(PREFIX)), 0);
    assert_eq!(add(&caller, &ordinary_rule(PREFIX)), 85071);
    assert_eq!(
        add(&caller, &ordinary_rule("https://h.example.cn/a")),
        0,
        "another text is another rule"
    );
}

#[test]
fn a_prefix_occupied_by_another_account_gets_85072() {
    let other = "wx1111111111111111";
    let caller =
        Caller::with_builder(Sandbox::builder().account(Account::mini_program(other, "s")));
    let other_token = token_of(&caller.sandbox, other);
    let by_other = |prefix: &str| errcode(&caller.call(ADD, &other_token, &ordinary_rule(prefix)));
    let occupying = with_fields(
        ordinary_rule("https://wx.qq.com/mp?id=123"),
        json!({"permit_sub_rule": 2}),
    );
    assert_eq!(add(&caller, &occupying), 0);
    assert_eq!(add(&caller, &ordinary_rule(PREFIX)), 0);

    assert_eq!(by_other("https://wx.qq.com/mp?id=1234"), 85072);
    assert_eq!(by_other("https://wx.qq.com/mp?id=123"), 85072);
    assert_eq!(by_other("https://wx.qq.com/mp?id=12"), 0);
    assert_eq!(
        by_other(&format!("{PREFIX}b")),
        0,
        "permit_sub_rule 1 occupies no sub-rule"
    );
    assert_eq!(
        by_other(PREFIX),
        85072,
        "one code cannot open two Mini Programs"
    );
    assert_eq!(
        add(&caller, &ordinary_rule("https://wx.qq.com/mp?id=1234")),
        0,
        "a rule does not block its own account"
    );

    caller.call_as_mini_program(
        "qrcodejumpdelete",
        &json!({"prefix": "https://wx.qq.com/mp?id=123"}),
    );
    assert_eq!(by_other("https://wx.qq.com/mp?id=123"), 0);
}

#[test]
fn the_hundred_and_first_rule_gets_85073() {
    let caller = Caller::new();
    for number in 0..100 {
        let rule = ordinary_rule(&format!("https://h.example.cn/{number}"));
        assert_eq!(add(&caller, &rule), 0);
    }
    assert_eq!(add(&caller, &ordinary_rule(PREFIX)), 85073);
    let edit = with_fields(
        ordinary_rule("https://h.example.cn/7"),
        json!({"is_edit": 1}),
    );
    assert_eq!(add(&caller, &edit), 0, "modifying does not add a rule");
    caller.call_as_mini_program(
        "qrcodejumpdelete",
        &json!({"prefix": "https://h.example.cn/7"}),
    );
    assert_eq!(add(&caller, &ordinary_rule(PREFIX)), 0);
}

#[test]
fn smaller_limits_apply() {
    let mut limits = Limits::default();
    limits.rules = 1;
    let caller = Caller::with_builder(Sandbox::builder().limits(limits));
    assert_eq!(add(&caller, &ordinary_rule(PREFIX)), 0);
    assert_eq!(
        add(&caller, &ordinary_rule("https://h.example.cn/b")),
        85073
    );
}

#[test]
fn the_blacklist_is_checked_first_then_icp_then_the_file() {
    let caller = Caller::new();
    caller
        .sandbox
        .put_verification_files(MINI_PROGRAM_APPID, Some(BTreeMap::new()))
        .unwrap();
    let mut web = Web::default();
    web.not_filed = BTreeSet::from(["example.cn".to_owned()]);
    web.blacklist = BTreeSet::from(["https://h.example.cn/bad".to_owned()]);
    caller.sandbox.put_web(web);
    assert_eq!(
        add(&caller, &ordinary_rule("https://h.example.cn/bad/1")),
        85070
    );
    assert_eq!(add(&caller, &ordinary_rule(PREFIX)), 85076);
    caller.sandbox.put_web(Web::default());
    assert_eq!(add(&caller, &ordinary_rule(PREFIX)), 85069);
}

#[test]
fn only_the_right_file_at_the_right_url_is_accepted() {
    let caller = Caller::new();
    let file = caller.call_as_mini_program("qrcodejumpdownload", &json!({}));
    let name = file["file_name"].as_str().unwrap();
    let content = file["file_content"].as_str().unwrap();
    let place = |files: &[(String, &str)]| {
        let files = files
            .iter()
            .map(|(url, content)| (url.clone(), (*content).to_owned()))
            .collect();
        caller
            .sandbox
            .put_verification_files(MINI_PROGRAM_APPID, Some(files))
            .unwrap();
    };
    let rule = ordinary_rule("https://m.x.cn/a/b/");
    for wrong in [
        (format!("https://m.x.cn/{name}"), content),
        (format!("http://m.x.cn/a/b/{name}"), content),
        (format!("https://m.x.cn/a/b/{name}"), "other"),
    ] {
        place(&[wrong]);
        assert_eq!(add(&caller, &rule), 85069);
    }
    place(&[
        (format!("https://m.x.cn/a/b/{name}"), content),
        (format!("https://h.cn/{name}"), content),
    ]);
    assert_eq!(add(&caller, &rule), 0);
    assert_eq!(
        add(&caller, &ordinary_rule("https://h.cn/shopDetails?id=")),
        0
    );
    caller
        .sandbox
        .put_verification_files(MINI_PROGRAM_APPID, None)
        .unwrap();
    assert_eq!(add(&caller, &ordinary_rule("https://else.cn/")), 0);
}

#[test]
fn modifying_changes_a_rule_and_gets_40097_without_one() {
    let caller = Caller::new();
    let edit = |changes: Value| {
        with_fields(
            with_fields(ordinary_rule(PREFIX), json!({"is_edit": 1})),
            changes,
        )
    };
    assert_eq!(add(&caller, &edit(json!({}))), 40097);
    let rule = with_fields(ordinary_rule(PREFIX), json!({"debug_url": [PREFIX]}));
    assert_eq!(add(&caller, &rule), 0);
    let changes = json!({"path": "pages/other", "open_version": 2, "permit_sub_rule": 2});
    assert_eq!(add(&caller, &edit(changes)), 0);
    assert_eq!(
        listed_rules(&caller),
        json!([{
            "prefix": PREFIX, "path": "pages/other", "open_version": 2, "permit_sub_rule": 2, "state": 1,
            "debug_url": [PREFIX],
        }])
    );
    assert_eq!(add(&caller, &edit(json!({"debug_url": []}))), 0);
    assert_eq!(listed_rules(&caller)[0]["debug_url"], json!([]));
    assert_eq!(
        add(&caller, &edit(json!({"debug_url": ["https://else.cn/"]}))),
        85068
    );
}

#[test]
fn a_published_rule_keeps_its_path() {
    let caller = Caller::new();
    assert_eq!(add(&caller, &ordinary_rule(PREFIX)), 0);
    caller.call_as_mini_program("qrcodejumppublish", &json!({"prefix": PREFIX}));
    let edit = with_fields(ordinary_rule(PREFIX), json!({"is_edit": 1}));
    assert_eq!(
        add(
            &caller,
            &with_fields(edit.clone(), json!({"path": "pages/other"}))
        ),
        40097
    );
    let changes = json!({"open_version": 3, "permit_sub_rule": 2, "debug_url": [PREFIX]});
    assert_eq!(add(&caller, &with_fields(edit, changes)), 0);
    assert_eq!(
        listed_rules(&caller),
        json!([{
            "prefix": PREFIX, "path": "pages/index/index", "open_version": 3, "permit_sub_rule": 2, "state": 2,
            "debug_url": [PREFIX],
        }])
    );
}

#[test]
fn a_missing_permission_gets_61007_and_a_personal_mini_program_85075() {
    let caller = Caller::new();
    let mut account = caller.sandbox.account(MINI_PROGRAM_APPID).unwrap();
    account.personal = true;
    caller.sandbox.put_account(account.clone());
    for name in [
        ADD,
        "qrcodejumpget",
        "qrcodejumppublish",
        "qrcodejumpdelete",
        "qrcodejumpdownload",
    ] {
        assert_eq!(
            errcode(&caller.call_as_mini_program(name, &ordinary_rule(PREFIX))),
            85075,
            "{name}"
        );
    }
    account.permission_sets = BTreeSet::from([3]);
    caller.sandbox.put_account(account);
    for name in [
        ADD,
        "qrcodejumpget",
        "qrcodejumppublish",
        "qrcodejumpdelete",
        "qrcodejumpdownload",
    ] {
        assert_eq!(
            errcode(&caller.call_as_mini_program(name, &ordinary_rule(PREFIX))),
            61007,
            "{name}"
        );
    }
}
