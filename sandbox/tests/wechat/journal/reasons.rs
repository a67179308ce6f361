//! The reasons of refusals in the recorded requests.

use std::collections::BTreeMap;

use jumpqr_sandbox::{MINI_PROGRAM_APPID, Reason};
use serde_json::{Value, json};

use crate::caller::{Caller, SERVICE_PREFIX, errcode, ordinary_rule, service_rule};

/// Adds a rule. Returns the errcode, and the reason in the recorded request.
fn add(caller: &Caller, rule: &Value) -> (i64, Option<Box<Reason>>) {
    let response = caller.call_as_mini_program("qrcodejumpadd", rule);
    let recorded = caller.sandbox.requests().pop().unwrap();
    (errcode(&response), recorded.reason)
}

/// Adds a rule for `https://m.x.cn/a/b/` with these files. Returns the errcode and the code of the
/// reason.
fn add_with_files(files: &[(&str, &str)]) -> (i64, Option<&'static str>) {
    let caller = Caller::new();
    let files = files
        .iter()
        .map(|(url, content)| ((*url).to_owned(), (*content).to_owned()));
    caller
        .sandbox
        .put_verification_files(MINI_PROGRAM_APPID, Some(files.collect()))
        .unwrap();
    let (code, reason) = add(&caller, &ordinary_rule("https://m.x.cn/a/b/"));
    (code, reason.map(|reason| reason.code()))
}

#[test]
fn a_missing_file_is_explained_as_by_a_preflight() {
    const CONTENT: &str = "6bacb2bab32b3420f9de40cccb30fc50";
    let right = "https://m.x.cn/a/b/KCfCAeDG9F.txt";
    let root = "https://m.x.cn/KCfCAeDG9F.txt";
    for (files, code) in [
        (vec![], "not_found"),
        (vec![(root, CONTENT)], "file_at_root"),
        (
            vec![(right, "0123456789abcdef0123456789abcdef")],
            "other_file",
        ),
        (
            vec![(right, "6bacb2bab32b3420f9de40cccb30fc50\n")],
            "white_space_around",
        ),
    ] {
        assert_eq!(add_with_files(&files), (85069, Some(code)));
    }
    assert_eq!(add_with_files(&[(right, CONTENT)]), (0, None));
}

#[test]
fn a_reason_says_what_was_seen_and_what_to_do() {
    let caller = Caller::new();
    caller
        .sandbox
        .put_verification_files(MINI_PROGRAM_APPID, Some(BTreeMap::new()))
        .unwrap();
    add(&caller, &ordinary_rule("https://m.x.cn/a/b/"));
    let shown = caller.get("/sandbox/requests")[0]["reason"].clone();
    assert_eq!(shown["code"], "not_found");
    assert_eq!(shown["url"], "https://m.x.cn/a/b/KCfCAeDG9F.txt");
    assert_eq!(shown["addresses"], json!([]), "nothing was connected to");
    for field in ["message", "seen", "why", "remedy"] {
        let text = shown[field].as_str().unwrap();
        assert!(!text.is_empty(), "{field}");
    }
}

#[test]
fn a_service_account_s_rule_with_a_mini_program_s_token_is_explained() {
    let caller = Caller::new();
    for rule in [service_rule(SERVICE_PREFIX), ordinary_rule(SERVICE_PREFIX)] {
        let (code, reason) = add(&caller, &rule);
        assert_eq!(
            (code, reason.unwrap().code()),
            (85069, "service_account_rule")
        );
    }
}

#[test]
fn a_wrong_prefix_is_explained_as_by_a_check() {
    let caller = Caller::new();
    let (code, reason) = add(&caller, &ordinary_rule("https://m.x.cn:8443/a/"));
    assert_eq!((code, reason.unwrap().code()), (85066, "port"));
    let shown = caller.get("/sandbox/requests")[0]["reason"].clone();
    assert_eq!(shown["field"], "prefix");
    assert!(
        shown["message"].as_str().unwrap().contains("8443"),
        "{shown}"
    );
}

#[test]
fn a_right_call_and_a_code_that_says_all_have_no_reason() {
    let caller = Caller::new();
    let rule = ordinary_rule("https://m.x.cn/a/b/");
    assert_eq!(add(&caller, &rule), (0, None));
    assert_eq!(add(&caller, &rule), (85071, None));
}
