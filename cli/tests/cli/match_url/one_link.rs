//! `jumpqr match URL` answers in one look.

use serde_json::{Value, json};

use super::run_match;
use crate::support::{FakeWeChat, jumpqr};

#[test]
fn a_covered_link_opens() {
    let rules = json!({"prefix": "https://www.qq.com/a/", "path": "p", "state": 2});
    let run = run_match("https://www.qq.com/a/b?c=1", &rules, 0);
    assert!(
        run.stdout.starts_with("Opens https://www.qq.com/a/b?c=1\n"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout
            .contains("q=https%3A%2F%2Fwww.qq.com%2Fa%2Fb%3Fc%3D1&scancode_time=")
    );
}

#[test]
fn every_row_of_the_official_table_has_its_reason() {
    for (rule, link, code) in [
        (
            "http://www.qq.com/a/b",
            "https://www.qq.com/a/b",
            "scheme_differs",
        ),
        (
            "https://www.qq.com/a/b",
            "https://www.weixin.qq.com/a/b",
            "domain_differs",
        ),
        (
            "https://www.qq.com/a/b?id=123",
            "https://www.qq.com/a/b?id=132",
            "query_not_a_prefix",
        ),
        (
            "https://www.qq.com/a/b",
            "https://www.qq.com/a/bc",
            "not_a_sub_path",
        ),
        (
            "https://www.qq.com/a/b",
            "https://www.qq.com/a/b/123",
            "no_trailing_slash",
        ),
    ] {
        let rules = json!([{"prefix": rule, "state": 2}]);
        let run = jumpqr(["--json", "match", link, "--rules", "-"])
            .stdin(rules.to_string())
            .expect(4);
        let object = run.json();
        assert_eq!(object["ok"], true);
        assert_eq!(object["opens"], false);
        assert_eq!(object["hit"], Value::Null);
        assert_eq!(object["missed"][0]["code"], code, "{rule} {link}");
        let message = object["missed"][0]["message"].as_str().unwrap().to_owned();
        let printed = run_match(link, &rules, 4);
        assert!(
            printed.stdout.contains("Does not open"),
            "{}",
            printed.stdout
        );
        assert!(printed.stdout.contains(rule) && printed.stdout.contains(&message));
    }
}

#[test]
fn an_unpublished_rule_shadows_a_published_one() {
    let rules = json!([
        {"prefix": "https://www.qq.com/a/", "state": 2},
        {"prefix": "https://www.qq.com/a/b", "state": "1"},
    ]);
    let run = run_match("https://www.qq.com/a/b", &rules, 4);
    assert!(
        run.stdout
            .contains("shadows  https://www.qq.com/a/ (published), which would open the link"),
        "{}",
        run.stdout
    );
    run_match("https://www.qq.com/a/c", &rules, 0);
}

#[test]
fn an_account_that_is_switched_off_opens_nothing() {
    let wechat = FakeWeChat::start(|_| {
        let rule = json!({"prefix": "https://h.cn/t/", "path": "p", "state": 2});
        json!({"errcode": 0, "rule_list": [rule], "qrcodejump_open": 0})
    });
    let run = jumpqr(["match", "https://h.cn/t/1", "--base-url", wechat.base_url()])
        .env("JUMPQR_ACCESS_TOKEN", "T")
        .expect(4);
    assert!(run.stdout.contains("is switched off"), "{}", run.stdout);
}

#[test]
fn an_undocumented_equivalence_is_mentioned() {
    let rules = json!([{"prefix": "https://www.QQ.com/a", "state": 2}]);
    let run = run_match("https://www.qq.com/a", &rules, 4);
    assert!(run.stdout.contains("not documented"), "{}", run.stdout);
}

#[test]
fn an_empty_list_of_rules_is_mentioned() {
    let run = run_match("https://h.cn", &json!([]), 4);
    assert!(run.stdout.contains("There are no rules."), "{}", run.stdout);
}

#[test]
fn an_invalid_file_of_rules_names_each_wrong_field() {
    let run = run_match(
        "https://h.cn",
        &json!({"rule_list": [{"prefix": "https://h.cn"}, {"state": 3}, 7]}),
        3,
    );
    for text in [
        "rule_list[1].prefix: is missing",
        "rule_list[1].state: is neither 1 (unpublished) nor 2 (published)",
        "rule_list[2]: is not an object",
    ] {
        assert!(run.stderr.contains(text), "{text}: {}", run.stderr);
    }
    run_match("https://h.cn", &json!("https://h.cn"), 3);
    run_match("https://h.cn", &json!({"rule_list": "none"}), 3);
    run_match("https://h.cn", &json!({"prefix": 7}), 3);
}

#[test]
fn without_a_file_the_rules_of_the_account_are_listed() {
    let wechat = FakeWeChat::start(|_| {
        let rule = json!({"prefix": "https://h.cn/t/", "path": "p", "state": 2});
        json!({"errcode": 0, "rule_list": [rule]})
    });
    let run = |link| {
        jumpqr(["match", link, "--base-url", wechat.base_url()]).env("JUMPQR_ACCESS_TOKEN", "T")
    };
    run("https://h.cn/t/1").expect(0);
    run("https://h.cn/s/1").expect(4);
    assert_eq!(wechat.calls(), ["qrcodejumpget"; 2]);
    jumpqr(["match", "https://h.cn"]).expect(6);
}

#[test]
fn the_json_of_get_is_a_file_of_rules() {
    let wechat = FakeWeChat::start(|_| {
        let rule = json!({"prefix": "https://h.cn/t/", "path": "p", "state": 1});
        json!({"errcode": 0, "rule_list": [rule]})
    });
    let rules = jumpqr(["--json", "get", "--base-url", wechat.base_url()])
        .env("JUMPQR_ACCESS_TOKEN", "T")
        .expect(0);
    let run = jumpqr(["match", "https://h.cn/t/1", "--rules", "-"])
        .stdin(rules.stdout)
        .expect(4);
    assert!(run.stdout.contains("is not published"), "{}", run.stdout);
}

#[test]
fn only_the_nearest_three_rules_are_printed_without_all() {
    let mut rules: Vec<_> = (0..54)
        .map(|number| json!({"prefix": format!("https://s{number}.example.cn/a/"), "state": 2}))
        .collect();
    for prefix in [
        "https://m.example.cn/table/7?seat=3",
        "http://m.example.cn/table/",
        "https://m.example.cn/shop/",
    ] {
        rules.push(json!({"prefix": prefix, "state": 2}));
    }
    let link = "https://m.example.cn/table/7?seat=2";
    let rules = json!(rules);
    let run = run_match(link, &rules, 4);
    assert!(
        run.stdout.contains("The nearest 3 of 57 rules"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("54 others"), "{}", run.stdout);
    let places = [
        "https://m.example.cn/table/7?seat=3",
        "http://m.example.cn/table/",
        "https://m.example.cn/shop/",
    ]
    .map(|prefix| run.stdout.find(&format!("  {prefix}\n")).expect(prefix));
    assert!(places.is_sorted(), "{}", run.stdout);
    assert!(!run.stdout.contains("https://s"), "{}", run.stdout);
    assert!(run.stdout.contains("--all"), "{}", run.stdout);
    let all = |json: &[&str]| {
        jumpqr(json)
            .args(["match", link, "--rules", "-", "--all"])
            .stdin(rules.to_string())
            .expect(4)
    };
    assert_eq!(all(&[]).stdout.matches("https://s").count(), 54);
    assert_eq!(
        all(&["--json"]).json()["missed"].as_array().unwrap().len(),
        57
    );
}

#[test]
fn a_text_that_is_not_a_link_is_refused_and_nothing_is_sent() {
    for text in ["not a link", ""] {
        let wechat = FakeWeChat::start(|_| json!({"errcode": 0}));
        let run = jumpqr(["match", text, "--base-url", wechat.base_url()])
            .env("JUMPQR_ACCESS_TOKEN", "TOKEN")
            .expect(4);
        assert!(run.stderr.contains("link: "), "{}", run.stderr);
        assert!(run.stderr.contains("nor an hlht:// code"), "{}", run.stderr);
        let object = jumpqr(["match", text, "--json"]).expect(4).json();
        assert_eq!(object["error"]["code"], "link_does_not_open");
        assert_eq!(object["error"]["violations"][0]["code"], "not_a_link");
        assert!(wechat.calls().is_empty());
    }
}

#[test]
fn the_verdict_names_the_rule_its_page_and_its_state() {
    let rule =
        |state: Value| json!({"prefix": "https://h.cn/t/", "path": "pages/桌", "state": state});
    for (state, shown, code) in [
        (json!(2), "hits   https://h.cn/t/ → pages/桌 (published)", 0),
        (
            json!(null),
            "hits   https://h.cn/t/ → pages/桌 (state not given: counts as published)",
            0,
        ),
        (
            json!(1),
            "hits     https://h.cn/t/ → pages/桌 (unpublished)",
            4,
        ),
    ] {
        let run = run_match("https://h.cn/t/1", &rule(state), code);
        assert!(run.stdout.contains(shown), "{}", run.stdout);
    }
}

#[test]
fn what_testers_see_is_said() {
    let rule = |state: u8, version: u8| {
        json!({
            "prefix": "https://h.cn/t/", "state": state, "open_version": version,
            "debug_url": ["https://h.cn/t/1"],
        })
    };
    for (version, who) in [
        (1, "developers see the development build"),
        (2, "administrators and experiencers see the trial build"),
        (
            3,
            "developers, administrators and experiencers see the released build",
        ),
    ] {
        let run = run_match("https://h.cn/t/1", &rule(1, version), 4);
        assert!(
            run.stdout.starts_with("Opens for testers only: "),
            "{}",
            run.stdout
        );
        assert!(
            run.stdout.contains(&format!("testers  {who}")),
            "{}",
            run.stdout
        );
        let run = run_match("https://h.cn/t/2", &rule(1, version), 4);
        assert!(
            run.stdout.contains("testers  nothing opens"),
            "{}",
            run.stdout
        );
        let run = run_match("https://h.cn/t/1", &rule(2, version), 0);
        assert!(
            run.stdout.contains(&format!("testers  {who}")),
            "{}",
            run.stdout
        );
        let run = run_match("https://h.cn/t/2", &rule(2, version), 0);
        assert!(!run.stdout.contains("testers"), "{}", run.stdout);
    }
}

#[test]
fn the_object_says_everything() {
    let rules = json!({
        "rule_list": [{
            "prefix": "https://h.cn/t/", "path": "p", "state": 1, "open_version": 3,
            "permit_sub_rule": 2, "debug_url": ["https://h.cn/t/1"],
        }],
        "qrcodejump_open": 1,
        "is_released": false,
    });
    let run = jumpqr(["--json", "match", "https://h.cn/t/1", "--rules", "-"]);
    let object = run.stdin(rules.to_string()).expect(4).json();
    assert_eq!(object["hit"]["path"], "p");
    assert_eq!(object["hit"]["open_version"], 3);
    assert_eq!(object["hit"]["debug_url"], json!(["https://h.cn/t/1"]));
    let obstacles = object["obstacles"].as_array().unwrap().iter();
    let codes: Vec<_> = obstacles.map(|obstacle| &obstacle["code"]).collect();
    assert_eq!(codes, ["not_published", "not_released"]);
    assert_eq!(object["is_test_link"], true);
    assert_eq!(object["opens_for_testers"], false);
    assert_eq!(object["test_version"], 3);
    assert_eq!(object["query"], Value::Null);
    let account = json!({"qrcodejump_open": true, "is_released": false});
    assert_eq!(object["account"], account);
    assert_eq!(object["rule_count"], 1);
}

#[test]
fn of_100_000_rules_fewer_than_20_lines_are_printed() {
    let prefixes = (0..100_000).map(|number| format!("https://m.example.cn/{number}/table/"));
    let rules: Vec<_> = prefixes
        .map(|prefix| json!({"prefix": prefix, "state": 2}))
        .collect();
    let run = run_match("https://m.example.cn/7777/chair/1", &json!(rules), 4);
    assert!(run.stdout.lines().count() < 20, "{}", run.stdout);
    for text in [
        "The nearest 3 of 100,000 rules\n  https://m.example.cn/7777/table/\n",
        "99,997 others",
    ] {
        assert!(run.stdout.contains(text), "{text}: {}", run.stdout);
    }
}
