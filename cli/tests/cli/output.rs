//! Standard output and standard error: colours, closed pipes, and text from outside.

use std::io::Write;
use std::process::Stdio;

use serde_json::json;

use crate::support::{FakeWeChat, RULE_FLAGS, jumpqr};

#[test]
fn output_to_a_pipe_has_no_colour() {
    for run in [
        jumpqr(["errcode", "85066"]).expect(0),
        jumpqr(["check", "--prefix", "x"]).expect(3),
        jumpqr(["get"]).expect(6),
    ] {
        assert!(!run.everything().contains('\u{1b}'), "{run:?}");
    }
}

#[test]
fn colour_can_be_forced_and_refused() {
    let coloured = |name, value| {
        jumpqr(["errcode", "85066"])
            .env(name, value)
            .expect(0)
            .stdout
    };
    assert!(coloured("CLICOLOR_FORCE", "1").contains('\u{1b}'));
    let refused = jumpqr(["errcode", "85066"])
        .env("CLICOLOR_FORCE", "1")
        .env("NO_COLOR", "1");
    assert!(!refused.expect(0).stdout.contains('\u{1b}'));
}

#[test]
fn a_closed_pipe_is_not_an_error() {
    let valid = r#"{"prefix":"https://h.cn/","path":"p","open_version":1,"permit_sub_rule":1}"#;
    for (arguments, rule, code) in [
        (&["check", "-"][..], valid, 0),
        (&["--json", "check", "-"], valid, 0),
        (&["--json", "check", "-"], "{}", 3),
    ] {
        let mut child = jumpqr(arguments)
            .into_command()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // The command prints only after it has read the rule. Then the pipe is already closed.
        drop(child.stdout.take());
        child
            .stdin
            .take()
            .unwrap()
            .write_all(rule.as_bytes())
            .unwrap();
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?} {stderr}");
        assert_eq!(stderr, "");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_an_error() {
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let output = jumpqr(["errcode"])
        .into_command()
        .stdout(full)
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("cannot be written")
    );
}

#[test]
fn an_errmsg_does_not_steer_the_terminal() {
    let wechat =
        FakeWeChat::start(|_| json!({"errcode": 85066, "errmsg": "bad\u{1b}[2J\r\nerror: x"}));
    let run = jumpqr(["add", "--base-url", wechat.base_url()])
        .args(RULE_FLAGS)
        .env("JUMPQR_ACCESS_TOKEN", "T")
        .expect(4);
    assert!(run.stderr.contains("bad\\u{1b}[2J"), "{}", run.stderr);
    assert!(!run.stderr.contains('\u{1b}') && !run.stderr.contains('\r'));
    assert!(!run.stderr.contains("\nerror: x"), "{}", run.stderr);
}

#[test]
fn a_suggested_command_is_quoted_for_the_shell() {
    let wechat = FakeWeChat::start(|_| json!({"errcode": 0, "errmsg": "ok"}));
    let run = jumpqr(["add", "--base-url", wechat.base_url(), "-"])
        .env("JUMPQR_ACCESS_TOKEN", "T")
        .stdin(r#"{"prefix":"https://h.cn/a?b=1&c=2","path":"p","open_version":1,"permit_sub_rule":1}"#)
        .expect(0);
    assert!(
        run.stdout
            .contains("jumpqr publish 'https://h.cn/a?b=1&c=2'"),
        "{}",
        run.stdout
    );
}

/// Text that reverses the order of characters, moves the cursor, and forges a line of output.
const STEERING: &str = "a\u{202e}b\u{2066}c\u{9b}d\u{1b}e\nerror: f";

#[test]
fn no_text_from_outside_steers_the_terminal() {
    let listed = || {
        FakeWeChat::start(|_| {
            json!({
                "errcode": 0,
                "rule_list": [{"prefix": STEERING, "path": STEERING, "debug_url": [STEERING]}],
                "wxopens": {"items": [{"appid": STEERING, "status": 1, "nickname": STEERING}]},
            })
        })
    };
    let refusing = || FakeWeChat::start(|_| json!({"errcode": 85066, "errmsg": STEERING}));
    let rules = json!([{"prefix": STEERING, "state": 1}]).to_string();
    for (wechat, arguments, code) in [
        (listed(), &["get"][..], 0),
        (listed(), &["link", "--status"], 0),
        (
            listed(),
            &["match", "https://m.example.cn/a", "--rules", "-"],
            4,
        ),
        (listed(), &["match", STEERING, "--rules", "-"], 4),
        (listed(), &["qr", STEERING, "--rules", "-"], 4),
        (refusing(), &["get"], 4),
        (refusing(), &["publish", STEERING], 4),
        (listed(), &[STEERING], 2),
        (listed(), &["errcode", STEERING], 2),
        (listed(), &["get", "--page", STEERING], 2),
    ] {
        for json in [false, true] {
            let run = jumpqr(if json { &["--json"][..] } else { &[] })
                .args(arguments)
                .stdin(rules.as_str())
                .env("JUMPQR_ACCESS_TOKEN", "T")
                .env("JUMPQR_BASE_URL", wechat.base_url())
                .run();
            assert_eq!(run.code, code, "{arguments:?} {run:?}");
            let printed = run.everything();
            for letter in ['\u{202e}', '\u{2066}', '\u{9b}', '\u{1b}'] {
                assert!(!printed.contains(letter), "{arguments:?} {run:?}");
            }
            // clap repeats an argument unchanged, so its text may have several lines.
            assert!(
                code == 2 || !printed.contains("\nerror: f"),
                "{arguments:?} {printed}"
            );
        }
    }
}

#[test]
fn json_keeps_text_from_outside_unchanged() {
    let wechat = FakeWeChat::start(|_| json!({"errcode": 85066, "errmsg": STEERING}));
    let run = jumpqr(["--json", "get", "--base-url", wechat.base_url()])
        .env("JUMPQR_ACCESS_TOKEN", "T")
        .expect(4);
    assert_eq!(run.json()["error"]["errmsg"], STEERING);
}

#[test]
fn advice_keeps_its_lines() {
    let run = jumpqr(["get"]).expect(6);
    assert!(
        run.stderr.contains("\n  JUMPQR_ACCESS_TOKEN "),
        "{}",
        run.stderr
    );
}
