//! The rule that `jumpqr publish` and `jumpqr delete` name.

use serde_json::json;

use crate::support::{FakeWeChat, jumpqr};

#[test]
fn an_empty_prefix_is_refused() {
    for command in ["publish", "delete"] {
        let run = jumpqr([command, ""]).expect(3);
        assert!(run.stderr.contains("prefix: is empty"), "{}", run.stderr);
    }
}

#[test]
fn a_refusal_is_printed_with_the_warnings() {
    let wechat = FakeWeChat::start(|_| json!({"errcode": 40166, "errmsg": "invalid appid"}));
    for command in ["publish", "delete"] {
        let run = jumpqr([command, "http://weixin.qq.com/q/a", "--appid", "gh_1"])
            .args(["--base-url", wechat.base_url()])
            .env("JUMPQR_ACCESS_TOKEN", "T")
            .expect(4);
        assert!(
            run.stderr.contains("appid: does not begin with `wx`"),
            "{}",
            run.stderr
        );
    }
}
