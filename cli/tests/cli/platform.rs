//! A third-party platform that calls for a merchant.

use std::fs;

use jumpqr_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::support::platform::{
    APPSECRET, NEXT_REFRESH_TOKEN, Platform, REFRESH_TOKEN, TICKET, TOKEN, platform_wechat,
};
use crate::support::{RULE_FLAGS, jumpqr};

#[test]
fn a_platform_adds_and_publishes_a_rule_for_its_merchant() {
    let sandbox = Sandbox::start().unwrap();
    let platform = Platform::of(&sandbox);
    let ticket = sandbox.component_verify_ticket(&platform.appid).unwrap();
    let refresh_token = sandbox
        .authorize(&platform.appid, &platform.merchant, None)
        .unwrap();

    platform.receive(ticket.expose(), refresh_token.expose());
    assert_eq!(sandbox.counters().token_calls, 0);
    platform
        .jumpqr(&[&["add"][..], &RULE_FLAGS].concat())
        .expect(0);
    platform
        .jumpqr(&["publish", "https://weixin.qq.com/qrcodejump"])
        .expect(0);
    assert_eq!(sandbox.rules(&platform.merchant).unwrap().len(), 1);
    // The platform's token and the merchant's, each once: the second command found them.
    assert_eq!(sandbox.counters().token_calls, 2);
}

#[test]
fn the_status_of_a_platform_and_its_merchant() {
    let wechat = platform_wechat();
    let platform = Platform::at(wechat.base_url());
    let of_platform = json!({"interface": "api_component_token", "appid": "wxplatform"});
    let of_merchant = json!({"interface": "api_authorizer_token", "appid": "wxmerchant"});
    let names =
        |status: &Value| json!({"interface": status["interface"], "appid": status["appid"]});

    let before = platform.statuses();
    assert_eq!(
        [names(&before[0]), names(&before[1])],
        [of_merchant, of_platform.clone()]
    );
    assert_eq!(before[0]["has_refresh_token"], false);
    assert_eq!(before[1]["verify_ticket_age"], Value::Null);
    let shown = platform.jumpqr(&["token", "status"]).expect(0).stdout;
    assert!(shown.contains("token set-verify-ticket"), "{shown}");

    platform.receive(TICKET, REFRESH_TOKEN);
    let after = platform.statuses();
    assert_eq!(after[0]["has_refresh_token"], true);
    assert_eq!(after[0]["state"], "missing");
    assert!(after[1]["verify_ticket_age"].as_u64().unwrap() < 600);

    platform.jumpqr(&["get"]).expect(0);
    let used = platform.statuses();
    assert_eq!(
        (&used[0]["state"], &used[1]["state"]),
        (&json!("valid"), &json!("valid"))
    );
    let shown = platform.jumpqr(&["token", "status"]).expect(0).everything();
    for secret in [APPSECRET, TICKET, REFRESH_TOKEN, NEXT_REFRESH_TOKEN, TOKEN] {
        assert!(!shown.contains(secret), "{shown}");
    }

    // Without a merchant, it is about the platform alone.
    let alone = platform
        .jumpqr(&["--json", "token", "status"])
        .env("JUMPQR_APPID", "")
        .expect(0)
        .json();
    assert_eq!(alone["tokens"].as_array().unwrap().len(), 1);
    assert_eq!(names(&alone["tokens"][0]), of_platform);
}

