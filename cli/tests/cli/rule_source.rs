//! Rules from files and flags. An invalid rule exits with 3, names each field, and is not sent.

use serde_json::json;

use crate::support::{FakeWeChat, Run, jumpqr};

const VALID_RULE: &str =
    r#"{"prefix":"https://h.cn/a","path":"pages/i","open_version":1,"permit_sub_rule":1}"#;

/// Adds `document` from standard input. Expects an error, and that nothing is sent although there
/// are credentials and a server.
fn run_refused(document: impl Into<Vec<u8>>) -> Run {
    run_refused_with(&["-"], document)
}

fn run_refused_with(arguments: &[&str], document: impl Into<Vec<u8>>) -> Run {
    let wechat = FakeWeChat::start(|_| json!({"errcode": 0, "errmsg": "ok"}));
    let run = jumpqr(["add"])
        .args(arguments)
        .env("JUMPQR_ACCESS_TOKEN", "TOKEN")
        .env("JUMPQR_BASE_URL", wechat.base_url())
        .stdin(document)
        .expect(3);
    assert_eq!(wechat.calls(), [""; 0], "something was sent");
    assert_eq!(run.stdout, "");
    run
}

#[track_caller]
fn assert_stderr(run: &Run, texts: &[&str]) {
    for text in texts {
        assert!(
            run.stderr.contains(text),
            "{text:?} is missing: {}",
            run.stderr
        );
    }
}

/// Returns the valid rule with these fields replaced or added.
fn rule_with(fields: &serde_json::Value) -> String {
    let mut rule: serde_json::Value = serde_json::from_str(VALID_RULE).unwrap();
    for (name, value) in fields.as_object().unwrap() {
        rule[name] = value.clone();
    }
    rule.to_string()
}

#[test]
fn a_valid_rule_is_sent() {
    let wechat = FakeWeChat::start(|_| json!({"errcode": 0, "errmsg": "ok"}));
    jumpqr(["add", "-", "--base-url", wechat.base_url()])
        .env("JUMPQR_ACCESS_TOKEN", "TOKEN")
        .stdin(VALID_RULE)
        .expect(0);
    assert_eq!(wechat.calls(), ["qrcodejumpadd"]);
}

