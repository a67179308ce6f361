//! `jumpqr delete`, and the rule that WeChat says is deleted and keeps.

use serde_json::{Value, json};

use crate::support::{FakeWeChat, Jumpqr, jumpqr};

const PREFIX: &str = "https://h.cn/t/";

fn delete(wechat: &FakeWeChat) -> Jumpqr {
    jumpqr(["delete", PREFIX, "--base-url", wechat.base_url()]).env("JUMPQR_ACCESS_TOKEN", "T")
}

/// A WeChat that says ok to every delete, and answers a list with `listed`.
fn answering(listed: Value) -> FakeWeChat {
    FakeWeChat::start(move |request| match request.name.as_str() {
        "qrcodejumpdelete" => json!({"errcode": 0, "errmsg": "ok"}),
        _ => listed.clone(),
    })
}

#[test]
fn a_rule_that_is_gone() {
    let wechat = answering(json!({"errcode": 0, "rule_list": [{"prefix": "https://h.cn/"}]}));
    let run = delete(&wechat).expect(0);
    assert!(
        run.stdout.contains("Read back: the rule is gone."),
        "{}",
        run.stdout
    );
    assert_eq!(wechat.calls(), ["qrcodejumpdelete", "qrcodejumpget"]);
    assert_eq!(wechat.received()[0].body, r#"{"prefix":"https://h.cn/t/"}"#);
}

#[test]
fn a_rule_that_still_stands() {
    let wechat = answering(json!({"errcode": 0, "rule_list": [{"prefix": PREFIX, "state": 2}]}));
    let run = delete(&wechat).expect(4);
    assert!(run.stderr.contains("lists it still"), "{}", run.stderr);
    let object = delete(&wechat).args(["--json"]).expect(4).json();
    assert_eq!(object["error"]["kind"], "state");
    assert_eq!(object["error"]["code"], "deleted_rule_stands");
}

#[test]
fn a_rule_that_cannot_be_read_back() {
    for listed in [
        json!({"errcode": 61007, "errmsg": ""}),
        json!({"errcode": 0, "errmsg": "ok"}),
        json!({"errcode": 0, "rule_list": null}),
    ] {
        let wechat = answering(listed);
        let run = delete(&wechat).expect(0);
        assert!(run.stdout.contains("Not read back"), "{}", run.stdout);
        let object = delete(&wechat).args(["--json"]).expect(0).json();
        assert_eq!(object["verified_gone"], false);
    }
}

#[test]
fn a_service_account_rule_is_named_by_both() {
    let wechat = answering(json!({"errcode": 0, "rule_list": []}));
    delete(&wechat).args(["--appid", "wx1"]).expect(0);
    let bodies: Vec<_> = wechat
        .received()
        .into_iter()
        .map(|request| request.body)
        .collect();
    assert_eq!(
        bodies,
        [
            r#"{"appid":"wx1","prefix":"https://h.cn/t/"}"#,
            r#"{"appid":"wx1","get_type":1,"prefix_list":["https://h.cn/t/"]}"#,
        ]
    );
}
