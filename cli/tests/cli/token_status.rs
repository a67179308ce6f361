//! `jumpqr token status` shows the state of tokens, but never a token.

use jumpqr_sandbox::Sandbox;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::platform::{
    APPSECRET, NEXT_REFRESH_TOKEN, Platform, REFRESH_TOKEN, TICKET, TOKEN, platform_wechat,
};
use crate::support::{FakeWeChat, Jumpqr, jumpqr};

/// A sandbox, and the home folder in which the command stores the tokens of its Mini Program.
struct Account {
    sandbox: Sandbox,
    home: TempDir,
}

impl Account {
    fn new() -> Self {
        Self {
            sandbox: Sandbox::start().unwrap(),
            home: TempDir::new().unwrap(),
        }
    }

    fn jumpqr(&self, arguments: &[&str]) -> Jumpqr {
        let account = self.sandbox.mini_program();
        jumpqr(arguments)
            .home(self.home.path())
            .env("JUMPQR_BASE_URL", self.sandbox.base_url())
            .env("JUMPQR_APPID", &account.appid)
            .env("JUMPQR_SECRET", account.secret.expose())
    }

    fn status(&self) -> Value {
        let object = self.jumpqr(&["--json", "token", "status"]).expect(0).json();
        assert_eq!(object["command"], "token status");
        object["tokens"][0].clone()
    }
}

#[test]
fn a_token_is_missing_before_the_first_call_and_valid_after_it() {
    let account = Account::new();
    let before = account.status();
    assert_eq!(
        before,
        json!({
            "store": before["store"],
            "interface": "stable_token",
            "appid": account.sandbox.mini_program().appid,
            "state": "missing",
            "age": null,
            "expires_in": null,
            "has_refresh_token": null,
            "verify_ticket_age": null,
            "refused_errcode": null,
            "refused_for": null,
        })
    );
    let store = before["store"].as_str().unwrap();
    let home = account.home.path().to_str().unwrap();
    assert!(store.starts_with(&format!("dir:{home}")), "{store}");
    let shown = account.jumpqr(&["token", "status"]).expect(0).stdout;
    assert!(
        shown.contains(store) && shown.contains("missing"),
        "{shown}"
    );

    account.jumpqr(&["get"]).expect(0);
    let after = account.status();
    assert_eq!(after["state"], "valid");
    assert!(after["age"].as_u64().unwrap() < 600, "{after}");
    assert!(after["expires_in"].as_u64().unwrap() > 6600, "{after}");
    let shown = account.jumpqr(&["token", "status"]).expect(0).stdout;
    assert!(shown.contains("valid") && shown.contains("1h 5"), "{shown}");
    // `token status` fetches no token.
    assert_eq!(account.sandbox.counters().token_calls, 1);
}

#[test]
fn neither_the_token_nor_the_secret_is_printed() {
    let wechat = FakeWeChat::start(|request| match request.name.as_str() {
        "stable_token" => json!({"access_token": "T0KEN", "expires_in": 7200}),
        _ => json!({"errcode": 0, "errmsg": "ok", "rule_list": []}),
    });
    let home = TempDir::new().unwrap();
    let run = |arguments: &[&str]| {
        jumpqr(arguments)
            .home(home.path())
            .env("JUMPQR_BASE_URL", wechat.base_url())
            .env("JUMPQR_APPID", "wx1")
            .env("JUMPQR_SECRET", "S3CRET")
            .expect(0)
            .everything()
    };
    run(&["get"]);
    for arguments in [&["token", "status"][..], &["--json", "token", "status"]] {
        let printed = run(arguments);
        assert!(printed.contains("valid"), "{printed}");
        assert!(
            !printed.contains("T0KEN") && !printed.contains("S3CRET"),
            "{printed}"
        );
    }
}

#[test]
fn a_recent_refusal_is_shown() {
    let account = Account::new();
    let with_wrong_secret =
        |arguments: &[&str]| account.jumpqr(arguments).env("JUMPQR_SECRET", "wrong");
    // It is remembered for 5 s, then 10 s, 20 s …, so a slow machine sees one of them too.
    let seen = (0..6).any(|_| {
        with_wrong_secret(&["get"]).expect(6);
        let shown = with_wrong_secret(&["token", "status"]).expect(0).stdout;
        let status = with_wrong_secret(&["--json", "token", "status"])
            .expect(0)
            .json();
        shown.contains("errcode 40125 (invalid_appsecret)")
            && status["tokens"][0]["refused_errcode"] == 40125
            && status["tokens"][0]["refused_for"].is_u64()
    });
    assert!(seen);
    // The right secret was never refused.
    assert_eq!(account.status()["refused_errcode"], Value::Null);
}

#[test]
fn a_given_token_is_not_stored() {
    let home = TempDir::new().unwrap();
    let status = |flags: &[&str]| {
        jumpqr(["token", "status"])
            .args(flags)
            .home(home.path())
            .env("JUMPQR_ACCESS_TOKEN", "T0KEN")
            .expect(0)
    };
    assert_eq!(status(&["--json"]).json()["tokens"], json!([]));
    let run = status(&[]);
    assert!(
        run.stdout.contains("given") && !run.everything().contains("T0KEN"),
        "{run:?}"
    );
}

#[test]
fn without_credentials_it_exits_with_6() {
    jumpqr(["token", "status"]).expect(6);
}

#[test]
fn the_embedded_sandbox_keeps_tokens_in_memory() {
    let object = jumpqr(["--sandbox", "--json", "token", "status"])
        .expect(0)
        .json();
    assert_eq!(object["tokens"][0]["store"], "memory:");
}

#[test]
fn a_platform_shows_the_merchants_token_and_its_own() {
    let wechat = platform_wechat();
    let platform = Platform::new(wechat.base_url());
    let platform_token = json!({"interface": "api_component_token", "appid": "wxplatform"});
    let merchant_token = json!({"interface": "api_authorizer_token", "appid": "wxmerchant"});
    let names =
        |status: &Value| json!({"interface": status["interface"], "appid": status["appid"]});

    let before = platform.statuses();
    assert_eq!(
        [names(&before[0]), names(&before[1])],
        [merchant_token, platform_token.clone()]
    );
    assert_eq!(before[0]["has_refresh_token"], false);
    assert_eq!(before[1]["verify_ticket_age"], Value::Null);
    let shown = platform.jumpqr(&["token", "status"]).expect(0).stdout;
    assert!(shown.contains("token push-ticket"), "{shown}");

    platform.store_credentials(TICKET, REFRESH_TOKEN);
    let after = platform.statuses();
    assert_eq!(after[0]["has_refresh_token"], true);
    assert_eq!(after[0]["state"], "missing");
    assert!(after[1]["verify_ticket_age"].as_u64().unwrap() < 600);

    platform.jumpqr(&["get"]).expect(0);
    let used = platform.statuses();
    assert_eq!(used[0]["state"], "valid");
    assert_eq!(used[1]["state"], "valid");
    let shown = platform.jumpqr(&["token", "status"]).expect(0).everything();
    for secret in [APPSECRET, TICKET, REFRESH_TOKEN, NEXT_REFRESH_TOKEN, TOKEN] {
        assert!(!shown.contains(secret), "{shown}");
    }

    // Without a merchant, only the platform's token is shown.
    let alone = platform
        .jumpqr(&["--json", "token", "status"])
        .env("JUMPQR_APPID", "")
        .expect(0)
        .json();
    assert_eq!(alone["tokens"].as_array().unwrap().len(), 1);
    assert_eq!(names(&alone["tokens"][0]), platform_token);
}
