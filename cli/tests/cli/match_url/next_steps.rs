//! What to do next is a command line that works.

use serde_json::{Value, json};

use super::run_match;
use crate::support::{FakeWeChat, jumpqr};

/// Returns the command lines that are printed as next steps.
fn commands(link: &str, rules: &Value) -> Vec<String> {
    let object = jumpqr(["--json", "match", link, "--rules", "-"])
        .stdin(rules.to_string())
        .expect(4)
        .json();
    let steps = object["next"].as_array().unwrap().clone();
    let lines = steps
        .iter()
        .flat_map(|step| step["lines"].as_array().unwrap());
    let lines: Vec<_> = lines
        .map(|line| line.as_str().unwrap().to_owned())
        .collect();
    let printed = run_match(link, rules, 4).stdout;
    for line in &lines {
        assert!(printed.contains(line), "{line}:\n{printed}");
    }
    lines
}

fn rule(prefix: &str, state: u8) -> Value {
    json!({
        "prefix": prefix, "path": "pages/table", "state": state, "open_version": 2,
        "permit_sub_rule": 1, "debug_url": [format!("{prefix}1")],
    })
}

#[test]
fn an_unpublished_rule_is_published_or_gets_a_test_link() {
    let rules = json!([rule("https://h.cn/t/", 1)]);
    assert_eq!(
        commands("https://h.cn/t/2?a=b&c", &rules),
        [
            "jumpqr publish https://h.cn/t/",
            "jumpqr add --edit --prefix https://h.cn/t/ --path pages/table --open-version 2 \
             --permit-sub-rule 1 --debug-url https://h.cn/t/1 \
             --debug-url 'https://h.cn/t/2?a=b&c'",
        ]
    );
    // It is a test link already.
    assert_eq!(
        commands("https://h.cn/t/1", &rules),
        ["jumpqr publish https://h.cn/t/"]
    );
}

#[test]
fn a_rule_with_five_test_links_gets_no_other() {
    let mut full = rule("https://h.cn/t/", 1);
    full["debug_url"] = json!(vec!["https://h.cn/t/1"; 5]);
    assert_eq!(
        commands("https://h.cn/t/2", &json!([full])),
        ["jumpqr publish https://h.cn/t/"]
    );
}

#[test]
fn a_rule_that_shadows_a_published_one_is_published_or_deleted() {
    let rules = json!([
        {"prefix": "https://h.cn/", "state": 2},
        {"prefix": "https://h.cn/t/", "state": 1},
    ]);
    assert_eq!(
        commands("https://h.cn/t/2", &rules),
        [
            "jumpqr publish https://h.cn/t/",
            "jumpqr delete https://h.cn/t/"
        ]
    );
}

#[test]
fn a_link_without_a_rule_gets_one_like_the_nearest() {
    let rules = json!([rule("http://h.cn/t/", 2), rule("https://g.cn/t/", 2)]);
    assert_eq!(
        commands("https://h.cn/t/2", &rules),
        [
            "jumpqr download --prefix https://h.cn/t/",
            "jumpqr add --prefix https://h.cn/t/ --path pages/table --open-version 2 \
             --permit-sub-rule 1 --debug-url https://h.cn/t/2",
            "jumpqr publish https://h.cn/t/",
        ]
    );
}

#[test]
fn a_link_without_any_rule_gets_one_with_a_page_to_fill_in() {
    assert_eq!(
        commands("https://h.cn/t?id=2", &json!([])),
        [
            "jumpqr download --prefix https://h.cn/t",
            "jumpqr add --prefix https://h.cn/t --path PAGE --open-version 1 \
             --permit-sub-rule 1 --debug-url 'https://h.cn/t?id=2'",
            "jumpqr publish https://h.cn/t",
        ]
    );
}

