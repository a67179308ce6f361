//! `jumpqr rid` shows a refused call, and explains the refusal.

use jumpqr_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::support::{FakeWeChat, Jumpqr, RULE_FLAGS, as_account, as_mini_program, jumpqr};

const RID: &str = "634bfc67-005fc671-503d9355";

/// Starts a WeChat that keeps this call.
fn keeping(request: Value) -> FakeWeChat {
    FakeWeChat::start(move |_| json!({"errcode": 0, "errmsg": "ok", "request": request.clone()}))
}

fn rid(wechat: &FakeWeChat, arguments: &[&str]) -> Jumpqr {
    jumpqr(["rid", "--base-url", wechat.base_url()])
        .args(arguments)
        .env("JUMPQR_ACCESS_TOKEN", "T0KEN-that-nobody-may-see")
}

#[test]
fn the_refusal_of_a_rule_is_explained_from_the_whole_errmsg() {
    let sandbox = Sandbox::start().unwrap();
    let add = [&["--json", "add"][..], &RULE_FLAGS].concat();
    as_mini_program(&sandbox, &add).expect(0);
    let refused = as_mini_program(&sandbox, &add).expect(4).json();
    let errmsg = refused["error"]["errmsg"].as_str().unwrap();
    let advice = refused["error"]["advice"].as_str().unwrap();
    assert!(
        advice.ends_with("With this command: `jumpqr add --edit`."),
        "{advice}"
    );
    let token = sandbox.access_token(&sandbox.mini_program().appid).unwrap();

    let run = as_mini_program(&sandbox, &["rid", errmsg]).expect(0);
    for text in [
        "called at  20",
        "took       1 ms",
        "from       127.0.0.1",
        "query      access_token=***",
        r#"request    {"prefix":"https://weixin.qq.com/qrcodejump","#,
        r#"response   {"errcode":85071,"#,
        "\n85071 prefix_exists\n",
        "retryable  false",
        // The advice is about this rule.
        "What to do: Modify the rule with is_edit 1. If it is published, only open_version,",
        "With this command: `jumpqr add --edit`.",
    ] {
        assert!(run.stdout.contains(text), "{text}: {}", run.stdout);
    }
    assert!(!run.everything().contains(token.expose()), "{run:?}");
}

