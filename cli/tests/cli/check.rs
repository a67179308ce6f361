//! `jumpqr check` lists all violations and warnings, offline.

use serde_json::json;

use crate::support::{RULE_FLAGS, jumpqr};

#[test]
fn a_valid_rule_has_no_warnings() {
    let run = jumpqr(["check"]).args(RULE_FLAGS).expect(0);
    assert_eq!(run.stdout, "Valid: no warnings.\n");
    assert_eq!(run.stderr, "");
}

#[test]
fn warnings_do_not_make_a_rule_invalid() {
    let rule = r#"{"prefix":"https://h.media:8443/桌?n=桌","path":"p","open_version":1,"permit_sub_rule":1}"#;
    let run = jumpqr(["check", "-"]).stdin(rule).expect(0);
    for text in ["Warnings", "non-ASCII", ".media domain", "port 8443"] {
        assert!(run.stdout.contains(text), "{text}: {}", run.stdout);
    }
    let codes = jumpqr(["--json", "check", "-"])
        .stdin(rule)
        .expect(0)
        .json();
    let codes: Vec<_> = codes["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|warning| warning["code"].as_str().unwrap().to_owned())
        .collect();
    let expected = ["port", "reported_domain", "non_ascii", "non_ascii_query"];
    assert_eq!(codes, expected);
}

#[test]
fn violations_and_warnings_are_listed_together() {
    let rule = json!({
        "prefix": "https://h.ink/a", "path": "", "open_version": 7, "permit_sub_rule": 1,
        "debug_url": ["https://h.ink/b"],
    });
    let run = jumpqr(["check", "-"]).stdin(rule.to_string()).expect(3);
    assert_eq!(run.stdout, "");
    for text in [
        "path: is empty",
        "open_version: is 7",
        "debug_url[0]: is not covered",
        ".ink domain",
    ] {
        assert!(run.stderr.contains(text), "{text}: {}", run.stderr);
    }
    let object = jumpqr(["check", "-", "--json"])
        .stdin(rule.to_string())
        .expect(3)
        .json();
    assert_eq!(object["ok"], false);
    assert_eq!(object["error"]["violations"].as_array().unwrap().len(), 3);
    assert_eq!(object["warnings"][0]["code"], "reported_domain");
}
