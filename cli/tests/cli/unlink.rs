//! `jumpqr unlink` requests the end of a link.

use serde_json::json;

use crate::support::{FakeWeChat, jumpqr};

#[test]
fn the_appid_is_sent_and_the_next_step_shown() {
    let wechat = FakeWeChat::start(|_| json!({"errcode": 0, "errmsg": "ok"}));
    let unlink = || {
        jumpqr(["unlink", "wx1", "--base-url", wechat.base_url()]).env("JUMPQR_ACCESS_TOKEN", "T")
    };
    let run = unlink().expect(0);
    assert_eq!(wechat.calls(), ["wxampunlink"]);
    assert_eq!(wechat.received()[0].body, r#"{"appid":"wx1"}"#);
    assert!(
        run.stdout.contains("jumpqr link --status"),
        "{}",
        run.stdout
    );
    let object = unlink().args(["--json"]).expect(0).json();
    assert_eq!(object["confirmation"], "answered");
}

#[test]
fn an_appid_is_needed() {
    jumpqr(["unlink"]).expect(2);
}
