//! `jumpqr publish` looks the rule up first.

use serde_json::{Value, json};

use crate::support::{FakeWeChat, Jumpqr, jumpqr};

const PREFIX: &str = "https://h.cn/t/";

fn publish(wechat: &FakeWeChat, prefix: &str) -> Jumpqr {
    jumpqr(["publish", prefix, "--base-url", wechat.base_url()]).env("JUMPQR_ACCESS_TOKEN", "T")
}

fn listing(state: u8) -> FakeWeChat {
    let list: Value = json!({
        "errcode": 0,
        "rule_list": [{"prefix": PREFIX, "path": "pages/t", "state": state}],
    });
    FakeWeChat::start(move |_| list.clone())
}

#[test]
fn an_unpublished_rule_is_published() {
    let wechat = listing(1);
    let run = publish(&wechat, PREFIX).expect(0);
    assert!(
        run.stdout.contains("Published https://h.cn/t/"),
        "{}",
        run.stdout
    );
    assert_eq!(wechat.calls(), ["qrcodejumpget", "qrcodejumppublish"]);
}

#[test]
fn a_mistyped_prefix_publishes_nothing_and_the_similar_rule_is_named() {
    let wechat = listing(1);
    for prefix in ["https://h.cn/t", "http://h.cn/t/", "https://H.cn/t/"] {
        let run = publish(&wechat, prefix).expect(4);
        let expected = format!("there is no rule {prefix}; did you mean https://h.cn/t/?");
        assert!(run.stderr.contains(&expected), "{}", run.stderr);
        let object = publish(&wechat, prefix).args(["--json"]).expect(4).json();
        assert_eq!(object["error"]["code"], "no_such_rule");
        assert_eq!(object["error"]["interface"], "publishJumpQRCode");
    }
    assert!(!wechat.calls().contains(&"qrcodejumppublish".to_owned()));
}

#[test]
fn a_published_rule_is_not_published_again() {
    let wechat = listing(2);
    let run = publish(&wechat, PREFIX).expect(0);
    assert!(
        run.stdout.contains("already published; nothing was sent"),
        "{}",
        run.stdout
    );
    let object = publish(&wechat, PREFIX).args(["--json"]).expect(0).json();
    assert_eq!(object["confirmation"], "already_published");
    let object = publish(&wechat, PREFIX)
        .args(["--json", "--dry-run"])
        .expect(0)
        .json();
    assert_eq!(object["request"], Value::Null);
    assert!(!wechat.calls().contains(&"qrcodejumppublish".to_owned()));
    publish(&wechat, PREFIX).args(["--no-validate"]).expect(0);
    assert_eq!(wechat.calls().last().unwrap(), "qrcodejumppublish");
}

#[test]
fn a_dry_run_shows_the_rule_and_the_request_and_changes_nothing() {
    let wechat = listing(1);
    let run = publish(&wechat, PREFIX).args(["--dry-run"]).expect(0);
    for text in [
        "1 (unpublished)",
        "qrcodejumppublish?access_token=***",
        r#"{"prefix":"https://h.cn/t/"}"#,
    ] {
        assert!(run.stdout.contains(text), "{text}: {}", run.stdout);
    }
    assert_eq!(wechat.calls(), ["qrcodejumpget"]);
}
