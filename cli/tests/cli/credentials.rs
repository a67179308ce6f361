//! Where credentials come from. None is ever printed.

use std::fs;

use serde_json::{Value, json};

use crate::support::platform::{APPSECRET, Platform, REFRESH_TOKEN, TICKET, platform_wechat};
use crate::support::{FakeWeChat, RULE_FLAGS, Received, jumpqr};

const TOKEN: &str = "T0KEN-that-nobody-may-see";
const SECRET: &str = "s3cret-that-nobody-may-see";

/// Answers token calls with [`TOKEN`], and everything else with ok.
fn wechat() -> FakeWeChat {
    FakeWeChat::start(|request| match request.name.as_str() {
        "stable_token" => json!({"access_token": TOKEN, "expires_in": 7200}),
        _ => json!({"errcode": 0, "errmsg": "ok", "rule_list": []}),
    })
}

fn token_of(request: &Received) -> &str {
    request.target.split_once("access_token=").unwrap().1
}

#[test]
fn missing_credentials_list_every_way_to_give_them() {
    let run = jumpqr(["add"]).args(RULE_FLAGS).expect(6);
    assert_eq!(run.stdout, "");
    for way in [
        "--access-token-file",
        "--account",
        "--secret-file",
        "JUMPQR_ACCESS_TOKEN",
        "JUMPQR_APPID",
        "JUMPQR_SECRET",
        "--component-appid",
        "--component-appsecret-file",
        "JUMPQR_COMPONENT_APPID",
        "JUMPQR_COMPONENT_APPSECRET",
        "--sandbox",
    ] {
        assert!(run.stderr.contains(way), "{way}: {}", run.stderr);
    }
    let object = jumpqr(["--json", "get"]).expect(6).json();
    assert_eq!(object["error"]["kind"], "credentials");
    assert_eq!(object["error"]["code"], "no_credentials");
}

#[test]
fn incomplete_credentials_name_the_missing_part() {
    let run = jumpqr(["get"]).env("JUMPQR_APPID", "wx1").expect(6);
    assert!(
        run.stderr.contains("JUMPQR_SECRET: is missing"),
        "{}",
        run.stderr
    );
    let run = jumpqr(["get"]).env("JUMPQR_SECRET", SECRET).expect(6);
    assert!(
        run.stderr.contains("JUMPQR_APPID: is missing"),
        "{}",
        run.stderr
    );
    assert!(!run.everything().contains(SECRET));
    // An empty variable counts as not set.
    jumpqr(["get"]).env("JUMPQR_ACCESS_TOKEN", " ").expect(6);
}

#[test]
fn a_token_in_the_environment_is_used() {
    let wechat = wechat();
    jumpqr(["get"])
        .env("JUMPQR_ACCESS_TOKEN", TOKEN)
        .env("JUMPQR_BASE_URL", wechat.base_url())
        .expect(0);
    assert_eq!(token_of(&wechat.received()[0]), TOKEN);
}

#[test]
fn a_token_from_a_file_or_standard_input_precedes_the_environment() {
    let wechat = wechat();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("token");
    fs::write(&file, format!("{TOKEN}\n")).unwrap();
    let get = |source: &str, stdin: &str| {
        jumpqr([
            "get",
            "--access-token-file",
            source,
            "--base-url",
            wechat.base_url(),
        ])
        .env("JUMPQR_ACCESS_TOKEN", "another")
        .stdin(stdin)
        .expect(0)
    };
    get(file.to_str().unwrap(), "");
    get("-", TOKEN);
    for request in wechat.received() {
        assert_eq!(token_of(&request), TOKEN);
    }
}

