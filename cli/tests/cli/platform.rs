//! `jumpqr push handle`, `jumpqr platform …` and `jumpqr token push-ticket`: a merchant, from an
//! empty store to the end of its authorisation.

use std::time::Duration;

use jumpqr::push::{Encryptor, PushAddress, ReceiverConfig};
use jumpqr_sandbox::{ENCODING_AES_KEY, MESSAGE_TOKEN, MINI_PROGRAM_APPID, Sandbox};
use serde_json::{Value, json};

use crate::support::platform::Platform;
use crate::support::{Jumpqr, Run};

/// A sandbox, and its platform with the settings of pushes.
struct Push {
    sandbox: Sandbox,
    platform: Platform,
}

impl Push {
    fn start() -> Self {
        let sandbox = Sandbox::start().unwrap();
        let platform = Platform::in_sandbox(&sandbox);
        Self { sandbox, platform }
    }

    fn jumpqr(&self, arguments: &[&str]) -> Jumpqr {
        self.platform
            .jumpqr(arguments)
            .env("JUMPQR_MESSAGE_TOKEN", MESSAGE_TOKEN)
            .env("JUMPQR_ENCODING_AES_KEY", ENCODING_AES_KEY)
    }

    /// Gives the command a push, as a web server would.
    fn handle(&self, event: &Value, flags: &[&str]) -> Jumpqr {
        let config = ReceiverConfig::new(&self.platform.appid, MESSAGE_TOKEN, ENCODING_AES_KEY);
        let fields = event.as_object().unwrap().iter();
        let fields: String = fields
            .map(|(name, value)| match value.as_str() {
                Some(text) => format!("<{name}><![CDATA[{text}]]></{name}>"),
                None => format!("<{name}>{value}</{name}>"),
            })
            .collect();
        let encryptor = Encryptor::new(&config).unwrap();
        let (address, text) = (PushAddress::Authorization, format!("<xml>{fields}</xml>"));
        let push = encryptor
            .encrypt_push(address, &text, 1_900_000_000, "1221527777", [7; 16])
            .unwrap();
        let command = self.jumpqr(&["push", "handle", "--query", &push.query]);
        command.args(flags).stdin(push.body)
    }

    fn ticket(&self) -> Value {
        let ticket = self.sandbox.verify_ticket(&self.platform.appid).unwrap();
        json!({
            "AppId": self.platform.appid,
            "CreateTime": 1_900_000_000,
            "InfoType": "component_verify_ticket",
            "ComponentVerifyTicket": ticket.expose(),
        })
    }

    fn authorizer(&self, method: &str, body: Value) -> Value {
        let appid = &self.platform.appid;
        let path = format!("/sandbox/platforms/{appid}/authorizers/{MINI_PROGRAM_APPID}");
        self.sandbox.control(method, &path, body).unwrap()
    }

    /// Makes the merchant authorise the platform anew. Returns the code of the redirect, and the
    /// event.
    fn authorise(&self) -> (String, Value) {
        self.authorizer("DELETE", json!(null));
        self.sandbox.advance(Duration::from_secs(2));
        let authorised = self.authorizer("PUT", json!({ "exchanged": false }));
        let code = authorised["authorization_code"].as_str().unwrap();
        (code.to_owned(), authorised["event"].clone())
    }
}

fn assert_no_secret(run: &Run, secrets: &[&str]) {
    for secret in secrets {
        assert!(!run.everything().contains(secret), "{run:?}");
    }
}

#[test]
fn a_merchant_comes_by_push_and_redirect_and_goes() {
    let push = Push::start();
    let ticket = push.ticket();
    let run = push.handle(&ticket, &[]).expect(0);
    assert!(run.stdout.contains("component_verify_ticket"), "{run:?}");
    assert!(run.stdout.contains("success"), "{run:?}");
    assert_no_secret(&run, &[ticket["ComponentVerifyTicket"].as_str().unwrap()]);
    let again = push.handle(&ticket, &["--json"]).expect(0).json();
    assert_eq!(again["has_changed"], false, "{again}");

    let redirect_uri = "https://saas.example.cn/done";
    let run = push
        .jumpqr(&["platform", "url", "--redirect-uri", redirect_uri])
        .args(["--auth-type", "mini_program", "--category-id-list", "18,33"])
        .expect(0);
    let url = run.stdout.trim();
    assert!(url.starts_with(push.sandbox.base_url()), "{url}");
    assert!(
        url.contains("auth_type=2&category_id_list=18%7C33"),
        "{url}"
    );

    let (code, event) = push.authorise();
    let run = push.handle(&event, &["--json"]).expect(0);
    let pushed_code = event["AuthorizationCode"].as_str().unwrap();
    assert_no_secret(&run, &[pushed_code]);
    let handled = run.json();
    assert_eq!(handled["info_type"], "authorized");
    assert_eq!(handled["authorizer_appid"], MINI_PROGRAM_APPID);
    assert_eq!(handled["has_changed"], true);
    assert_eq!(handled["reply"], "success");
    let run = push
        .jumpqr(&["platform", "exchange"])
        .stdin(code.clone())
        .expect(0);
    assert!(run.stdout.contains(MINI_PROGRAM_APPID), "{run:?}");
    assert_no_secret(&run, &[&code]);

    let merchants = push
        .jumpqr(&["--json", "platform", "merchants"])
        .expect(0)
        .json();
    assert_eq!(
        merchants["merchants"][0]["authorizer_appid"],
        MINI_PROGRAM_APPID
    );
    assert_eq!(merchants["merchants"][0]["has_refresh_token"], true);
    push.jumpqr(&["get"]).expect(0);

    push.sandbox.advance(Duration::from_secs(2));
    let ended = push.authorizer("DELETE", json!(null));
    push.handle(&ended["event"], &[]).expect(0);
    let asked = push.sandbox.requests().len();
    let run = push.jumpqr(&["get"]).expect(6);
    assert!(run.stderr.contains("merchant_unauthorized"), "{run:?}");
    assert_eq!(push.sandbox.requests().len(), asked);
    push.jumpqr(&["platform", "forget", MINI_PROGRAM_APPID])
        .expect(0);
    let run = push.jumpqr(&["platform", "merchants"]).expect(0);
    assert!(run.stdout.contains("No merchant"), "{run:?}");
}

