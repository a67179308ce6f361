use jumpqr_core::rule::RuleState;
use jumpqr_sandbox::{MINI_PROGRAM_APPID, SERVICE_ACCOUNT_APPID, StoredMode, StoredRule};
use serde_json::{Value, json};

use crate::caller::{Caller, PREFIX, errcode, ordinary_rule};

const GET: &str = "qrcodejumpget";

#[test]
fn the_response_for_an_empty_account_is_the_reported_one() {
    let caller = Caller::new();
    assert_eq!(
        caller.call_as_mini_program(GET, &json!({})),
        json!({
            "errcode": 0, "errmsg": "ok", "rule_list": [], "qrcodejump_open": 1, "list_size": 0,
            "qrcodejump_pub_quota": 100, "total_count": 0,
        })
    );
}

#[test]
fn the_response_counts_rules_and_publishes() {
    let caller = Caller::new();
    caller.call_as_mini_program("qrcodejumpadd", &ordinary_rule(PREFIX));
    caller.call_as_mini_program("qrcodejumpadd", &ordinary_rule("https://h.example.cn/b"));
    caller.call_as_mini_program("qrcodejumppublish", &json!({"prefix": PREFIX}));
    let mut account = caller.sandbox.account(MINI_PROGRAM_APPID).unwrap();
    account.qrcodejump_open = false;
    caller.sandbox.put_account(account);
    let response = caller.call_as_mini_program(GET, &json!({}));
    assert_eq!(response["qrcodejump_pub_quota"], 99);
    assert_eq!(response["list_size"], 2);
    assert_eq!(response["total_count"], 2);
    assert_eq!(response["qrcodejump_open"], 0);
    assert_eq!(response["rule_list"][0]["state"], 2);
    assert_eq!(response["rule_list"][1]["state"], 1);
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

fn numbers(response: &Value) -> Vec<usize> {
    response["rule_list"]
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
    let response =
        caller.call_as_service_account(GET, &json!({"appid": MINI_PROGRAM_APPID, "get_type": 0}));
    assert_eq!(numbers(&response), (2..10_002).collect::<Vec<_>>());
    assert_eq!(response["list_size"], 10_000);
    assert_eq!(response["total_count"], 10_002);
}

#[test]
fn get_type_1_lists_the_requested_prefixes() {
    let caller = with_rules(5);
    let get = |prefixes: Value| {
        caller.call_as_service_account(
            GET,
            &json!({"appid": MINI_PROGRAM_APPID, "get_type": 1, "prefix_list": prefixes}),
        )
    };
    let response = get(json!([
        "http://weixin.qq.com/q/3",
        "http://weixin.qq.com/q/1",
        "http://weixin.qq.com/q/9",
    ]));
    assert_eq!(numbers(&response), [1, 3]);
    assert_eq!(response["list_size"], 2);
    assert_eq!(response["total_count"], 5);
    assert_eq!(errcode(&get(json!(vec!["x"; 200]))), 0);
    assert_eq!(errcode(&get(json!(vec!["x"; 201]))), 40097);
    assert_eq!(errcode(&get(json!([]))), 40097);
    assert_eq!(errcode(&get(Value::Null)), 40097);
}

#[test]
fn get_type_2_lists_pages_and_the_first_page_is_1() {
    let caller = with_rules(450);
    let get = |page_num: Value, page_size: Value| {
        caller.call_as_service_account(
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
    let unknown =
        caller.call_as_service_account(GET, &json!({"appid": MINI_PROGRAM_APPID, "get_type": 3}));
    assert_eq!(errcode(&unknown), 40097);
}