#[test]
fn an_appid_and_a_secret_fetch_a_token() {
    let wechat = wechat();
    let from_stdin = jumpqr(["get", "--account", "wx1", "--secret-file", "-"])
        .args(["--base-url", wechat.base_url()])
        .env("JUMPQR_ACCESS_TOKEN", "another")
        .stdin(SECRET)
        .expect(0);
    let from_environment = jumpqr(["get", "--base-url", wechat.base_url()])
        .env("JUMPQR_APPID", "wx1")
        .env("JUMPQR_SECRET", SECRET)
        .expect(0);
    assert_eq!(from_stdin.everything(), from_environment.everything());
    assert_eq!(wechat.calls(), ["stable_token", "qrcodejumpget"].repeat(2));
    for call in wechat.received().chunks(2) {
        let asked: Value = serde_json::from_str(&call[0].body).unwrap();
        assert_eq!(asked["appid"], "wx1");
        assert_eq!(asked["secret"], SECRET);
        assert_eq!(token_of(&call[1]), TOKEN);
    }
}

#[test]
fn a_file_without_a_usable_secret_is_refused_and_not_printed() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("token");
    let long = "x".repeat(5000);
    for (content, code, named) in [
        (&b""[..], 3, "--access-token-file: "),
        (b" \n", 3, "--access-token-file: "),
        (b"S3 CR3T", 3, "--access-token-file: "),
        (long.as_bytes(), 3, "--access-token-file: "),
        (b"S3\xff", 2, "token cannot be read: it is not UTF-8"),
    ] {
        fs::write(&file, content).unwrap();
        let run = jumpqr(["get", "--access-token-file", file.to_str().unwrap()]).expect(code);
        assert!(run.stderr.contains(named), "{}", run.stderr);
        assert!(!run.everything().contains("S3") && !run.everything().contains("xxx"));
    }
    jumpqr(["get", "--access-token-file", "no-such-file"]).expect(2);
}

#[test]
fn an_echoed_secret_is_never_printed() {
    let echo = FakeWeChat::start(|request| match request.name.as_str() {
        "stable_token" if request.body.contains("refuse") => {
            json!({"errcode": 40125, "errmsg": format!("invalid appsecret {}", request.body)})
        }
        "stable_token" => json!({"access_token": TOKEN, "expires_in": 7200}),
        _ => json!({"errcode": 40001, "errmsg": format!("invalid credential {}", request.target)}),
    });
    for secret in [SECRET, "refuse-s3cret"] {
        for flags in [&[][..], &["--json"]] {
            let run = jumpqr(["add"])
                .args(RULE_FLAGS)
                .args(flags)
                .env("JUMPQR_APPID", "wx1")
                .env("JUMPQR_SECRET", secret)
                .env("JUMPQR_BASE_URL", echo.base_url())
                .expect(6);
            let printed = run.everything();
            assert!(
                !printed.contains(secret) && !printed.contains(TOKEN),
                "{printed}"
            );
            assert!(printed.contains("***"), "{printed}");
        }
    }
}

#[test]
fn a_secret_on_the_command_line_is_refused_and_not_printed() {
    for flag in ["--secret", "--access-token", "--token"] {
        for arguments in [
            vec![format!("{flag}={SECRET}")],
            vec![flag.to_owned(), SECRET.to_owned()],
        ] {
            for json in [&[][..], &["--json"]] {
                let run = jumpqr(["get"]).args(json).args(&arguments).expect(2);
                assert!(!run.everything().contains(SECRET), "{run:?}");
            }
        }
    }
}

#[test]
fn only_one_argument_may_be_standard_input() {
    let run = jumpqr(["add", "-", "--access-token-file", "-"]).expect(2);
    assert!(run.stderr.contains("only one argument"), "{}", run.stderr);
}

#[test]
fn different_sources_of_a_token_exclude_each_other() {
    for (one, other) in [
        (["--access-token-file", "a"], ["--account", "wx1"]),
        (["--access-token-file", "a"], ["--secret-file", "f"]),
        (["--access-token-file", "a"], ["--component-appid", "wx2"]),
        (["--access-token-file", "a"], ["--token-store", "memory:"]),
        (["--secret-file", "f"], ["--component-appid", "wx2"]),
        (["--secret-file", "f"], ["--component-appsecret-file", "f"]),
        (["--token-interface", "token"], ["--component-appid", "wx2"]),
    ] {
        let named = format!("{} and {}", one[0], other[0]);
        for (before, after) in [(one, other), (other, one)] {
            let run = jumpqr(before).args(["get"]).args(after).expect(2);
            assert!(run.stderr.contains(&named), "{named}: {}", run.stderr);
        }
    }
}