#[test]
fn a_link_that_only_is_written_otherwise_is_printed_as_the_rule_is() {
    for (prefix, link, text) in [
        (
            "https://h.cn/t/",
            "https://h.cn:443/t/1",
            "Print the link as the rule is written, which is https://h.cn/t/",
        ),
        (
            "https://h.cn/t/",
            "https://H.cn/t/1",
            "Print the link as the rule is written, which is https://h.cn/t/",
        ),
        (
            "https://h.cn/食堂/",
            "https://h.cn/食堂",
            "Only the final `/` of the rule is missing. Print the link with it: \
             https://h.cn/食堂/",
        ),
        (
            "https://g.cn/t/",
            "https://h.cn:8443/t/1",
            "Print another link. This one names the port 8443",
        ),
    ] {
        let run = run_match(link, &json!([rule(prefix, 2)]), 4);
        assert!(
            run.stdout.contains(&format!("  1. {text}")),
            "{}",
            run.stdout
        );
        assert!(
            !run.stdout.contains("--prefix https://h.cn:"),
            "{}",
            run.stdout
        );
        assert!(!run.stdout.contains("--prefix https://H"), "{}", run.stdout);
    }
}

#[test]
fn the_proposed_rule_is_valid() {
    let rules = json!([rule("https://h.cn/t?a=1", 2)]);
    let add = commands("https://h.cn/t?a=2", &rules).remove(1);
    let words = shlex::split(&add).unwrap();
    let run = jumpqr(&words[1..]).args(["--dry-run"]).expect(0);
    assert!(
        run.stdout.contains(r#""prefix":"https://h.cn/t""#),
        "{}",
        run.stdout
    );
}

#[test]
fn the_code_of_a_service_account_is_sought_among_its_rules() {
    let code = "http://weixin.qq.com/q/kZgfwMTm72W";
    let steps = commands(code, &json!([rule("https://h.cn/t/", 2)]));
    assert_eq!(steps[0], format!("jumpqr match --appid APPID {code}"));
    assert!(steps[1].starts_with(&format!("jumpqr add --prefix {code} --appid APPID")));

    let wechat = FakeWeChat::start(|_| {
        let rules = json!([
            {"prefix": "http://weixin.qq.com/q/a", "path": "p", "state": 1},
            {"prefix": "http://weixin.qq.com/q/b", "path": "p", "state": 2},
        ]);
        json!({"errcode": 0, "rule_list": rules, "total_count": 2})
    });
    let run = |link| {
        jumpqr([
            "match",
            link,
            "--appid",
            "wx1",
            "--base-url",
            wechat.base_url(),
        ])
        .env("JUMPQR_ACCESS_TOKEN", "T")
        .expect(4)
        .stdout
    };
    let unpublished = run("http://weixin.qq.com/q/a");
    let publish = "jumpqr publish http://weixin.qq.com/q/a --appid wx1";
    assert_eq!(unpublished.lines().last().map(str::trim), Some(publish));
    assert!(unpublished.contains("have no test links"), "{unpublished}");
    let missing = run("http://weixin.qq.com/q/c");
    assert!(
        missing.contains("jumpqr add --prefix http://weixin.qq.com/q/c --appid wx1 --path p"),
        "{missing}"
    );
}

#[test]
fn a_charging_pile_needs_a_rule_on_the_console() {
    let rules = json!([{"prefix": "hlht://1.MA1/", "state": 2}]);
    assert!(commands("hlht://2.MA1/", &rules).is_empty());
    let run = run_match("hlht://2.MA1/", &rules, 4);
    assert!(
        run.stdout.contains("Make a rule for exactly this code"),
        "{}",
        run.stdout
    );
    run_match("hlht://1.MA1/", &rules, 0);
}

#[test]
fn what_is_known_of_the_account_decides_what_to_do() {
    let list = json!({
        "rule_list": [rule("https://h.cn/t/", 1)], "qrcodejump_open": 0, "is_released": false,
    });
    let run = run_match("https://h.cn/t/1", &list, 4);
    for text in [
        "Does not open",
        "has no released code",
        "switched off",
        "after the Mini Program is released",
        "Switch opening by QR code on (开启)",
    ] {
        assert!(run.stdout.contains(text), "{text}: {}", run.stdout);
    }
    let unknown = json!([rule("https://h.cn/t/", 1)]);
    let run = run_match("https://h.cn/t/1", &unknown, 4);
    assert!(
        run.stdout.contains("WeChat answers 85074"),
        "{}",
        run.stdout
    );
    let released = json!([rule("https://h.cn/t/", 1), rule("https://h.cn/s/", 2)]);
    let run = run_match("https://h.cn/t/1", &released, 4);
    assert!(!run.stdout.contains("85074"), "{}", run.stdout);
}
