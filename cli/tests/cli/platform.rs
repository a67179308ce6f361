//! A third-party platform that calls for a merchant.

use std::fs;

use jumpqr_sandbox::Sandbox;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{FakeWeChat, Jumpqr, RULE_FLAGS, jumpqr};

const APPSECRET: &str = "appsecret-that-nobody-may-see";
const TICKET: &str = "ticket@@@that-nobody-may-see";
const REFRESH_TOKEN: &str = "refreshtoken@@@that-nobody-may-see";
const NEXT_REFRESH_TOKEN: &str = "refreshtoken@@@the-next-one";
const TOKEN: &str = "T0KEN-that-nobody-may-see";

/// A platform, the address of a WeChat that knows it, and the home in which it keeps what it is given.
struct Platform {
    base_url: String,
    appid: String,
    appsecret: String,
    merchant: String,
    home: TempDir,
}

impl Platform {
    /// The one that `sandbox` has, for its Mini Program.
    fn of(sandbox: &Sandbox) -> Self {
        let platform = sandbox.platform();
        Self {
            base_url: sandbox.base_url().to_owned(),
            appid: platform.appid,
            appsecret: platform.secret.expose().to_owned(),
            merchant: sandbox.mini_program().appid,
            home: TempDir::new().unwrap(),
        }
    }

    fn at(base_url: &str) -> Self {
        Self {
            base_url: base_url.to_owned(),
            appid: "wxplatform".to_owned(),
            appsecret: APPSECRET.to_owned(),
            merchant: "wxmerchant".to_owned(),
            home: TempDir::new().unwrap(),
        }
    }

    /// For the merchant, with everything from the environment.
    fn jumpqr(&self, arguments: &[&str]) -> Jumpqr {
        jumpqr(arguments)
            .home(self.home.path())
            .env("JUMPQR_BASE_URL", &self.base_url)
            .env("JUMPQR_COMPONENT_APPID", &self.appid)
            .env("JUMPQR_COMPONENT_APPSECRET", &self.appsecret)
            .env("JUMPQR_APPID", &self.merchant)
    }

    /// Hands over both, on standard input.
    fn receive(&self, ticket: &str, refresh_token: &str) {
        self.jumpqr(&["token", "set-verify-ticket"])
            .stdin(format!("{ticket}\n"))
            .expect(0);
        self.jumpqr(&["token", "set-refresh-token"])
            .stdin(refresh_token)
            .expect(0);
    }

    fn statuses(&self) -> Value {
        let object = self.jumpqr(&["--json", "token", "status"]).expect(0).json();
        object["tokens"].clone()
    }
}

/// A WeChat that issues tokens to platforms, and answers everything else with ok.
fn wechat() -> FakeWeChat {
    FakeWeChat::start(|request| match request.name.as_str() {
        "api_component_token" => json!({"component_access_token": TOKEN, "expires_in": 7200}),
        "api_authorizer_token" => json!({
            "authorizer_access_token": TOKEN,
            "expires_in": 7200,
            "authorizer_refresh_token": NEXT_REFRESH_TOKEN,
        }),
        "stable_token" => json!({"access_token": TOKEN, "expires_in": 7200}),
        _ => json!({"errcode": 0, "errmsg": "ok", "rule_list": []}),
    })
}

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
    let wechat = wechat();
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
    let wechat = wechat();
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
    let wechat = wechat();
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
    let wechat = wechat();
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
}

#[test]
fn what_is_missing_is_named() {
    let platform = Platform::at("http://127.0.0.1:1");
    let set_ticket = ["token", "set-verify-ticket"];
    for (arguments, absent, named) in [
        (&["get"][..], "JUMPQR_APPID", "no merchant"),
        (&["get"], "JUMPQR_COMPONENT_APPID", "no appid"),
        (&["get"], "JUMPQR_COMPONENT_APPSECRET", "no appsecret"),
        (&set_ticket, "JUMPQR_COMPONENT_APPSECRET", "no appsecret"),
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
    assert!(run.stderr.contains("no platform"), "{}", run.stderr);
    // A ticket, on standard input.
    platform.jumpqr(&set_ticket).expect(6);
    assert_eq!(platform.statuses()[1]["verify_ticket_age"], Value::Null);
}

#[test]
fn without_a_ticket_the_command_that_keeps_one_is_named() {
    let wechat = wechat();
    let platform = Platform::at(wechat.base_url());
    let run = platform.jumpqr(&["get"]).expect(6);
    assert!(
        run.stderr.contains("no_verify_ticket")
            && run.stderr.contains("`jumpqr token set-verify-ticket`"),
        "{}",
        run.stderr
    );
    assert!(wechat.calls().is_empty());
}

#[test]
fn a_platform_keeps_what_it_is_given_beyond_the_command() {
    let wechat = wechat();
    let platform = Platform::at(wechat.base_url());
    for arguments in [&["get"][..], &["token", "set-verify-ticket"]] {
        let run = platform
            .jumpqr(arguments)
            .env("JUMPQR_TOKEN_STORE", "memory:")
            .stdin(TICKET)
            .expect(3);
        assert!(
            run.stderr.contains("token_store: memory:"),
            "{}",
            run.stderr
        );
    }
    // Nor is memory what it falls back on.
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
fn a_secret_as_an_argument_is_refused_and_not_repeated() {
    let platform = Platform::at("http://127.0.0.1:1");
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
    assert!(run.stderr.contains("one thing only"), "{}", run.stderr);
}

#[test]
fn an_echoed_secret_is_never_printed() {
    // Each refuses another of the calls, and says all that it was sent.
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
                _ => {
                    json!({"authorizer_access_token": TOKEN, "expires_in": 7200, "authorizer_refresh_token": NEXT_REFRESH_TOKEN})
                }
            }
        });
        let platform = Platform::at(wechat.base_url());
        platform.receive(TICKET, REFRESH_TOKEN);
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
