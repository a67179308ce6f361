//! Input that is not valid: exit 3, each field named with what to do, and nothing sent.

use serde_json::json;

use crate::support::{FakeWeChat, Run, jumpqr};

const OK: &str =
    r#"{"prefix":"https://h.cn/a","path":"pages/i","open_version":1,"permit_sub_rule":1}"#;

/// Adds `document` from standard input, with credentials and a server at hand, and expects to be refused without a call.
fn refused(document: impl Into<Vec<u8>>) -> Run {
    refused_with(&["-"], document)
}

fn refused_with(arguments: &[&str], document: impl Into<Vec<u8>>) -> Run {
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
fn says(run: &Run, texts: &[&str]) {
    for text in texts {
        assert!(
            run.stderr.contains(text),
            "{text:?} is missing: {}",
            run.stderr
        );
    }
}

/// The valid rule with `fields` in place of its own.
fn rule_with(fields: &serde_json::Value) -> String {
    let mut rule: serde_json::Value = serde_json::from_str(OK).unwrap();
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
        .stdin(OK)
        .expect(0);
    assert_eq!(wechat.calls(), ["qrcodejumpadd"]);
}

#[test]
fn a_missing_prefix() {
    let run = refused(r#"{"path":"p","open_version":1,"permit_sub_rule":1}"#);
    says(&run, &["prefix: is missing; give the URL"]);
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
    let by_flags = refused_with(&flags, "");
    let by_file = refused(r#"{"path":"p","open_version":1,"permit_sub_rule":1}"#);
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
    let by_flags = refused_with(&flags, "");
    let by_file = refused(rule_with(&json!({"open_version": 4})));
    assert_eq!(by_flags.stderr, by_file.stderr);
    says(
        &by_file,
        &["open_version: is 4; give 1 (development), 2 (trial) or 3 (released)"],
    );
}

#[test]
fn both_modes_mixed() {
    let run = refused(rule_with(&json!({"appid": "wx1"})));
    says(
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
fn six_debug_url() {
    let links: Vec<_> = (0..6).map(|n| format!("https://h.cn/a?n={n}")).collect();
    let run = refused(rule_with(&json!({"debug_url": links})));
    says(&run, &["debug_url: has 6 links; keep at most 5"]);
}

#[test]
fn a_debug_url_outside_the_rule() {
    let run = refused(rule_with(
        &json!({"debug_url": ["https://h.cn/a?n=1", "https://h.cn/b"]}),
    ));
    says(
        &run,
        &["debug_url[1]: is not covered by the prefix (85068)"],
    );
}

#[test]
fn debug_url_as_a_bare_text() {
    let run = refused(rule_with(&json!({"debug_url": "https://h.cn/a"})));
    says(&run, &["debug_url: is a text; give a list of texts"]);
}

#[test]
fn a_misspelt_field() {
    let run = refused(rule_with(&json!({"open_verson": 1})));
    says(
        &run,
        &["open_verson: is not a field of a rule; did you mean `open_version`?"],
    );
}

#[test]
fn true_for_a_number() {
    let run = refused(rule_with(&json!({"permit_sub_rule": true})));
    says(
        &run,
        &["permit_sub_rule: is true or false; give a number: 1 (not occupied) or 2 (occupied)"],
    );
}

#[test]
fn a_service_prefix_with_https_or_r() {
    let rule = |prefix: &str| json!({"prefix": prefix, "appid": "wx1", "path": "p"}).to_string();
    let run = refused(rule("https://weixin.qq.com/q/kZgfwMTm72W"));
    says(
        &run,
        &[
            "prefix: does not begin with http://weixin.qq.com/q/",
            "change it to http",
        ],
    );
    let run = refused(rule("http://weixin.qq.com/r/qR2ttZbEDctyrdLW90i7"));
    says(
        &run,
        &[
            "prefix: does not begin with http://weixin.qq.com/q/",
            "/r/ link",
        ],
    );
}

#[test]
fn an_empty_path() {
    let run = refused(rule_with(&json!({"path": ""})));
    says(&run, &["path: is empty; give the Mini Program page"]);
}

#[test]
fn not_json() {
    let run = refused("prefix=https://h.cn/a");
    says(&run, &["the document is not JSON (line 1, column"]);
}

#[test]
fn json_with_curly_quotes() {
    let run = refused("{\n  “prefix”: “https://h.cn/a”\n}");
    says(
        &run,
        &["line 2 has curly quotes", "replace them by straight ones"],
    );
}

#[test]
fn not_utf8() {
    let run = refused(*b"{\"path\": \"\xd6\xd0\"}");
    says(&run, &["not UTF-8 from byte 10 on; save it as UTF-8"]);
}

#[test]
fn a_file_of_ten_megabytes() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("rule.json");
    let mut document = OK.as_bytes().to_vec();
    document.resize(10 << 20, b' ');
    std::fs::write(&file, &document).unwrap();
    let run = refused_with(&[file.to_str().unwrap()], "");
    says(
        &run,
        &["larger than 4194304 bytes", "is it the right file?"],
    );
    // Standard input of any length as well.
    says(&refused(document), &["larger than 4194304 bytes"]);
}

#[test]
fn everything_wrong_is_named_at_once() {
    let run =
        refused(r#"{"prefix":"ftp://h","path":"","open_version":9,"debug_url":"x","colour":1}"#);
    says(
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
fn a_publish_or_delete_of_nothing_is_not_sent() {
    for command in ["publish", "delete"] {
        let run = jumpqr([command, ""]).expect(3);
        says(&run, &["prefix: is empty"]);
    }
}

#[test]
fn no_validate_sends_what_is_well_formed_but_not_valid() {
    let wechat = FakeWeChat::start(
        |_| json!({"errcode": 85068, "errmsg": "test url is not the sub prefix"}),
    );
    let document = rule_with(&json!({"debug_url": ["https://h.cn/b"]}));
    let run = jumpqr(["add", "-", "--no-validate", "--base-url", wechat.base_url()])
        .env("JUMPQR_ACCESS_TOKEN", "TOKEN")
        .stdin(document)
        .expect(4);
    assert_eq!(wechat.calls(), ["qrcodejumpadd"]);
    says(&run, &["errcode 85068", "debug_url[0]: is not covered"]);
}

#[test]
fn no_validate_does_not_send_what_is_not_well_formed() {
    let run = refused_with(
        &["-", "--no-validate"],
        rule_with(&json!({"open_version": 4})),
    );
    says(&run, &["open_version: is 4"]);
}

#[test]
fn a_text_that_is_no_link_is_refused_before_anybody_is_asked() {
    for (arguments, field) in [
        (["match", "not a link"].as_slice(), "link"),
        (&["match", ""], "link"),
        (&["download", "--prefix", "nonsense"], "prefix"),
    ] {
        let wechat = FakeWeChat::start(|_| json!({"errcode": 0}));
        let run = jumpqr(arguments)
            .args(["--base-url", wechat.base_url()])
            .env("JUMPQR_ACCESS_TOKEN", "TOKEN")
            .expect(3);
        assert!(run.stderr.contains(&format!("{field}: ")), "{}", run.stderr);
        assert!(wechat.calls().is_empty());
    }
}
