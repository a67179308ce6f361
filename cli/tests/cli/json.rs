//! `--json` prints exactly one object on standard output, for errors too.

use serde_json::{Value, json};

use crate::support::{FakeWeChat, RULE_FLAGS, jumpqr};

const ERROR_MEMBERS: [&str; 11] = [
    "advice",
    "code",
    "errcode",
    "errmsg",
    "interface",
    "kind",
    "message",
    "outcome",
    "retryable",
    "rid",
    "violations",
];

fn assert_error_shape(object: &Value) {
    assert_eq!(object["ok"], false);
    assert!(object["warnings"].is_array());
    let members: Vec<_> = object["error"].as_object().unwrap().keys().collect();
    assert_eq!(members, ERROR_MEMBERS);
    for text in ["kind", "code", "message", "advice", "outcome"] {
        assert!(
            !object["error"][text].as_str().unwrap().is_empty(),
            "{text}: {object}"
        );
    }
}

#[test]
fn a_success_has_the_rule_and_the_next_steps() {
    let wechat = FakeWeChat::start(|_| json!({"errcode": 0, "errmsg": "ok"}));
    let run = jumpqr(["--json", "add", "--base-url", wechat.base_url()])
        .args(RULE_FLAGS)
        .env("JUMPQR_ACCESS_TOKEN", "T")
        .expect(0);
    assert_eq!(run.stderr, "");
    let object = run.json();
    assert_eq!(object["ok"], true);
    assert_eq!(object["command"], "add");
    assert_eq!(
        object["rule"],
        json!({
            "prefix": "https://weixin.qq.com/qrcodejump",
            "path": "pages/index/index",
            "open_version": 1,
            "permit_sub_rule": 1,
        })
    );
    assert_eq!(object["is_edit"], 0);
    assert_eq!(object["warnings"], json!([]));
    assert_eq!(object["confirmation"], "answered");
    assert_eq!(object["sandbox"], false);
    let next = object["next"].to_string();
    assert!(
        next.contains("jumpqr publish https://weixin.qq.com/qrcodejump"),
        "{next}"
    );
    // Outside the sandbox, WeChat has just read the verification file.
    assert!(!next.contains("FILE.txt"), "{next}");
}

#[test]
fn a_refusal_has_the_errcode_and_the_warnings() {
    let wechat = FakeWeChat::start(
        |_| json!({"errcode": 85066, "errmsg": "illegal prefix rid: 62fc8ac7-03b681a5-0d79ee27"}),
    );
    let run = jumpqr(["add", "--json", "--base-url", wechat.base_url(), "-"])
        .env("JUMPQR_ACCESS_TOKEN", "T")
        .stdin(
            r#"{"prefix":"https://h.cn/a?n=惠","path":"p","open_version":2,"permit_sub_rule":2}"#,
        )
        .expect(4);
    assert_eq!(run.stderr, "");
    let object = run.json();
    assert_error_shape(&object);
    let error = &object["error"];
    assert_eq!(error["kind"], "invalid");
    assert_eq!(error["code"], "illegal_prefix");
    assert_eq!(error["interface"], "addJumpQRCode");
    assert_eq!(error["errcode"], 85066);
    assert_eq!(
        error["errmsg"],
        "illegal prefix rid: 62fc8ac7-03b681a5-0d79ee27"
    );
    assert_eq!(error["rid"], "62fc8ac7-03b681a5-0d79ee27");
    assert_eq!(error["retryable"], false);
    assert_eq!(error["outcome"], "not_applied");
    // The warning is the likely cause of the refusal.
    assert_eq!(object["warnings"][0]["code"], "non_ascii_query");
}

#[test]
fn an_invalid_rule_has_its_violations() {
    let object = jumpqr(["--json", "add", "--prefix", "ftp://h", "--path", ""])
        .expect(3)
        .json();
    assert_error_shape(&object);
    assert_eq!(object["error"]["code"], "invalid_request");
    let violations = object["error"]["violations"].as_array().unwrap();
    assert_eq!(violations.len(), 4);
    for violation in violations {
        let members: Vec<_> = violation.as_object().unwrap().keys().collect();
        assert_eq!(members, ["code", "field", "message"]);
    }
}

#[test]
fn a_usage_error_is_an_object() {
    for arguments in [
        &["--json"][..],
        &["--json", "nonsense"],
        &["nonsense", "--json"],
        &["--json", "add"],
        &["--json", "add", "--nonsense"],
        &["--json", "add", "no-such-file"],
        &["--json", "add", "rule.json", "--prefix", "x"],
        &["--json", "publish"],
        &["--json", "--timeout", "soon", "get"],
        &["--sandbox", "get", "--json", "--base-url", "https://h.cn"],
    ] {
        let run = jumpqr(arguments).expect(2);
        assert_eq!(run.stderr, "", "{arguments:?}");
        assert_error_shape(&run.json());
    }
}

#[test]
fn json_after_two_dashes_is_not_the_option() {
    let run = jumpqr(["publish", "--", "--json", "one too many"]).expect(2);
    assert_eq!(run.stdout, "");
}
