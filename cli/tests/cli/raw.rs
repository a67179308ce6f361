//! `jumpqr raw` calls any interface.

use jumpqr_sandbox::Sandbox;
use serde_json::json;

use crate::support::platform::{Platform, REFRESH_TOKEN, TICKET, TOKEN, platform_wechat};
use crate::support::{FakeWeChat, Jumpqr, jumpqr};

const PATH: &str = "/wxa/business/getuserphonenumber";

fn raw(wechat: &FakeWeChat, arguments: &[&str]) -> Jumpqr {
    jumpqr(["raw", "--base-url", wechat.base_url(), PATH])
        .args(arguments)
        .env("JUMPQR_ACCESS_TOKEN", "T")
}

#[test]
fn a_get_and_a_post_are_sent_as_given_and_the_json_is_printed() {
    let wechat = FakeWeChat::start(|_| json!({"errcode": 0, "a": ["店", "\u{202e}\u{9b}\n"]}));
    let printed = "{\"a\":[\"店\",\"\\u202e\\u009b\\n\"],\"errcode\":0}\n";
    let query = ["--query", "z=1&2=3", "--query", "a="];
    assert_eq!(raw(&wechat, &query).expect(0).stdout, printed);
    let body = "{\"z\": 1, \"a\": \"店\"}\n";
    let run = raw(&wechat, &["--body-file", "-"]).stdin(body).expect(0);
    assert_eq!(run.stdout, printed);
    let object = raw(&wechat, &["--json"]).expect(0).json();
    let members = json!({
        "ok": true,
        "command": "raw",
        "path": PATH,
        "answer": {"errcode": 0, "a": ["店", "\u{202e}\u{9b}\n"]},
    });
    assert_eq!(object, members);
    let sent: Vec<_> = wechat
        .received()
        .into_iter()
        .map(|request| (request.target, request.body))
        .collect();
    let target = format!("{PATH}?access_token=T");
    let expected = [
        (format!("{target}&z=1%262%3D3&a="), String::new()),
        (target.clone(), body.to_owned()),
        (target, String::new()),
    ];
    assert_eq!(sent, expected);
}

#[test]
fn a_refusal_and_a_lost_response_have_the_usual_exit_codes() {
    let wechat = FakeWeChat::start(
        |_| json!({"errcode": 48001, "errmsg": format!("api unauthorized: C0DE-1234 {TOKEN}")}),
    );
    let body = r#"{"code":"C0DE-1234"}"#;
    let run = raw(&wechat, &["--body-file", "-", "--json"])
        .env("JUMPQR_ACCESS_TOKEN", TOKEN)
        .stdin(body)
        .expect(4);
    let error = &run.json()["error"];
    assert_eq!(error["errcode"], 48001);
    assert_eq!(error["interface"], PATH);
    for secret in ["C0DE-1234", TOKEN] {
        assert!(!run.everything().contains(secret), "{run:?}");
    }

    let lost = FakeWeChat::with_status("502 Bad Gateway", |_| json!({}));
    let run = raw(&lost, &["--body-file", "-", "--json"]).stdin(body);
    let run = run.expect(5);
    assert_eq!(run.json()["error"]["outcome"], "unknown");
    assert_eq!(lost.calls().len(), 1);
    raw(&lost, &["--repeatable", "--max-retries", "1"]).expect(5);
    assert_eq!(lost.calls().len(), 3);
}

#[test]
fn a_wrong_argument_is_refused_before_there_are_credentials() {
    let path = |path| jumpqr(["raw", path]);
    for refused in [
        "https://evil.example.cn/",
        "/a?b=c",
        "/a/../b",
        "/cgi-bin/token",
    ] {
        let run = path(refused).expect(3);
        assert!(run.stderr.contains("path: "), "{run:?}");
    }
    for (query, code) in [("access_token=S3CRET", 3), ("a b=S3CRET", 3), ("S3CRET", 2)] {
        let run = path("/a").args(["--query", query]).expect(code);
        assert!(run.stderr.contains("query"), "{run:?}");
        assert!(!run.everything().contains("S3CRET"), "{run:?}");
    }
    for (body, code) in [(&b"a=S3CRET"[..], 3), (b"", 3), (b"\"S3CRET\xff\"", 2)] {
        let run = path("/a").args(["--body-file", "-"]).stdin(body);
        let run = run.expect(code);
        assert!(!run.everything().contains("S3CRET"), "{run:?}");
    }
    let long = path("/a").args(["--body-file", "-"]);
    long.stdin(vec![b' '; (4 << 20) + 1]).expect(2);
    path("/a").args(["--body-file", "missing.json"]).expect(2);
    path("/a").expect(6);
}

#[test]
fn the_platform_or_its_merchant_calls() {
    let wechat = platform_wechat();
    let platform = Platform::new(wechat.base_url());
    platform.store_credentials(TICKET, REFRESH_TOKEN);
    let run = platform.jumpqr(&["raw", PATH]).expect(0);
    assert_eq!(wechat.calls().last().unwrap(), "getuserphonenumber");
    assert!(wechat.calls().contains(&"api_authorizer_token".to_owned()));
    let own = ["raw", PATH, "--platform", "--component-token-field"];
    let own = platform.jumpqr(&own).args(["component_access_token"]);
    let own = own.expect(0);
    let sent = wechat.received();
    let target = &sent.last().unwrap().target;
    assert!(target.contains("?component_access_token="), "{target}");
    for run in [run, own] {
        for secret in [TOKEN, TICKET, REFRESH_TOKEN] {
            assert!(!run.everything().contains(secret), "{run:?}");
        }
    }
    // A platform needs no merchant for its own calls.
    let without = platform.jumpqr(&["raw", PATH, "--platform"]);
    without.env("JUMPQR_APPID", "").expect(0);
    let without = platform.jumpqr(&["raw", PATH]).env("JUMPQR_APPID", "");
    without.expect(6);
}

#[test]
fn the_sandbox_answers_but_has_no_ticket() {
    let run = jumpqr(["--sandbox", "raw", "/cgi-bin/wxopen/qrcodejumpget"]);
    let run = run.args(["--body-file", "-"]).stdin("{}").expect(0);
    assert!(run.stdout.contains("\"rule_list\":[]"), "{run:?}");
    let run = jumpqr(["--sandbox", "raw", "/a", "--platform"]).expect(2);
    assert!(run.stderr.contains("jumpqr sandbox"), "{run:?}");

    let sandbox = Sandbox::start().unwrap();
    let platform = Platform::in_sandbox(&sandbox);
    let path = "/cgi-bin/component/api_get_authorizer_list";
    let body = json!({"component_appid": platform.appid, "offset": 0, "count": 10});
    let list = || platform.jumpqr(&["--json", "raw", path, "--platform", "--body-file", "-"]);
    let run = list().stdin(body.to_string()).expect(6);
    let error = &run.json()["error"];
    assert_eq!(error["code"], "no_verify_ticket");
    let ticket = sandbox.verify_ticket(&platform.appid).unwrap();
    platform.store_credentials(ticket.expose(), REFRESH_TOKEN);
    let run = list().stdin(body.to_string()).expect(0);
    assert_eq!(run.json()["answer"]["total_count"], 1);
}
