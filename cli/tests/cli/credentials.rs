//! Where credentials come from, and that none is ever printed.

use std::fs;

use serde_json::{Value, json};

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
fn missing_credentials_name_every_way() {
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
fn half_of_the_credentials_names_the_other_half() {
    let run = jumpqr(["get"]).env("JUMPQR_APPID", "wx1").expect(6);
    assert!(run.stderr.contains("no secret"), "{}", run.stderr);
    let run = jumpqr(["get"]).env("JUMPQR_SECRET", SECRET).expect(6);
    assert!(run.stderr.contains("no appid"), "{}", run.stderr);
    assert!(!run.everything().contains(SECRET));
    // What is empty is not there.
    jumpqr(["get"]).env("JUMPQR_ACCESS_TOKEN", " ").expect(6);
}

#[test]
fn a_token_from_the_environment() {
    let wechat = wechat();
    jumpqr(["get"])
        .env("JUMPQR_ACCESS_TOKEN", TOKEN)
        .env("JUMPQR_BASE_URL", wechat.base_url())
        .expect(0);
    assert_eq!(token_of(&wechat.received()[0]), TOKEN);
}

#[test]
fn a_token_from_a_file_or_standard_input_goes_before_the_environment() {
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
        assert_eq!(
            (&asked["appid"], &asked["secret"]),
            (&json!("wx1"), &json!(SECRET))
        );
        assert_eq!(token_of(&call[1]), TOKEN);
    }
}

#[test]
fn a_file_that_holds_no_secret_is_refused_without_showing_it() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("token");
    let long = "x".repeat(5000);
    for content in [&b""[..], b" \n", b"S3 CR3T", b"S3\xff", long.as_bytes()] {
        fs::write(&file, content).unwrap();
        let run = jumpqr(["get", "--access-token-file", file.to_str().unwrap()]).expect(6);
        assert!(run.stderr.contains("token: "), "{}", run.stderr);
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
fn the_command_line_takes_no_secret_and_repeats_none() {
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
fn standard_input_is_read_for_one_thing_only() {
    let run = jumpqr(["add", "-", "--access-token-file", "-"]).expect(2);
    assert!(run.stderr.contains("one thing only"), "{}", run.stderr);
}

#[test]
fn different_ways_to_a_token_exclude_each_other() {
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
fn another_interface_may_issue_the_tokens() {
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