#[test]
fn what_was_handed_over_and_what_came_back_is_sent() {
    let wechat = platform_wechat();
    let platform = Platform::at(wechat.base_url());
    platform.receive(TICKET, REFRESH_TOKEN);
    platform.jumpqr(&["get"]).expect(0);
    assert_eq!(
        wechat.calls(),
        [
            "api_component_token",
            "api_authorizer_token",
            "qrcodejumpget"
        ]
    );
    let sent = wechat.received();
    let body = |index: usize| serde_json::from_str::<Value>(&sent[index].body).unwrap();
    assert_eq!(
        body(0),
        json!({"component_appid": "wxplatform", "component_appsecret": APPSECRET, "component_verify_ticket": TICKET})
    );
    assert_eq!(
        body(1),
        json!({"component_appid": "wxplatform", "authorizer_appid": "wxmerchant", "authorizer_refresh_token": REFRESH_TOKEN})
    );
    assert!(
        sent[1].target.contains("?access_token="),
        "{}",
        sent[1].target
    );

    // A new authorisation: its refresh token is in the place of the one before, and of the token that came with it.
    platform
        .jumpqr(&["token", "set-refresh-token"])
        .stdin("another")
        .expect(0);
    platform
        .jumpqr(&["get", "--component-token-field", "component_access_token"])
        .expect(0);
    let again = wechat.received()[3].clone();
    assert!(again.body.contains("another"), "{}", again.body);
    assert!(
        again.target.contains("?component_access_token="),
        "{}",
        again.target
    );
}

#[test]
fn files_and_flags_in_the_place_of_the_environment() {
    let wechat = platform_wechat();
    let platform = Platform::at(wechat.base_url());
    let folder = platform.home.path();
    let file = |name: &str, content: &str| {
        let path = folder.join(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let appsecret = file("appsecret", APPSECRET);
    let ticket = file("ticket", TICKET);
    let refresh_token = file("refresh_token", REFRESH_TOKEN);
    let run = |arguments: &[&str]| {
        let flags = [
            ("--component-appid", "wxplatform"),
            ("--component-appsecret-file", &appsecret),
            ("--account", "wxmerchant"),
            ("--base-url", &platform.base_url),
        ];
        // What the command line names goes before a token of the environment.
        jumpqr(arguments)
            .args(flags.iter().flat_map(|(name, value)| [name, value]))
            .home(folder)
            .env("JUMPQR_ACCESS_TOKEN", "another")
            .expect(0)
    };
    let kept = run(&[
        "--json",
        "token",
        "set-verify-ticket",
        "--ticket-file",
        &ticket,
    ])
    .json();
    assert_eq!(kept["component_appid"], "wxplatform");
    let kept = run(&[
        "--json",
        "token",
        "set-refresh-token",
        "--refresh-token-file",
        &refresh_token,
    ])
    .json();
    assert_eq!(kept["appid"], "wxmerchant");
    assert!(kept["store"].as_str().unwrap().starts_with("dir:"));
    run(&["get"]);
    let sent = wechat.received();
    assert!(sent[0].body.contains(TICKET) && sent[1].body.contains(REFRESH_TOKEN));
}

#[test]
fn which_credentials_go_before_which() {
    let wechat = platform_wechat();
    let platform = Platform::at(wechat.base_url());
    platform.receive(TICKET, REFRESH_TOKEN);
    let secret = platform.home.path().join("secret");
    fs::write(&secret, "s3cret").unwrap();
    let get = || platform.jumpqr(&["get"]).env("JUMPQR_SECRET", "s3cret");

    get().env("JUMPQR_ACCESS_TOKEN", TOKEN).expect(0);
    assert_eq!(wechat.calls(), ["qrcodejumpget"]);
    get().expect(0);
    assert_eq!(
        wechat.calls()[1..],
        [
            "api_component_token",
            "api_authorizer_token",
            "qrcodejumpget"
        ]
    );
    get().args(["--secret-file"]).args([&secret]).expect(0);
    assert_eq!(wechat.calls()[4..], ["stable_token", "qrcodejumpget"]);

    // A flag of the platform's goes before a token of the environment.
    let appsecret = platform.home.path().join("appsecret");
    fs::write(&appsecret, APPSECRET).unwrap();
    for (flag, value) in [
        ("--component-appid", "wxplatform"),
        ("--component-appsecret-file", appsecret.to_str().unwrap()),
    ] {
        get()
            .args([flag, value])
            .env("JUMPQR_ACCESS_TOKEN", "another")
            .expect(0);
        let last = wechat.received().pop().unwrap();
        assert!(last.target.ends_with(TOKEN), "{flag}: {}", last.target);
    }
}
