//! `jumpqr get`: the request of each option, and the printed rules.

use serde_json::{Value, json};

use crate::support::{FakeWeChat, jumpqr};

fn account() -> FakeWeChat {
    FakeWeChat::start(|_| {
        json!({
            "errcode": 0, "errmsg": "ok",
            "rule_list": [
                {"prefix": "https://h.cn/t/", "path": "pages/t", "state": 2, "open_version": 3,
                 "debug_url": ["https://h.cn/t/1", "https://h.cn/t/2"], "permit_sub_rule": 2},
                {"prefix": "https://h.cn/s", "path": "pages/s", "state": 1},
            ],
            "qrcodejump_open": 1, "list_size": 2, "qrcodejump_pub_quota": 97, "total_count": 2,
        })
    })
}

#[test]
fn rules_and_remaining_quotas_are_printed() {
    let wechat = account();
    let run = jumpqr(["get", "--base-url", wechat.base_url()])
        .env("JUMPQR_ACCESS_TOKEN", "T")
        .expect(0);
    for text in [
        "https://h.cn/t/",
        "2 (published)",
        "3 (released)",
        "2 (occupied)",
        "https://h.cn/t/2",
        "1 (unpublished)",
        "2 rules; 97 publishes left this month; opening by QR code is on",
    ] {
        assert!(run.stdout.contains(text), "{text}: {}", run.stdout);
    }
}

#[test]
fn json_has_the_wire_names() {
    let wechat = account();
    let run = jumpqr(["get", "--json", "--base-url", wechat.base_url()])
        .env("JUMPQR_ACCESS_TOKEN", "T")
        .expect(0);
    let object = run.json();
    assert_eq!(
        object["rule_list"][0]["debug_url"],
        json!(["https://h.cn/t/1", "https://h.cn/t/2"])
    );
    assert_eq!(
        object["rule_list"][1],
        json!({"prefix": "https://h.cn/s", "path": "pages/s", "state": 1})
    );
    assert_eq!(object["qrcodejump_open"], true);
    assert_eq!(object["qrcodejump_pub_quota"], 97);
}

#[test]
fn a_listed_rule_is_valid_input_for_other_commands() {
    let wechat = account();
    let object = jumpqr(["get", "--json", "--base-url", wechat.base_url()])
        .env("JUMPQR_ACCESS_TOKEN", "T")
        .expect(0)
        .json();
    let listed = object["rule_list"][0].to_string();
    let run = jumpqr(["add", "--edit", "--dry-run", "-"])
        .stdin(listed.clone())
        .expect(0);
    let body = r#"{"prefix":"https://h.cn/t/","permit_sub_rule":2,"path":"pages/t","open_version":3,"debug_url":["https://h.cn/t/1","https://h.cn/t/2"],"is_edit":1}"#;
    assert!(run.stdout.contains(body), "{}", run.stdout);
    jumpqr(["check", "-"]).stdin(listed.clone()).expect(0);
    jumpqr(["match", "--rules", "-", "https://h.cn/t/1"])
        .stdin(listed)
        .expect(0);
}

#[test]
fn each_selection_sends_its_request() {
    for (arguments, body) in [
        (&[][..], "{}"),
        (&["--appid", "wx1"], r#"{"appid":"wx1","get_type":0}"#),
        (
            &["--appid", "wx1", "--latest"],
            r#"{"appid":"wx1","get_type":0}"#,
        ),
        (
            &["--appid", "wx1", "--prefix", "a", "--prefix", "b"],
            r#"{"appid":"wx1","get_type":1,"prefix_list":["a","b"]}"#,
        ),
        (
            &["--appid", "wx1", "--page", "3", "--page-size", "50"],
            r#"{"appid":"wx1","get_type":2,"page_num":3,"page_size":50}"#,
        ),
        (
            &["--appid", "wx1", "--all"],
            r#"{"appid":"wx1","get_type":0}"#,
        ),
    ] {
        let wechat = account();
        jumpqr(["get", "--base-url", wechat.base_url()])
            .args(arguments)
            .env("JUMPQR_ACCESS_TOKEN", "T")
            .expect(0);
        let bodies: Vec<_> = wechat
            .received()
            .into_iter()
            .map(|request| request.body)
            .collect();
        assert_eq!(bodies, [body], "{arguments:?}");
    }
}

#[test]
fn a_page_out_of_range_is_not_sent() {
    for (arguments, field) in [
        (["--page", "0", "--page-size", "9"], "page_num: is 0"),
        (
            ["--page", "1", "--page-size", "201"],
            "page_size: is 201; give 1 to 200",
        ),
    ] {
        let run = jumpqr(["get", "--appid", "wx1"]).args(arguments).expect(3);
        assert!(run.stderr.contains(field), "{}", run.stderr);
    }
}

#[test]
fn selections_belong_to_a_service_account_and_exclude_each_other() {
    for arguments in [
        &["--latest"][..],
        &["--all"],
        &["--page", "1"],
        &["--appid", "wx1", "--latest", "--all"],
        &["--appid", "wx1", "--page", "1", "--prefix", "a"],
        &["--appid", "wx1", "--page-size", "9"],
    ] {
        jumpqr(["get"]).args(arguments).expect(2);
    }
}

#[test]
fn pages_wait_for_slots_as_long_as_the_queue_timeout_allows() {
    // All rules are too many for one response, so they come in pages.
    let wechat = FakeWeChat::start(|request| {
        let body: Value = serde_json::from_str(&request.body).unwrap();
        let size = body["page_size"].as_u64().unwrap_or(1);
        let start = (body["page_num"].as_u64().unwrap_or(1) - 1) * size;
        let rules: Vec<_> = (start..1_500.min(start + size))
            .map(|number| json!({"prefix": format!("https://h.cn/{number}")}))
            .collect();
        json!({"errcode": 0, "rule_list": rules, "total_count": 1_500})
    });
    let get = |options: [&'static str; 2]| {
        let all = ["get", "--appid", "wx1", "--all", "--json", "--base-url"];
        jumpqr(all)
            .args([wechat.base_url()])
            .args(options)
            .env("JUMPQR_ACCESS_TOKEN", "T")
    };
    let run = get(["--queue-timeout", "60"]).expect(0);
    assert_eq!(run.json()["list_size"], 1_500);
    let requests = wechat.received().len();
    assert!(requests > 5, "{requests}");
    let run = get(["--queue-timeout", "0.5"]).expect(5);
    assert_eq!(run.json()["error"]["code"], "paced_out");
    assert_eq!(wechat.received().len(), requests + 5);
}
