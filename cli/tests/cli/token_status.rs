//! What `jumpqr token status` tells of tokens, and that it tells none.

use jumpqr_sandbox::Sandbox;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{FakeWeChat, Jumpqr, jumpqr};

/// The sandbox, and a home in which its Mini Program keeps its tokens.
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
fn before_the_first_call_and_after_it() {
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
    let (age, left) = (after["age"].as_u64(), after["expires_in"].as_u64());
    assert!(age.unwrap() < 600 && left.unwrap() > 6600, "{after}");
    let shown = account.jumpqr(&["token", "status"]).expect(0).stdout;
    assert!(shown.contains("valid") && shown.contains("1h 5"), "{shown}");
    // Whoever only looks asks for no token.
    assert_eq!(account.sandbox.counters().token_calls, 1);
}

#[test]
fn neither_token_nor_secret_is_shown() {
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
fn a_refusal_that_is_remembered() {
    let account = Account::new();
    let wrong = |arguments: &[&str]| account.jumpqr(arguments).env("JUMPQR_SECRET", "wrong");
    // It is remembered for 5 s, then 10 s, 20 s …: however slow this machine, one of them is seen.
    let seen = (0..6).any(|_| {
        wrong(&["get"]).expect(6);
        let shown = wrong(&["token", "status"]).expect(0).stdout;
        let status = wrong(&["--json", "token", "status"]).expect(0).json();
        shown.contains("errcode 40125 (invalid_appsecret)")
            && status["tokens"][0]["refused_errcode"] == 40125
            && status["tokens"][0]["refused_for"].is_u64()
    });
    assert!(seen);
    // The right secret was never refused.
    assert_eq!(account.status()["refused_errcode"], Value::Null);
}

#[test]
fn a_token_that_is_given_is_not_kept() {
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
fn without_credentials_it_is_not_known_whose_token_is_meant() {
    jumpqr(["token", "status"]).expect(6);
}

#[test]
fn the_embedded_sandbox_keeps_tokens_in_memory() {
    let object = jumpqr(["--sandbox", "--json", "token", "status"])
        .expect(0)
        .json();
    assert_eq!(object["tokens"][0]["store"], "memory:");
}