#[test]
fn a_missing_prefix_is_named() {
    let run = run_refused(r#"{"path":"p","open_version":1,"permit_sub_rule":1}"#);
    assert_stderr(&run, &["prefix: is missing; give the URL"]);
}

#[test]
fn a_missing_prefix_in_flags_is_refused_in_the_same_words() {
    let flags = [
        "--path",
        "p",
        "--open-version",
        "1",
        "--permit-sub-rule",
        "1",
    ];
    let by_flags = run_refused_with(&flags, "");
    let by_file = run_refused(r#"{"path":"p","open_version":1,"permit_sub_rule":1}"#);
    assert_eq!(by_flags.stderr, by_file.stderr);
}

#[test]
fn a_number_out_of_range_in_flags_is_refused_in_the_same_words() {
    let flags = [
        "--prefix",
        "https://h.cn/a",
        "--path",
        "pages/i",
        "--open-version",
        "4",
        "--permit-sub-rule",
        "1",
    ];
    let by_flags = run_refused_with(&flags, "");
    let by_file = run_refused(rule_with(&json!({"open_version": 4})));
    assert_eq!(by_flags.stderr, by_file.stderr);
    assert_stderr(
        &by_file,
        &["open_version: is 4; give 1 (development), 2 (trial) or 3 (released)"],
    );
}

#[test]
fn fields_of_both_modes_are_refused() {
    let run = run_refused(rule_with(&json!({"appid": "wx1"})));
    assert_stderr(
        &run,
        &[
            "mixes the two modes",
            "open_version",
            "appid",
            "keep the fields of one",
        ],
    );
}

#[test]
fn six_debug_urls_are_refused() {
    let links: Vec<_> = (0..6).map(|n| format!("https://h.cn/a?n={n}")).collect();
    let run = run_refused(rule_with(&json!({"debug_url": links})));
    assert_stderr(&run, &["debug_url: has 6 links; keep at most 5"]);
}

#[test]
fn a_debug_url_outside_the_prefix_is_refused() {
    let run = run_refused(rule_with(
        &json!({"debug_url": ["https://h.cn/a?n=1", "https://h.cn/b"]}),
    ));
    assert_stderr(
        &run,
        &["debug_url[1]: is not covered by the prefix (85068)"],
    );
}

#[test]
fn a_debug_url_that_is_not_a_list_is_refused() {
    let run = run_refused(rule_with(&json!({"debug_url": "https://h.cn/a"})));
    assert_stderr(&run, &["debug_url: is a text; give a list of texts"]);
}

#[test]
fn a_misspelt_field_is_named_with_the_right_one() {
    let run = run_refused(rule_with(&json!({"open_verson": 1})));
    assert_stderr(
        &run,
        &["open_verson: is not a field of a rule; did you mean `open_version`?"],
    );
}

#[test]
fn a_boolean_instead_of_a_number_is_refused() {
    let run = run_refused(rule_with(&json!({"permit_sub_rule": true})));
    assert_stderr(
        &run,
        &["permit_sub_rule: is true or false; give a number: 1 (not occupied) or 2 (occupied)"],
    );
}

#[test]
fn a_service_account_prefix_must_begin_with_http_and_q() {
    let rule = |prefix: &str| json!({"prefix": prefix, "appid": "wx1", "path": "p"}).to_string();
    let run = run_refused(rule("https://weixin.qq.com/q/kZgfwMTm72W"));
    assert_stderr(
        &run,
        &[
            "prefix: does not begin with http://weixin.qq.com/q/",
            "change it to http",
        ],
    );
    let run = run_refused(rule("http://weixin.qq.com/r/qR2ttZbEDctyrdLW90i7"));
    assert_stderr(
        &run,
        &[
            "prefix: does not begin with http://weixin.qq.com/q/",
            "/r/ link",
        ],
    );
}

#[test]
fn an_empty_path_is_refused() {
    let run = run_refused(rule_with(&json!({"path": ""})));
    assert_stderr(&run, &["path: is empty; give the Mini Program page"]);
}

#[test]
fn a_file_that_is_not_json_is_refused_with_the_place() {
    let run = run_refused("prefix=https://h.cn/a");
    assert_stderr(&run, &["the document is not JSON (line 1, column"]);
}

#[test]
fn a_file_that_is_not_json_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("broken.json");
    std::fs::write(&file, "{").unwrap();
    let name = file.to_str().unwrap();
    let commands: [&[&str]; 4] = [
        &["check", name],
        &["--sandbox", "add", name],
        &["preflight", name],
        &["match", "--rules", name, "https://h.cn/a"],
    ];
    for arguments in commands {
        let run = jumpqr(arguments).expect(3);
        assert_stderr(
            &run,
            &["the document is not JSON", &format!("Correct {name}")],
        );
        let run = jumpqr([&["--json"], arguments].concat()).expect(3);
        let message = run.json()["error"]["message"].as_str().unwrap().to_owned();
        assert!(
            message.starts_with(&format!("{name}: the document")),
            "{message}"
        );
    }
}

#[test]
fn curly_quotes_are_refused_with_the_line() {
    let run = run_refused("{\n  “prefix”: “https://h.cn/a”\n}");
    assert_stderr(
        &run,
        &["line 2 has curly quotes", "replace them with straight ones"],
    );
}

#[test]
fn a_file_that_is_not_utf_8_is_refused_with_the_byte() {
    let run = run_refused(*b"{\"path\": \"\xd6\xd0\"}");
    assert_stderr(&run, &["not UTF-8 from byte 10 on; save it as UTF-8"]);
}

#[test]
fn a_file_of_ten_megabytes_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("rule.json");
    let mut document = VALID_RULE.as_bytes().to_vec();
    document.resize(10 << 20, b' ');
    std::fs::write(&file, &document).unwrap();
    let run = run_refused_with(&[file.to_str().unwrap()], "");
    assert_stderr(
        &run,
        &["larger than 4194304 bytes", "is it the right file?"],
    );
    // Standard input has the same limit.
    assert_stderr(&run_refused(document), &["larger than 4194304 bytes"]);
}

#[test]
fn all_violations_are_named_together() {
    let run = run_refused(
        r#"{"prefix":"ftp://h","path":"","open_version":9,"debug_url":"x","colour":1}"#,
    );
    assert_stderr(
        &run,
        &[
            "colour:",
            "prefix:",
            "path:",
            "open_version:",
            "permit_sub_rule:",
            "debug_url:",
        ],
    );
}

#[test]
fn no_validate_sends_a_well_formed_rule_with_violations() {
    let wechat = FakeWeChat::start(
        |_| json!({"errcode": 85068, "errmsg": "test url is not the sub prefix"}),
    );
    let document = rule_with(&json!({"debug_url": ["https://h.cn/b"]}));
    let run = jumpqr(["add", "-", "--no-validate", "--base-url", wechat.base_url()])
        .env("JUMPQR_ACCESS_TOKEN", "TOKEN")
        .stdin(document)
        .expect(4);
    assert_eq!(wechat.calls(), ["qrcodejumpadd"]);
    assert_stderr(&run, &["errcode 85068", "debug_url[0]: is not covered"]);
}

#[test]
fn no_validate_refuses_a_malformed_rule() {
    let run = run_refused_with(
        &["-", "--no-validate"],
        rule_with(&json!({"open_version": 4})),
    );
    assert_stderr(&run, &["open_version: is 4"]);
}
