//! `jumpqr link` requests a link, and lists the links.

use serde_json::json;

use crate::support::{FakeWeChat, jumpqr};

#[test]
fn a_request_sends_both_switches() {
    for (flags, body) in [
        (
            &[][..],
            r#"{"appid":"wx1","notify_users":0,"show_profile":0}"#,
        ),
        (
            &["--notify-users", "--show-profile"],
            r#"{"appid":"wx1","notify_users":1,"show_profile":1}"#,
        ),
    ] {
        let wechat = FakeWeChat::start(|_| json!({"errcode": 0, "errmsg": "ok"}));
        let run = jumpqr(["link", "wx1", "--base-url", wechat.base_url()])
            .args(flags)
            .env("JUMPQR_ACCESS_TOKEN", "T")
            .expect(0);
        assert_eq!(wechat.calls(), ["wxamplink"]);
        assert_eq!(wechat.received()[0].body, body);
        assert!(
            run.stdout.contains("jumpqr link --status"),
            "{}",
            run.stdout
        );
    }
}

#[test]
fn status_lists_each_mini_program() {
    let wechat = FakeWeChat::start(|_| {
        json!({"errcode": 0, "wxopens": {"items": [
            {"appid": "wx1", "status": 1, "nickname": "Tables"},
            {"appid": "wx2", "status": 12},
            {"appid": "wx3", "status": 99},
        ]}})
    });
    let status = || {
        jumpqr(["link", "--status", "--base-url", wechat.base_url()])
            .env("JUMPQR_ACCESS_TOKEN", "T")
    };
    let run = status().expect(0);
    for text in [
        "wx1",
        "linked",
        "Tables",
        "awaits account admin",
        "not documented",
    ] {
        assert!(run.stdout.contains(text), "{text}: {}", run.stdout);
    }
    let object = status().args(["--json"]).expect(0).json();
    assert_eq!(
        object["items"][1],
        json!({"appid": "wx2", "status": "awaits_account_admin", "nickname": null})
    );
    assert_eq!(object["items"][2]["status"], json!(null));
}

#[test]
fn appid_and_status_exclude_each_other_and_one_is_needed() {
    jumpqr(["link"]).expect(2);
    jumpqr(["link", "wx1", "--status"]).expect(2);
}
