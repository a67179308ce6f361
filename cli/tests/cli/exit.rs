//! The exit code of each kind of failure.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{FakeWeChat, Jumpqr, RULE_FLAGS, jumpqr};

fn add(base_url: &str) -> Jumpqr {
    jumpqr(["add", "--base-url", base_url])
        .args(RULE_FLAGS)
        .env("JUMPQR_ACCESS_TOKEN", "T")
}

fn refusing(errcode: i64) -> FakeWeChat {
    FakeWeChat::start(move |_| json!({"errcode": errcode, "errmsg": ""}))
}

#[test]
fn a_refusal_exits_with_4_and_wrong_credentials_with_6() {
    for (errcode, code) in [
        (85066, 4),
        (85071, 4),
        (61007, 4),
        (886_000, 4),
        (40001, 6),
        (40164, 4),
    ] {
        let wechat = refusing(errcode);
        let run = add(wechat.base_url()).expect(code);
        assert!(run.stderr.contains(&errcode.to_string()), "{}", run.stderr);
    }
}

#[test]
fn a_missing_server_exits_with_5() {
    // Nobody listens on port 1. A port that was free a moment ago may be taken by another test.
    let run = add("http://127.0.0.1:1")
        .args(["--timeout", "0.3"])
        .expect(5);
    assert!(run.stderr.contains("error["), "{}", run.stderr);
}

#[test]
fn an_unknown_outcome_after_the_timeout_exits_with_5() {
    // Accepts connections but never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", silent.local_addr().unwrap());
    let started = Instant::now();
    let object = add(&base_url)
        .args(["--timeout", "1.5", "--json"])
        .expect(5)
        .json();
    assert!(
        started.elapsed() < Duration::from_secs(10),
        "the default is 30 s"
    );
    assert_eq!(object["error"]["kind"], "timeout");
    assert_eq!(object["error"]["outcome"], "unknown");
    let run = add(&base_url).args(["--timeout", "1.5"]).expect(5);
    assert!(run.stderr.contains("outcome: unknown"), "{}", run.stderr);
}

#[test]
fn a_change_that_is_read_back_exits_with_0() {
    let listed = json!([{
        "prefix": "https://weixin.qq.com/qrcodejump", "path": "pages/index/index", "state": 1,
        "open_version": 1, "permit_sub_rule": 1, "debug_url": [],
    }]);
    let wechat = FakeWeChat::start(move |request| match request.name.as_str() {
        "qrcodejumpget" => json!({"errcode": 0, "rule_list": listed}),
        _ => json!({"errcode": -1, "errmsg": "system error"}),
    });
    let run = add(wechat.base_url()).expect(0);
    assert!(
        run.stdout.contains("the change was read back"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_response_of_a_proxy_exits_with_5() {
    // Not retryable, so the test does not wait for retries.
    let proxy = FakeWeChat::with_status("403 Forbidden", |_| Value::from("<html>"));
    let run = jumpqr(["get", "--base-url", proxy.base_url()])
        .env("JUMPQR_ACCESS_TOKEN", "T")
        .expect(5);
    assert!(
        run.stderr.contains("check the proxies on the way"),
        "{}",
        run.stderr
    );
}

#[test]
fn an_unsafe_base_url_exits_with_3() {
    let run = add("http://h.cn").expect(3);
    assert!(run.stderr.contains("plain http"), "{}", run.stderr);
    let run = jumpqr(["get"])
        .env("JUMPQR_ACCESS_TOKEN", "T")
        .env("JUMPQR_BASE_URL", "ftp://h.cn")
        .expect(3);
    assert!(run.stderr.contains("JUMPQR_BASE_URL: "), "{}", run.stderr);
}
