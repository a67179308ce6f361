//! getJumpQRCode and downloadQRCodeText.

use jumpqr_core::rule::RuleState;
use jumpqr_sandbox::{MINI_PROGRAM_APPID, SERVICE_ACCOUNT_APPID, StoredMode, StoredRule};
use serde_json::{Value, json};

use crate::caller::{Caller, PREFIX, errcode, ordinary_rule};

const GET: &str = "qrcodejumpget";

#[test]
fn an_empty_account_is_answered_as_a_real_one_was() {
    let caller = Caller::new();
    assert_eq!(
        caller.mini(GET, &json!({})),
        json!({
            "errcode": 0, "errmsg": "ok", "rule_list": [], "qrcodejump_open": 1, "list_size": 0,
            "qrcodejump_pub_quota": 100, "total_count": 0,
        })
    );
}

#[test]
fn what_is_listed_counts_rules_and_publishes() {
    let caller = Caller::new();
    caller.mini("qrcodejumpadd", &ordinary_rule(PREFIX));
    caller.mini("qrcodejumpadd", &ordinary_rule("https://h.example.cn/b"));
    caller.mini("qrcodejumppublish", &json!({"prefix": PREFIX}));
    let mut account = caller.sandbox.account(MINI_PROGRAM_APPID).unwrap();
    account.qrcodejump_open = false;
    caller.sandbox.put_account(account);
    let answer = caller.mini(GET, &json!({}));
    assert_eq!(answer["qrcodejump_pub_quota"], 99);
    assert_eq!(answer["list_size"], 2);
    assert_eq!(answer["total_count"], 2);
    assert_eq!(answer["qrcodejump_open"], 0);
    assert_eq!(answer["rule_list"][0]["state"], 2);
    assert_eq!(answer["rule_list"][1]["state"], 1);
}

fn with_rules(count: usize) -> Caller {
    let caller = Caller::new();
    for number in 0..count {
        let rule = StoredRule {
            prefix: format!("http://weixin.qq.com/q/{number}"),
            path: "pages/index/index".to_owned(),
            state: RuleState::Unpublished,
            mode: StoredMode::ServiceAccount {
                appid: MINI_PROGRAM_APPID.to_owned(),
            },
            damaged: false,
        };
        caller
            .sandbox
            .put_rule(SERVICE_ACCOUNT_APPID, rule)
            .unwrap();
    }
    caller
}

fn numbers(answer: &Value) -> Vec<usize> {
    answer["rule_list"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| {
            let prefix = rule["prefix"].as_str().unwrap();
            prefix["http://weixin.qq.com/q/".len()..].parse().unwrap()
        })
        .collect()
}

#[test]
fn get_type_0_lists_the_latest_10000() {
    let caller = with_rules(10_002);
    let answer = caller.service(GET, &json!({"appid": MINI_PROGRAM_APPID, "get_type": 0}));
    assert_eq!(numbers(&answer), (2..10_002).collect::<Vec<_>>());
    assert_eq!(answer["list_size"], 10_000);
    assert_eq!(answer["total_count"], 10_002);
}

#[test]
fn get_type_1_lists_the_prefixes_asked_for() {
    let caller = with_rules(5);
    let get = |prefixes: Value| {
        caller.service(
            GET,
            &json!({"appid": MINI_PROGRAM_APPID, "get_type": 1, "prefix_list": prefixes}),
        )
    };
    let answer = get(json!([
        "http://weixin.qq.com/q/3",
        "http://weixin.qq.com/q/1",
        "http://weixin.qq.com/q/9",
    ]));
    assert_eq!(numbers(&answer), [1, 3]);
    assert_eq!(answer["list_size"], 2);
    assert_eq!(answer["total_count"], 5);
    assert_eq!(errcode(&get(json!(vec!["x"; 200]))), 0);
    assert_eq!(errcode(&get(json!(vec!["x"; 201]))), 40097);
    assert_eq!(errcode(&get(json!([]))), 40097);
    assert_eq!(errcode(&get(Value::Null)), 40097);
}

#[test]
fn get_type_2_lists_pages_from_1_on() {
    let caller = with_rules(450);
    let get = |page_num: Value, page_size: Value| {
        caller.service(
            GET,
            &json!({"appid": MINI_PROGRAM_APPID, "get_type": "2", "page_num": page_num, "page_size": page_size}),
        )
    };
    assert_eq!(
        numbers(&get(json!(1), json!(200))),
        (0..200).collect::<Vec<_>>()
    );
    let last = get(json!("3"), json!(200));
    assert_eq!(numbers(&last), (400..450).collect::<Vec<_>>());
    assert_eq!(last["list_size"], 50);
    assert_eq!(last["total_count"], 450);
    assert_eq!(numbers(&get(json!(4), json!(200))), [0; 0]);
    for (page_num, page_size) in [
        (json!(0), json!(10)),
        (json!(-1), json!(10)),
        (json!(1), json!(0)),
        (json!(1), json!(201)),
        (Value::Null, json!(10)),
        (json!(1), Value::Null),
    ] {
        assert_eq!(
            errcode(&get(page_num.clone(), page_size.clone())),
            40097,
            "{page_num} {page_size}"
        );
    }
    assert_eq!(numbers(&get(json!(i64::MAX), json!(200))), [0; 0]);
    let unknown = caller.service(GET, &json!({"appid": MINI_PROGRAM_APPID, "get_type": 3}));
    assert_eq!(errcode(&unknown), 40097);
}

#[test]
fn the_verification_file_is_the_accounts_own_and_stays_the_same() {
    let caller = Caller::new();
    let file = caller.mini("qrcodejumpdownload", &json!({}));
    let name = file["file_name"].as_str().unwrap();
    assert_eq!(name.strip_suffix(".txt").unwrap().len(), 10, "{name}");
    assert_eq!(file["file_content"].as_str().unwrap().len(), 32);
    assert_eq!(file, caller.mini("qrcodejumpdownload", &json!({})));
    assert_eq!(file, Caller::new().mini("qrcodejumpdownload", &json!({})));
    let answer = caller.service("qrcodejumpdownload", &json!({}));
    assert_eq!(
        errcode(&answer),
        61007,
        "there is none in service-account mode"
    );
}
