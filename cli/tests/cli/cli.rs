//! The command line: help, the version, global options, and options that exclude each other.

use serde_json::json;

use crate::support::{FakeWeChat, RULE_FLAGS, jumpqr};

const COMMANDS: [&str; 16] = [
    "add",
    "get",
    "publish",
    "delete",
    "download",
    "link",
    "unlink",
    "check",
    "match",
    "token",
    "raw",
    "errcode",
    "rid",
    "quota",
    "sandbox",
    "completions",
];

#[test]
fn version_prints_the_name_and_the_version() {
    let run = jumpqr(["--version"]).expect(0);
    assert_eq!(
        run.stdout,
        format!("jumpqr {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn every_help_has_an_example() {
    let whole = jumpqr(["--help"]).expect(0).stdout;
    assert!(
        whole.contains("Examples:") && whole.contains("Exit codes:"),
        "{whole}"
    );
    for command in COMMANDS {
        assert!(whole.contains(&format!("\n  {command} ")), "{command}");
        let help = jumpqr([command, "--help"]).expect(0).stdout;
        assert!(
            help.contains(&format!("Examples:\n  jumpqr {command}")),
            "{help}"
        );
    }
}

#[test]
fn without_arguments_the_help_is_an_error() {
    let run = jumpqr([""; 0]).expect(2);
    assert_eq!(run.stdout, "");
    assert!(run.stderr.contains("Usage: jumpqr"), "{}", run.stderr);
}

#[test]
fn global_options_may_stand_before_or_after_the_command() {
    let wechat = FakeWeChat::start(|_| json!({"errcode": 0, "rule_list": []}));
    let global = [
        "--json",
        "--timeout",
        "2.5",
        "--base-url",
        wechat.base_url(),
    ];
    let before = jumpqr(global)
        .args(["get"])
        .env("JUMPQR_ACCESS_TOKEN", "T")
        .expect(0);
    let after = jumpqr(["get"])
        .args(global)
        .env("JUMPQR_ACCESS_TOKEN", "T")
        .expect(0);
    assert_eq!(before.json(), after.json());
}

#[test]
fn a_file_and_flags_exclude_each_other() {
    let run = jumpqr(["add", "rule.json", "--path", "p"]).expect(2);
    assert!(run.stderr.contains("cannot be used with"), "{}", run.stderr);
    jumpqr(["check", "-", "--debug-url", "p"]).expect(2);
}

#[test]
fn edit_and_is_edit_0_in_the_file_exclude_each_other() {
    let rule =
        r#"{"prefix":"https://h.cn/","permit_sub_rule":1,"path":"p","open_version":1,"is_edit":0}"#;
    let run = jumpqr(["add", "--edit", "-"]).stdin(rule).expect(2);
    assert!(
        run.stderr.contains("--edit") && run.stderr.contains("is_edit 0"),
        "{}",
        run.stderr
    );
}

#[test]
fn sandbox_excludes_a_base_url_credentials_and_a_token_store() {
    for flags in [
        ["--base-url", "https://h.cn"],
        ["--access-token-file", "f"],
        ["--account", "wx1"],
        ["--secret-file", "f"],
        ["--component-appid", "wx1"],
        ["--component-appsecret-file", "f"],
        ["--component-token-field", "access_token"],
        ["--message-token-file", "f"],
        ["--message-token-former-file", "f"],
        ["--encoding-aes-key-file", "f"],
        ["--encoding-aes-key-former-file", "f"],
        ["--token-interface", "token"],
        ["--token-store", "memory:"],
    ] {
        for run in [
            jumpqr(["--sandbox", "add"]).args(flags).args(RULE_FLAGS),
            jumpqr(flags).args(["add", "--sandbox"]).args(RULE_FLAGS),
        ] {
            let run = run.expect(2);
            assert!(
                run.stderr.contains("--sandbox") && run.stderr.contains(flags[0]),
                "{}",
                run.stderr
            );
        }
    }
}

#[test]
fn the_help_of_every_token_command_has_an_example() {
    for command in ["status", "set-verify-ticket", "set-refresh-token"] {
        let help = jumpqr(["token", command, "--help"]).expect(0).stdout;
        assert!(
            help.contains(&format!("Examples:\n  jumpqr token {command}")),
            "{help}"
        );
    }
}

#[test]
fn a_timeout_is_a_number_of_seconds_above_zero() {
    let get = |option, timeout, code| {
        let get = jumpqr([option, timeout, "get"]).env("JUMPQR_ACCESS_TOKEN", "T");
        let run = get
            .env("JUMPQR_BASE_URL", "http://127.0.0.1:1")
            .expect(code);
        assert!(run.stderr.contains(option), "{timeout}: {}", run.stderr);
    };
    for option in [
        "--timeout",
        "--queue-timeout",
        "--connect-timeout",
        "--read-timeout",
    ] {
        for timeout in ["nan", "inf", "soon", ""] {
            get(option, timeout, 2);
        }
        for timeout in ["0", "-1", "1e300", "1e-300", "86401"] {
            get(option, timeout, 3);
        }
    }
    // These are valid, so the next error is about credentials.
    jumpqr(["--timeout", "0.5", "--queue-timeout", "0.5", "get"]).expect(6);
}

#[test]
fn only_the_main_help_lists_the_global_options() {
    let whole = jumpqr(["--help"]).expect(0).stdout;
    let options = [
        "--json",
        "--sandbox",
        "--timeout",
        "--base-url",
        "--account",
        "--secret-file",
        "--component-appsecret-file",
        "--token-store",
    ];
    for option in options {
        assert!(whole.contains(&format!("\n      {option}")), "{option}");
    }
    for command in COMMANDS {
        for flag in ["-h", "--help"] {
            let help = jumpqr([command, flag]).expect(0).stdout;
            assert!(help.contains("see `jumpqr --help`"), "{help}");
            assert!(help.lines().count() < 80, "{command} {flag}: {help}");
            for option in options {
                assert!(
                    !help.contains(&format!("\n      {option} ")),
                    "{command} {flag} lists {option}: {help}"
                );
            }
        }
    }
}

#[test]
fn help_and_a_command_print_the_commands_own_help() {
    for command in COMMANDS {
        let asked = jumpqr(["help", command]).expect(0).stdout;
        assert_eq!(asked, jumpqr([command, "--help"]).expect(0).stdout);
    }
    let asked = jumpqr(["help", "token", "status"]).expect(0).stdout;
    assert_eq!(
        asked,
        jumpqr(["token", "status", "--help"]).expect(0).stdout
    );
    jumpqr(["help", "ad"]).expect(2);
}

#[test]
fn an_option_that_is_not_a_number_names_the_range() {
    for arguments in [
        ["get", "--appid=wx1", "--page", "x"].as_slice(),
        &["get", "--appid=wx1", "--page=1", "--page-size=-1"],
        &["sandbox", "--port", "70000"],
    ] {
        let run = jumpqr(arguments).expect(2);
        assert!(run.stderr.contains("give a whole number"), "{}", run.stderr);
        assert!(!run.stderr.contains("digit"), "{}", run.stderr);
    }
}
