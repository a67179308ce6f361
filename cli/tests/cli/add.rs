//! `jumpqr add --dry-run` prints the exact request, byte for byte, and sends nothing.

use serde_json::json;

use crate::support::{FakeWeChat, RULE_FLAGS, jumpqr, run_on_terminal};

const URL: &str = "https://api.weixin.qq.com/cgi-bin/wxopen/qrcodejumpadd?access_token=***";

#[test]
fn the_official_ordinary_link_sample_is_printed_byte_for_byte() {
    let sample = r#"{"prefix":"https://weixin.qq.com/qrcodejump","permit_sub_rule":1,"path":"pages/index/index","open_version":1,
 "debug_url":["https://weixin.qq.com/qrcodejump?a=1","https://weixin.qq.com/qrcodejump?a=2"],"is_edit":0}"#;
    let run = jumpqr(["add", "--dry-run", "-"]).stdin(sample).expect(0);
    let body = r#"{"prefix":"https://weixin.qq.com/qrcodejump","permit_sub_rule":1,"path":"pages/index/index","open_version":1,"debug_url":["https://weixin.qq.com/qrcodejump?a=1","https://weixin.qq.com/qrcodejump?a=2"],"is_edit":0}"#;
    assert_eq!(run.stdout, format!("POST {URL}\n\n{body}\n"));
}

#[test]
fn the_official_service_account_sample_is_printed_byte_for_byte() {
    let run = jumpqr([
        "add",
        "--dry-run",
        "--prefix",
        "http://weixin.qq.com/q/kZgfwMTm72Wxxxx",
        "--appid",
        "wxxxxxx",
        "--path",
        "pages/index/index",
    ])
    .expect(0);
    let body = r#"{"prefix":"http://weixin.qq.com/q/kZgfwMTm72Wxxxx","appid":"wxxxxxx","path":"pages/index/index","is_edit":0}"#;
    assert_eq!(run.stdout, format!("POST {URL}\n\n{body}\n"));
}

#[test]
fn non_ascii_stays_unescaped_and_edit_sets_is_edit() {
    let run = jumpqr(["add", "--dry-run", "--edit", "-"])
        .stdin(
            r#"{"prefix":"https:\/\/h.cn/桌","permit_sub_rule":"2","path":"p","open_version":"3"}"#,
        )
        .expect(0);
    let body = r#"{"prefix":"https://h.cn/桌","permit_sub_rule":2,"path":"p","open_version":3,"is_edit":1}"#;
    assert_eq!(run.stdout, format!("POST {URL}\n\n{body}\n"));
}

#[test]
fn is_edit_in_the_file_is_sent() {
    let run = jumpqr(["add", "--dry-run", "-"])
        .stdin(r#"{"prefix":"https://h.cn/","permit_sub_rule":1,"path":"p","open_version":1,"is_edit":1}"#)
        .expect(0);
    assert!(run.stdout.contains(r#""is_edit":1"#), "{}", run.stdout);
}

#[test]
fn the_base_url_is_printed_but_not_called() {
    let wechat = FakeWeChat::start(|_| json!({"errcode": 0}));
    let run = jumpqr(["--base-url", wechat.base_url(), "add", "--dry-run"])
        .args(RULE_FLAGS)
        .env("JUMPQR_ACCESS_TOKEN", "S3CR3T")
        .expect(0);
    let url = format!(
        "POST {}/cgi-bin/wxopen/qrcodejumpadd?access_token=***\n",
        wechat.base_url()
    );
    assert!(run.stdout.starts_with(&url), "{}", run.stdout);
    assert_eq!(wechat.calls(), [""; 0]);
    assert!(!run.everything().contains("S3CR3T"));
}

#[test]
fn json_has_the_body_that_would_be_sent() {
    let run = jumpqr(["--json", "add", "--dry-run"])
        .args(RULE_FLAGS)
        .expect(0);
    let object = run.json();
    assert_eq!(object["ok"], true);
    assert_eq!(object["dry_run"], true);
    assert_eq!(object["request"]["method"], "POST");
    assert_eq!(object["request"]["url"], URL);
    assert_eq!(
        object["request"]["body"],
        r#"{"prefix":"https://weixin.qq.com/qrcodejump","permit_sub_rule":1,"path":"pages/index/index","open_version":1,"is_edit":0}"#
    );
}

#[test]
fn an_invalid_rule_has_no_dry_run() {
    let run = jumpqr(["add", "--dry-run", "--prefix", "ftp://h", "--path", "p"])
        .args(["--open-version", "1", "--permit-sub-rule", "1"])
        .expect(3);
    assert_eq!(run.stdout, "");
}

#[test]
fn an_invalid_setting_has_no_dry_run() {
    let run = jumpqr(["add", "--dry-run", "--base-url", "ftp://h.cn"])
        .args(RULE_FLAGS)
        .expect(3);
    assert!(run.stderr.contains("--base-url: "), "{}", run.stderr);
    assert_eq!(run.stdout, "");
}

#[test]
fn with_the_sandbox_the_base_url_of_the_environment_is_ignored() {
    let run = jumpqr(["--sandbox", "add", "--dry-run"])
        .args(RULE_FLAGS)
        .env("JUMPQR_BASE_URL", "https://h.cn")
        .expect(0);
    assert!(
        run.stdout.starts_with(&format!("POST {URL}\n")),
        "{}",
        run.stdout
    );
    assert!(run.stderr.contains("not started"), "{}", run.stderr);
}

/// Runs the command in the sandbox, on a terminal that shows colours.
fn add_on_terminal(more: &[&str]) -> String {
    let arguments = [&["--sandbox", "add"], &RULE_FLAGS[..], more].concat();
    let colours = [("TERM", "xterm-256color"), ("NO_COLOR", "")];
    let (code, printed) = run_on_terminal(&arguments, &colours, "");
    assert_eq!(code, Some(0), "{printed}");
    printed
}

#[test]
fn on_a_terminal_the_first_test_link_is_shown_as_a_code() {
    let link = "https://weixin.qq.com/qrcodejump?a=1";
    let flags = [
        "--debug-url",
        link,
        "--debug-url",
        "https://weixin.qq.com/qrcodejump?a=2",
    ];
    // `script` gives the command to a shell.
    let flags = flags.map(|word| word.replace('?', "\\?"));
    let flags = flags.each_ref().map(String::as_str);
    let printed = add_on_terminal(&flags);
    let code_lines = printed
        .lines()
        .filter(|line| line.starts_with("\u{1b}[38;5;16;48;5;231m"));
    let code = code_lines.collect::<Vec<_>>().join("\n");
    let picture = jumpqr_pictures::Picture::from_terminal(&code, 255, 0);
    assert_eq!(picture.links(), [link]);

    for more in [&[&flags[..], &["--json"]].concat(), &vec![]] {
        let printed = add_on_terminal(more);
        assert!(!printed.contains('█'), "{printed}");
    }
}