#[test]
fn the_words_around_the_request_id_need_no_quotes() {
    let wechat = keeping(json!({"response_body": r#"{"errcode":85066,"errmsg":""}"#}));
    rid(&wechat, &["illegal", "prefix", "rid:", RID]).expect(0);
    assert_eq!(wechat.received()[0].body, format!(r#"{{"rid":"{RID}"}}"#));
}

#[test]
fn json_has_the_call_and_the_refusal() {
    let body = r#"{"prefix":"https://m.example.cn/a/b","path":"pages/a","open_version":1,"permit_sub_rule":1,"is_edit":0}"#;
    let wechat = keeping(json!({
        "invoke_time": 1_635_156_704, "cost_in_ms": 30, "request_url": "access_token=T0KEN&lang=zh",
        "request_body": body, "client_ip": "203.0.113.9",
        "response_body": format!(r#"{{"errcode":85069,"errmsg":"check confirm file fail rid: {RID}"}}"#),
    }));
    let object = rid(&wechat, &["--json", RID]).expect(0).json();
    assert_eq!(object["ok"], true);
    assert_eq!(object["command"], "rid");
    assert_eq!(object["rid"], RID);
    let request = &object["request"];
    assert_eq!(request["invoke_time"], 1_635_156_704);
    assert_eq!(request["request_url"], "access_token=***&lang=zh");
    assert_eq!(request["request_body"], body);
    let refusal = &object["refusal"];
    assert_eq!(refusal["errcode"], 85069);
    assert_eq!(refusal["code"], "verification_file_failed");
    assert_eq!(refusal["kind"], "state");
    let advice = refusal["advice"].as_str().unwrap();
    assert!(
        advice.contains("https://m.example.cn/a/FILE.txt"),
        "{advice}"
    );
}

#[test]
fn a_refusal_of_another_call_has_the_advice_of_the_code() {
    let wechat = keeping(json!({
        "request_body": r#"{"prefix":"https://m.example.cn/"}"#,
        "response_body": r#"{"errcode":886000,"errmsg":""}"#,
    }));
    let run = rid(&wechat, &[RID]).expect(0);
    let errcode = jumpqr(["errcode", "886000"]).expect(0);
    assert!(run.stdout.ends_with(&errcode.stdout), "{}", run.stdout);
}

#[test]
fn a_code_that_is_not_documented_and_a_success_are_shown_too() {
    let wechat = keeping(json!({"response_body": r#"{"errcode":99999,"errmsg":"odd"}"#}));
    let run = rid(&wechat, &[RID]).expect(0);
    assert!(run.stdout.contains("errcode 99999"), "{}", run.stdout);
    assert!(run.stdout.contains("What to do: "), "{}", run.stdout);
    for (response, words) in [
        (
            json!(r#"{"errcode":0}"#),
            "The response does not refuse the call.",
        ),
        (json!("cut {"), "The response does not refuse the call."),
        (json!(null), "WeChat has kept no response."),
    ] {
        let wechat = keeping(json!({"response_body": response}));
        let run = rid(&wechat, &[RID]).expect(0);
        assert!(run.stdout.contains(words), "{}", run.stdout);
        let object = rid(&wechat, &["--json", RID]).expect(0).json();
        assert_eq!(object["refusal"], json!(null));
    }
}

#[test]
fn what_was_sent_cannot_steer_the_terminal_and_any_time_is_shown_or_left_out() {
    for (time, shown) in [(0, true), (253_402_300_799_u64, true), (u64::MAX, false)] {
        let wechat = keeping(json!({
            "invoke_time": time, "request_body": "\u{1b}[2J\u{202e}",
            "response_body": "{\"errcode\":85066,\"errmsg\":\"\u{1b}[2J\"}",
        }));
        let run = rid(&wechat, &[RID]).expect(0);
        assert!(
            !run.stdout.contains(['\u{1b}', '\u{202e}']),
            "{}",
            run.stdout
        );
        assert_eq!(run.stdout.contains("called at"), shown, "{}", run.stdout);
    }
}

#[test]
fn a_text_without_one_request_id_is_wrong_usage_and_nothing_is_sent() {
    let wechat = keeping(json!({}));
    for (text, reason) in [
        (
            "illegal prefix",
            "there is no request id in `illegal prefix`",
        ),
        ("", "there is no request id"),
        ("634bfc67-005fc671", "three groups of 8 hex digits"),
        (
            "634bfc67-005fc671-503d9355 6385a099-716a0cba-20058893",
            "there are several request ids",
        ),
    ] {
        let run = rid(&wechat, &[text]).expect(2);
        assert!(run.stderr.contains(reason), "{}", run.stderr);
    }
    assert_eq!(wechat.calls(), [""; 0]);
}

#[test]
fn the_call_of_another_account_is_not_shown() {
    let sandbox = Sandbox::start().unwrap();
    let add = [&["--json", "add"][..], &RULE_FLAGS].concat();
    as_mini_program(&sandbox, &add).expect(0);
    let refused = as_mini_program(&sandbox, &add).expect(4).json();
    let rid = refused["error"]["rid"].as_str().unwrap();
    let other = sandbox.service_account();
    let run = as_account(&sandbox, &other, &["rid", rid]).expect(4);
    assert!(
        run.stderr.contains("error[rid_not_permitted]"),
        "{}",
        run.stderr
    );
    let run = as_mini_program(&sandbox, &["rid", RID]).expect(4);
    assert!(
        run.stderr.contains("error[rid_not_found]"),
        "{}",
        run.stderr
    );
    // The refusal of this call has a request id too, which explains nothing.
    assert!(!run.stderr.contains("jumpqr rid"), "{}", run.stderr);
}

#[test]
fn the_advice_names_the_command_if_the_request_may_be_wrong() {
    let advice = |errcode: i64, arguments: &[&str]| {
        let wechat = FakeWeChat::start(
            move |_| json!({"errcode": errcode, "errmsg": format!("x rid: {RID}")}),
        );
        let run = jumpqr(["add", "--json", "--max-retries", "0"])
            .args(RULE_FLAGS)
            .args(arguments)
            .args(["--base-url", wechat.base_url()])
            .env("JUMPQR_ACCESS_TOKEN", "T")
            .run();
        run.json()["error"]["advice"].as_str().unwrap().to_owned()
    };
    let named = format!("`jumpqr rid {RID}` shows what WeChat received.");
    for errcode in [40097, 47001, 85066, 99999] {
        let advice = advice(errcode, &[]);
        assert!(advice.ends_with(&named), "{errcode}: {advice}");
    }
    for errcode in [40001, 45009, 85069, 85071, 85072] {
        let advice = advice(errcode, &[]);
        assert!(!advice.contains("jumpqr rid"), "{errcode}: {advice}");
    }
    // The embedded sandbox is gone after the command.
    let run = jumpqr([
        "--sandbox",
        "add",
        "--prefix",
        "https://h.media/",
        "--path",
        "p",
    ])
    .args(["--open-version", "1", "--permit-sub-rule", "1"])
    .expect(4);
    assert!(run.stderr.contains("rid: "), "{}", run.stderr);
    assert!(!run.stderr.contains("jumpqr rid"), "{}", run.stderr);
}
