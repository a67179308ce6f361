//! Where output goes, and that it survives what readers do.

use std::io::Write;
use std::process::Stdio;

use serde_json::json;

use crate::support::{FakeWeChat, RULE_FLAGS, jumpqr};

#[test]
fn a_pipe_has_no_colour() {
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
fn a_closed_pipe_is_no_panic() {
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
        // It prints only after it has read the rule, so the pipe is closed by then.
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
fn a_server_does_not_steer_the_terminal() {
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
