//! Each exit code, from the outside.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{FakeWeChat, Jumpqr, RULE_FLAGS, jumpqr};

fn add(base_url: &str) -> Jumpqr {
    jumpqr(["add", "--base-url", base_url])
        .args(RULE_FLAGS)
        .env("JUMPQR_ACCESS_TOKEN", "T")
}

fn answered(errcode: i64) -> FakeWeChat {
    FakeWeChat::start(move |_| json!({"errcode": errcode, "errmsg": ""}))
}

#[test]
fn refusals_are_4_and_wrong_credentials_6() {
    for (errcode, code) in [
        (85066, 4),
        (85071, 4),
        (61007, 4),
        (886_000, 4),
        (40001, 6),
        (40164, 4),
    ] {
        let wechat = answered(errcode);
        let run = add(wechat.base_url()).expect(code);
        assert!(run.stderr.contains(&errcode.to_string()), "{}", run.stderr);
    }
}

#[test]
fn a_server_that_is_not_there_is_5() {
    // A port that was free a moment ago may be another test's by now; on this one nobody listens.
    let run = add("http://127.0.0.1:1")
        .args(["--timeout", "0.3"])
        .expect(5);
    assert!(run.stderr.contains("error["), "{}", run.stderr);
}

#[test]
fn the_timeout_is_kept_and_an_unknown_outcome_is_5() {
    // It accepts connections and says nothing.
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
fn what_is_read_back_counts() {
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
        run.stdout.contains("read back, the change stands"),
        "{}",
        run.stdout
    );
}

#[test]
fn what_is_not_wechat_is_5() {
    // Of a proxy's own, which calling again does not fix: there is no waiting.
    let proxy = FakeWeChat::with_status("403 Forbidden", |_| Value::from("<html>"));
    let run = jumpqr(["get", "--base-url", proxy.base_url()])
        .env("JUMPQR_ACCESS_TOKEN", "T")
        .expect(5);
    assert!(
        run.stderr.contains("look at proxies") || run.stderr.contains("Look at proxies"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_base_url_that_would_show_the_token_is_3() {
    let run = add("http://h.cn").expect(3);
    assert!(run.stderr.contains("plain http"), "{}", run.stderr);
    let run = jumpqr(["get"])
        .env("JUMPQR_ACCESS_TOKEN", "T")
        .env("JUMPQR_BASE_URL", "ftp://h.cn")
        .expect(3);
    assert!(run.stderr.contains("base_url"), "{}", run.stderr);
}
