//! `jumpqr token set-…`, and the calls of a third-party platform. No secret is ever printed.

use std::fs;

use jumpqr_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::support::platform::{
    APPSECRET, NEXT_REFRESH_TOKEN, Platform, REFRESH_TOKEN, TICKET, TOKEN, platform_wechat,
};
use crate::support::{FakeWeChat, RULE_FLAGS, jumpqr};

#[test]
fn a_missing_credential_is_named() {
    let platform = Platform::new("http://127.0.0.1:1");
    let set_ticket = ["token", "set-verify-ticket"];
    for (arguments, absent, named) in [
        (&["get"][..], "JUMPQR_APPID", "no merchant"),
        (&["get"], "JUMPQR_COMPONENT_APPID", "is missing"),
        (&["get"], "JUMPQR_COMPONENT_APPSECRET", "is missing"),
        (&set_ticket, "JUMPQR_COMPONENT_APPSECRET", "is missing"),
        (
            &["token", "set-refresh-token"],
            "JUMPQR_APPID",
            "no merchant",
        ),
    ] {
        let run = platform
            .jumpqr(arguments)
            .env(absent, "")
            .stdin("T")
            .expect(6);
        assert!(
            run.stderr.contains(named) && run.stderr.contains(absent),
            "{}",
            run.stderr
        );
    }
    let run = jumpqr(set_ticket).stdin("T").expect(6);
    assert!(
        run.stderr.contains("JUMPQR_COMPONENT_APPID: is missing"),
        "{}",
        run.stderr
    );
    // Standard input is empty.
    platform.jumpqr(&set_ticket).expect(3);
    assert_eq!(platform.statuses()[1]["verify_ticket_age"], Value::Null);
}

#[test]
fn without_a_ticket_the_advice_names_the_commands_that_bring_one() {
    let wechat = platform_wechat();
    let platform = Platform::new(wechat.base_url());
    let run = platform.jumpqr(&["get"]).expect(6);
    assert!(run.stderr.contains("no_verify_ticket"), "{}", run.stderr);
    for command in [
        "push handle",
        "token push-ticket",
        "token set-verify-ticket",
    ] {
        assert!(run.stderr.contains(command), "{}", run.stderr);
    }
    assert!(wechat.calls().is_empty());
}

#[test]
fn a_platform_needs_a_store_that_outlives_the_command() {
    let wechat = platform_wechat();
    let platform = Platform::new(wechat.base_url());
    for arguments in [&["get"][..], &["token", "set-verify-ticket"]] {
        let run = platform
            .jumpqr(arguments)
            .env("JUMPQR_TOKEN_STORE", "memory:")
            .stdin(TICKET)
            .expect(3);
        assert!(
            run.stderr.contains("JUMPQR_TOKEN_STORE: loses"),
            "{}",
            run.stderr
        );
    }
    // Unlike an account, a platform does not fall back to memory.
    let file = platform.home.path().join("file");
    fs::write(&file, "").unwrap();
    platform.jumpqr(&["get"]).home(&file).expect(6);
    for command in ["set-verify-ticket", "set-refresh-token"] {
        jumpqr(["--sandbox", "token", command])
            .stdin(TICKET)
            .expect(2);
    }
    assert!(wechat.calls().is_empty());
}

#[test]
fn a_secret_as_an_argument_is_refused_and_not_printed() {
    let platform = Platform::new("http://127.0.0.1:1");
    for command in ["set-verify-ticket", "set-refresh-token"] {
        for flags in [&[][..], &["--json"]] {
            for arguments in [&[TICKET][..], &[TICKET, "more"], &["--", TICKET]] {
                let run = platform
                    .jumpqr(&["token", command])
                    .args(flags)
                    .args(arguments)
                    .expect(2);
                let printed = run.everything();
                assert!(printed.contains("standard input"), "{printed}");
                assert!(!printed.contains(TICKET), "{printed}");
            }
        }
    }
    let run = platform
        .jumpqr(&["token", "set-verify-ticket"])
        .args(["--component-appsecret-file", "-"])
        .expect(2);
    assert!(run.stderr.contains("only one argument"), "{}", run.stderr);
}

#[test]
fn an_echoed_secret_is_never_printed() {
    // Each case refuses another call, and repeats the whole request in the errmsg.
    for (refusing, errcode) in [
        ("api_component_token", 61006),
        ("api_authorizer_token", 61003),
        ("qrcodejumpget", 61007),
    ] {
        let wechat = FakeWeChat::start(move |request| {
            if request.name == refusing {
                let sent = format!("no: {} {}", request.target, request.body);
                return json!({"errcode": errcode, "errmsg": sent});
            }
            match request.name.as_str() {
                "api_component_token" => {
                    json!({"component_access_token": TOKEN, "expires_in": 7200})
                }
                _ => json!({
                    "authorizer_access_token": TOKEN,
                    "expires_in": 7200,
                    "authorizer_refresh_token": NEXT_REFRESH_TOKEN,
                }),
            }
        });
        let platform = Platform::new(wechat.base_url());
        platform.store_credentials(TICKET, REFRESH_TOKEN);
        for arguments in [&["get"][..], &["--json", "get"], &["token", "status"]] {
            let run = platform.jumpqr(arguments).run();
            assert_eq!(run.code == 0, arguments[0] == "token", "{run:?}");
            let printed = run.everything();
            for secret in [APPSECRET, TICKET, REFRESH_TOKEN, NEXT_REFRESH_TOKEN, TOKEN] {
                assert!(!printed.contains(secret), "{refusing}: {printed}");
            }
        }
    }
}

