//! `jumpqr delete` looks the rule up, asks, deletes it, and reads back.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::support::{FakeWeChat, Jumpqr, jumpqr, run_on_terminal};

const PREFIX: &str = "https://h.cn/t/";

fn delete(wechat: &FakeWeChat) -> Jumpqr {
    jumpqr(["delete", PREFIX, "--base-url", wechat.base_url()]).env("JUMPQR_ACCESS_TOKEN", "T")
}

/// Starts a WeChat that answers ok to every delete. It lists `before` until the first delete, then
/// `after`.
fn answering(before: Value, after: Value) -> FakeWeChat {
    let deleted = AtomicBool::new(false);
    FakeWeChat::start(move |request| match request.name.as_str() {
        "qrcodejumpdelete" => {
            deleted.store(true, Ordering::SeqCst);
            json!({"errcode": 0, "errmsg": "ok"})
        }
        _ if deleted.load(Ordering::SeqCst) => after.clone(),
        _ => before.clone(),
    })
}

fn listing(rules: impl Into<Value>) -> Value {
    json!({"errcode": 0, "rule_list": rules.into()})
}

fn unpublished() -> Value {
    listing(json!([{"prefix": PREFIX, "path": "pages/t", "state": 1}]))
}

fn published() -> Value {
    listing(json!([{"prefix": PREFIX, "path": "pages/t", "state": 2}]))
}