#[test]
fn a_push_that_is_not_wechats_is_refused_with_3_and_changes_nothing() {
    let push = Push::start();
    let mut ticket = push.ticket();
    ticket["AppId"] = json!("wx0000000000000001");
    for (query, body) in [
        ("", "<xml></xml>"),
        (
            "signature=1&timestamp=1&nonce=1&msg_signature=1&encrypt_type=aes",
            "<xml></xml>",
        ),
    ] {
        let command = push.jumpqr(&["push", "handle", "--query", query]);
        let run = command.stdin(body).expect(3);
        assert!(run.stderr.contains("push_malformed"), "{run:?}");
    }
    let signed_by_another = push
        .handle(&push.ticket(), &[])
        .env("JUMPQR_MESSAGE_TOKEN", "AnotherToken01");
    let run = signed_by_another.expect(3);
    assert!(run.stderr.contains("push_not_signed"), "{run:?}");
    assert_eq!(
        push.platform.statuses()[1]["verify_ticket_age"],
        Value::Null
    );
}

#[test]
fn a_wrong_setting_does_not_look_like_a_refused_push() {
    let push = Push::start();
    let handle = ["push", "handle", "--query", "a=b"];
    let run = push.platform.jumpqr(&handle).expect(6);
    assert!(run.stderr.contains("JUMPQR_MESSAGE_TOKEN"), "{run:?}");
    let short_key = ENCODING_AES_KEY.split_at(1).1;
    let run = push
        .jumpqr(&handle)
        .env("JUMPQR_ENCODING_AES_KEY", short_key)
        .expect(6);
    assert!(run.stderr.contains("JUMPQR_ENCODING_AES_KEY"), "{run:?}");
    assert_no_secret(&run, &[short_key]);
    let run = push
        .jumpqr(&handle)
        .env("JUMPQR_TOKEN_STORE", "memory:")
        .expect(6);
    assert!(run.stderr.contains("JUMPQR_TOKEN_STORE"), "{run:?}");
}

#[test]
fn without_credentials_the_advice_of_a_platform_names_only_the_platforms() {
    let push = Push::start();
    for command in [
        &["push", "handle", "--query", "a=b"][..],
        &[
            "platform",
            "url",
            "--redirect-uri",
            "https://saas.example.cn/",
        ],
    ] {
        let run = push
            .jumpqr(command)
            .env("JUMPQR_COMPONENT_APPID", "")
            .env("JUMPQR_COMPONENT_APPSECRET", "")
            .expect(6);
        assert!(run.stderr.contains("--component-appsecret-file"), "{run:?}");
        for unusable in ["--access-token-file", "--secret-file", "--account"] {
            assert!(!run.stderr.contains(unusable), "{run:?}");
        }
    }
}

#[test]
fn readiness_tells_what_blocks_the_rules_and_exits_with_4() {
    let push = Push::start();
    push.handle(&push.ticket(), &[]).expect(0);
    let readiness = ["platform", "readiness", MINI_PROGRAM_APPID];
    let run = push.jumpqr(&readiness).args(["--json"]).run();
    assert_ne!(run.json()["verdict"], "not_ready", "{run:?}");
    push.authorizer("PUT", json!({ "permission_sets": [33] }));
    let run = push.jumpqr(&readiness).expect(4);
    assert!(run.stdout.contains("61007"), "{run:?}");
    let run = push
        .jumpqr(&readiness)
        .args(["--mode", "service_account"])
        .expect(4);
    assert!(run.stdout.contains("85069"), "{run:?}");
}

#[test]
fn tickets_that_stop_are_late_and_come_again_on_request() {
    let push = Push::start();
    push.handle(&push.ticket(), &[]).expect(0);
    let status = push.jumpqr(&["token", "status"]).expect(0);
    assert!(!status.stdout.contains("late"), "{status:?}");
    let run = push.jumpqr(&["token", "push-ticket"]).expect(0);
    assert!(run.stdout.contains("has not stopped"), "{run:?}");
    let appid = &push.platform.appid;
    let path = format!("/sandbox/platforms/{appid}/ticket");
    push.sandbox
        .control("PUT", &path, json!({ "paused": true }))
        .unwrap();
    let run = push.jumpqr(&["--json", "token", "push-ticket"]).expect(0);
    assert_eq!(run.json()["pushes"], "restarted", "{run:?}");
}

#[test]
fn a_code_as_an_argument_is_refused_and_not_printed() {
    let push = Push::start();
    let code = "queryauthcode@@@that-nobody-may-see";
    let run = push.jumpqr(&["platform", "exchange", code]).expect(2);
    assert!(run.stderr.contains("standard input"), "{run:?}");
    assert_no_secret(&run, &[code]);
}

#[test]
fn the_embedded_sandbox_keeps_no_merchants() {
    let run = crate::support::jumpqr(["--sandbox", "platform", "merchants"]).expect(2);
    assert!(run.stderr.contains("jumpqr sandbox"), "{run:?}");
}