#[test]
fn a_wrong_ticket_or_refresh_token_is_refused_and_the_stored_one_stays() {
    let wechat = platform_wechat();
    let platform = Platform::new(wechat.base_url());
    platform.store_credentials(TICKET, REFRESH_TOKEN);
    let ciphertext = "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5";
    for (command, text, expected) in [
        ("set-verify-ticket", ciphertext, "begins with `ticket@@@`"),
        (
            "set-verify-ticket",
            REFRESH_TOKEN,
            "begins with `ticket@@@`",
        ),
        (
            "set-refresh-token",
            ciphertext,
            "begins with `refreshtoken@@@`",
        ),
        ("set-refresh-token", "queryauthcode@@@C1", "api_query_auth"),
    ] {
        for flags in [&[][..], &["--json"]] {
            let run = platform
                .jumpqr(&["token", command])
                .args(flags)
                .stdin(text)
                .expect(3);
            let printed = run.everything();
            assert!(printed.contains(expected), "{printed}");
            assert!(!printed.contains(text), "{printed}");
        }
    }
    platform.jumpqr(&["get"]).expect(0);
    let sent = wechat.received();
    assert!(sent[0].body.contains(TICKET));
    assert!(sent[1].body.contains(REFRESH_TOKEN));
}

#[test]
fn a_refresh_token_that_cannot_be_stored_is_an_error_with_a_warning() {
    let home = tempfile::TempDir::new().unwrap();
    let folder = home.path().join("tokens");
    let inside = folder.clone();
    let wechat = FakeWeChat::start(move |request| {
        if request.name == "api_component_token" {
            return json!({"component_access_token": TOKEN, "expires_in": 7200});
        }
        // From now on, the merchant's file cannot be replaced: a folder has the temporary name.
        for entry in fs::read_dir(&inside).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy();
            if name.starts_with("api_authorizer_token") {
                let obstacle = path.with_extension("new");
                if !obstacle.exists() {
                    fs::create_dir(obstacle).unwrap();
                }
            }
        }
        json!({
            "authorizer_access_token": TOKEN,
            "expires_in": 7200,
            "authorizer_refresh_token": NEXT_REFRESH_TOKEN,
        })
    });
    let platform = Platform::new(wechat.base_url());
    let store = format!("dir:{}", folder.display());
    for (command, text) in [
        ("set-verify-ticket", TICKET),
        ("set-refresh-token", REFRESH_TOKEN),
    ] {
        let arguments = ["token", command, "--token-store", &store];
        platform.jumpqr(&arguments).stdin(text).expect(0);
    }
    let run = platform
        .jumpqr(&["get", "--token-store", &store, "--timeout", "1"])
        .expect(6);
    assert!(run.stderr.contains("could not be stored"), "{}", run.stderr);
    let warning = run.stderr.lines().find(|line| line.starts_with("warning:"));
    let warning = warning.unwrap_or_else(|| panic!("{}", run.stderr));
    assert!(warning.contains("list of merchants"), "{warning}");
    assert!(!run.everything().contains(NEXT_REFRESH_TOKEN));
}

#[test]
fn a_platform_adds_and_publishes_a_rule_for_its_merchant() {
    let sandbox = Sandbox::start().unwrap();
    let platform = Platform::in_sandbox(&sandbox);
    let ticket = sandbox.verify_ticket(&platform.appid).unwrap();
    let refresh_token = sandbox
        .authorize(&platform.appid, &platform.merchant, None)
        .unwrap();

    platform.store_credentials(ticket.expose(), refresh_token.expose());
    assert_eq!(sandbox.counters().token_calls, 0);
    platform
        .jumpqr(&[&["add"][..], &RULE_FLAGS].concat())
        .expect(0);
    platform
        .jumpqr(&["publish", "https://weixin.qq.com/qrcodejump"])
        .expect(0);
    assert_eq!(sandbox.rules(&platform.merchant).unwrap().len(), 1);
    // One call for the platform's token and one for the merchant's. The second command reused both.
    assert_eq!(sandbox.counters().token_calls, 2);
}

#[test]
fn the_stored_ticket_and_refresh_tokens_are_sent() {
    let wechat = platform_wechat();
    let platform = Platform::new(wechat.base_url());
    platform.store_credentials(TICKET, REFRESH_TOKEN);
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
        json!({
            "component_appid": "wxplatform",
            "component_appsecret": APPSECRET,
            "component_verify_ticket": TICKET,
        })
    );
    assert_eq!(
        body(1),
        json!({
            "component_appid": "wxplatform",
            "authorizer_appid": "wxmerchant",
            "authorizer_refresh_token": REFRESH_TOKEN,
        })
    );
    assert!(
        sent[1].target.contains("?access_token="),
        "{}",
        sent[1].target
    );

    // A new authorisation replaces the refresh token, and the access token fetched with it.
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