#[test]
fn token_interface_selects_the_interface_that_issues_tokens() {
    let wechat = FakeWeChat::start(|request| match request.name.as_str() {
        "token" => json!({"access_token": TOKEN, "expires_in": 7200}),
        _ => json!({"errcode": 0, "errmsg": "ok", "rule_list": []}),
    });
    jumpqr(["get", "--token-interface", "token"])
        .env("JUMPQR_APPID", "wx1")
        .env("JUMPQR_SECRET", SECRET)
        .env("JUMPQR_BASE_URL", wechat.base_url())
        .expect(0);
    assert_eq!(wechat.calls(), ["token", "qrcodejumpget"]);
    let run = jumpqr(["get", "--token-interface", "nonsense"]).expect(2);
    assert!(run.stderr.contains("stable_token"), "{}", run.stderr);
}

#[test]
fn a_platform_may_be_given_by_files_and_flags() {
    let wechat = platform_wechat();
    let platform = Platform::new(wechat.base_url());
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
        // The command line takes precedence over a token in the environment.
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
fn a_token_precedes_a_platform_and_a_platform_precedes_a_secret() {
    let wechat = platform_wechat();
    let platform = Platform::new(wechat.base_url());
    platform.store_credentials(TICKET, REFRESH_TOKEN);
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

    // A flag of the platform takes precedence over a token in the environment.
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

#[test]
fn what_a_platform_receives_pushes_with_is_for_a_platform_only() {
    let wechat = platform_wechat();
    let platform = Platform::new(wechat.base_url());
    let variables = [
        "JUMPQR_MESSAGE_TOKEN",
        "JUMPQR_MESSAGE_TOKEN_FORMER",
        "JUMPQR_ENCODING_AES_KEY",
        "JUMPQR_ENCODING_AES_KEY_FORMER",
    ];
    let wrong = "S3CRET that nobody may see";
    let set_ticket = || {
        platform
            .jumpqr(&["token", "set-verify-ticket"])
            .stdin(TICKET)
    };
    let all = variables
        .iter()
        .fold(set_ticket(), |run, name| run.env(name, wrong));
    let run = all.expect(3);
    for variable in variables {
        let named = format!("{variable}: ");
        assert!(run.stderr.contains(&named), "{variable}: {}", run.stderr);
    }
    assert!(!run.everything().contains("S3CRET"), "{run:?}");
    // A client of an account does not read the variables.
    jumpqr(["get"])
        .env("JUMPQR_APPID", "wx1")
        .env("JUMPQR_SECRET", SECRET)
        .env("JUMPQR_BASE_URL", wechat.base_url())
        .env("JUMPQR_MESSAGE_TOKEN", wrong)
        .expect(0);

    // A file takes precedence over the variable.
    let file = platform.home.path().join("token");
    fs::write(&file, "T0KEN\n").unwrap();
    let flags = ["--message-token-file", file.to_str().unwrap()];
    let run = set_ticket()
        .args(flags)
        .env("JUMPQR_MESSAGE_TOKEN", wrong)
        .expect(3);
    assert!(
        run.stderr
            .contains("--encoding-aes-key-file or JUMPQR_ENCODING_AES_KEY: is missing"),
        "{}",
        run.stderr
    );
    assert!(
        !run.stderr.contains("--message-token-file"),
        "{}",
        run.stderr
    );
    // The file means a platform.
    let run = jumpqr(["get"]).args(flags).expect(6);
    assert!(
        run.stderr.contains("JUMPQR_COMPONENT_APPID: is missing"),
        "{}",
        run.stderr
    );
}