#[test]
fn a_deleted_rule_is_read_back() {
    let wechat = answering(unpublished(), listing(json!([{"prefix": "https://h.cn/"}])));
    let run = delete(&wechat).expect(0);
    assert!(
        run.stdout.contains("Read back: the rule is gone."),
        "{}",
        run.stdout
    );
    assert_eq!(
        wechat.calls(),
        ["qrcodejumpget", "qrcodejumpdelete", "qrcodejumpget"]
    );
    assert_eq!(wechat.received()[1].body, r#"{"prefix":"https://h.cn/t/"}"#);
}

#[test]
fn a_mistyped_prefix_deletes_nothing_and_the_similar_rule_is_named() {
    let wechat = answering(published(), listing(json!([])));
    let command = |more: &[&str]| {
        jumpqr(["delete", "https://h.cn/t", "--base-url", wechat.base_url()])
            .args(more)
            .env("JUMPQR_ACCESS_TOKEN", "T")
    };
    let run = command(&[]).expect(4);
    assert!(
        run.stderr
            .contains("there is no rule https://h.cn/t; did you mean https://h.cn/t/?"),
        "{}",
        run.stderr
    );
    let object = command(&["--json"]).expect(4).json();
    let error = &object["error"];
    assert_eq!(error["code"], "no_such_rule");
    assert_eq!(error["kind"], "state");
    assert_eq!(error["interface"], "deleteJumpQRCode");
    assert_eq!(error["outcome"], "not_applied");
    assert_eq!(error["retryable"], false);
    command(&["--yes"]).expect(4);
    command(&["--dry-run"]).expect(4);
    assert!(
        wechat.calls().iter().all(|name| name == "qrcodejumpget"),
        "{:?}",
        wechat.calls()
    );
}

#[test]
fn no_validate_skips_the_lookup() {
    let wechat = answering(listing(json!([])), listing(json!([])));
    delete(&wechat).args(["--no-validate"]).expect(0);
    assert_eq!(wechat.calls(), ["qrcodejumpdelete", "qrcodejumpget"]);
}

#[test]
fn a_rule_that_is_still_listed_is_an_error() {
    let wechat = answering(published(), published());
    let run = delete(&wechat).expect(4);
    assert!(run.stderr.contains("still lists it"), "{}", run.stderr);
    let object = delete(&wechat).args(["--json"]).expect(4).json();
    assert_eq!(object["error"]["kind"], "state");
    assert_eq!(object["error"]["code"], "deleted_rule_still_listed");
}

#[test]
fn a_rule_that_cannot_be_looked_up_is_not_deleted() {
    let refusal = json!({"errcode": 61007, "errmsg": ""});
    let wechat = answering(refusal.clone(), refusal);
    let object = delete(&wechat).args(["--json"]).expect(4).json();
    assert_eq!(object["error"]["errcode"], 61007);
    assert_eq!(object["error"]["interface"], "getJumpQRCode");
    assert_eq!(wechat.calls(), ["qrcodejumpget"]);
}

#[test]
fn a_rule_that_cannot_be_read_back_is_reported_as_unverified() {
    for listed in [
        json!({"errcode": 61007, "errmsg": ""}),
        json!({"errcode": 0, "errmsg": "ok"}),
        json!({"errcode": 0, "rule_list": null}),
    ] {
        let wechat = answering(unpublished(), listed);
        let object = delete(&wechat).args(["--json"]).expect(0).json();
        assert_eq!(object["verified_gone"], false);
    }
    // Such a list does not say before the delete that the rule is missing, so the delete is sent.
    let unclear = json!({"errcode": 0, "rule_list": null});
    let wechat = answering(unclear.clone(), unclear);
    let run = delete(&wechat).expect(0);
    assert!(run.stdout.contains("Not read back"), "{}", run.stdout);
}

#[test]
fn a_service_account_rule_is_named_by_appid_and_prefix() {
    let wechat = answering(published(), listing(json!([])));
    delete(&wechat).args(["--appid", "wx1"]).expect(0);
    let bodies: Vec<_> = wechat
        .received()
        .into_iter()
        .map(|request| request.body)
        .collect();
    let look_up = r#"{"appid":"wx1","get_type":1,"prefix_list":["https://h.cn/t/"]}"#;
    assert_eq!(
        bodies,
        [
            look_up,
            r#"{"appid":"wx1","prefix":"https://h.cn/t/"}"#,
            look_up,
        ]
    );
}

#[test]
fn the_similar_rule_is_searched_among_all_rules_of_the_service_account() {
    let wechat = FakeWeChat::start(|request| {
        let is_by_prefix = request.body.contains("prefix_list");
        let rules = json!([{"prefix": "http://weixin.qq.com/q/kZgfwMTm72W", "state": 1}]);
        listing(if is_by_prefix { json!([]) } else { rules })
    });
    let run = jumpqr(["delete", "https://weixin.qq.com/q/kZgfwMTm72W"])
        .args(["--appid", "wx1", "--base-url", wechat.base_url()])
        .env("JUMPQR_ACCESS_TOKEN", "T")
        .expect(4);
    assert!(
        run.stderr
            .contains("did you mean http://weixin.qq.com/q/kZgfwMTm72W?"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_dry_run_shows_the_rule_and_the_request_and_changes_nothing() {
    let wechat = answering(published(), listing(json!([])));
    let run = delete(&wechat).args(["--dry-run"]).expect(0);
    assert!(run.stderr.contains("nothing was changed"), "{}", run.stderr);
    for text in [
        "pages/t",
        "2 (published)",
        r#"{"prefix":"https://h.cn/t/"}"#,
    ] {
        assert!(run.stdout.contains(text), "{text}: {}", run.stdout);
    }
    let url = format!(
        "POST {}/cgi-bin/wxopen/qrcodejumpdelete?access_token=***",
        wechat.base_url()
    );
    assert!(run.stdout.contains(&url), "{}", run.stdout);
    let object = delete(&wechat)
        .args(["--dry-run", "--json"])
        .expect(0)
        .json();
    assert_eq!(object["dry_run"], true);
    assert_eq!(object["rule"]["state"], 2);
    assert_eq!(object["request"]["body"], r#"{"prefix":"https://h.cn/t/"}"#);
    assert_eq!(wechat.calls(), ["qrcodejumpget", "qrcodejumpget"]);
}

#[test]
fn a_dry_run_without_lookup_needs_no_credentials() {
    let run = jumpqr(["delete", PREFIX, "--dry-run", "--no-validate"]).expect(0);
    assert_eq!(
        run.stdout,
        "POST https://api.weixin.qq.com/cgi-bin/wxopen/qrcodejumpdelete?access_token=***\n\n\
         {\"prefix\":\"https://h.cn/t/\"}\n"
    );
}

/// Deletes the rule on a terminal and types `line`. Returns the exit code and the output.
fn delete_on_terminal(wechat: &FakeWeChat, more: &str, line: &str) -> (Option<i32>, String) {
    let arguments = ["delete", PREFIX, "--base-url", wechat.base_url(), more];
    run_on_terminal(&arguments, &[("JUMPQR_ACCESS_TOKEN", "T")], line)
}

#[test]
fn on_a_terminal_a_published_rule_is_deleted_only_after_yes() {
    let wechat = answering(published(), listing(json!([])));
    for line in ["n\n", "\n"] {
        let (exit, printed) = delete_on_terminal(&wechat, "", line);
        assert_eq!(exit, Some(4), "{printed}");
        assert!(printed.contains("Delete it? [y/N]"), "{printed}");
        assert!(printed.contains("nothing was changed"), "{printed}");
    }
    assert!(!wechat.calls().contains(&"qrcodejumpdelete".to_owned()));
    let (exit, printed) = delete_on_terminal(&wechat, "", "y\n");
    assert_eq!(exit, Some(0), "{printed}");
    assert!(printed.contains("the rule is gone"), "{printed}");
}

#[test]
fn on_a_terminal_yes_or_an_unpublished_rule_needs_no_answer() {
    for (before, more) in [(published(), "--yes"), (unpublished(), "")] {
        let wechat = answering(before, listing(json!([])));
        let (exit, printed) = delete_on_terminal(&wechat, more, "");
        assert_eq!(exit, Some(0), "{printed}");
        assert!(!printed.contains("[y/N]"), "{printed}");
    }
}
