//! Reads the rules to match links against: one rule, a list of rules, or a response of
//! getJumpQRCode.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::{Map, Value};

use super::document::parse_document_of;
use crate::check::{CheckReport, FindingCode};
use crate::error::Result;
use crate::matching::{Account, Candidate, RuleSet};
use crate::rule::{OpenVersion, PermitSubRule, RuleState};

/// The largest document of rules that is parsed, in bytes (64 MiB). A Mini Program may have 100,000
/// service-account rules, of a few hundred bytes each.
pub const MAX_RULE_SET_BYTES: usize = 64 << 20;

/// Parses `document` as JSON, and reads the rules in it as [`parse_rule_set`] does.
pub fn parse_rule_set_document(document: &[u8]) -> Result<RuleSet> {
    parse_rule_set(&parse_document_of(document, MAX_RULE_SET_BYTES)?)
}

/// Reads the rules to match links against, from an object with a `prefix`, a list of such objects,
/// or a response of getJumpQRCode. In the last case, `qrcodejump_open` is read too, and the caller may
/// have added `is_released`, a boolean, see [`Account`].
///
/// A rule must have a `prefix`, and its `state` must be 1 or 2 if it is given. Any other field is
/// taken if its value is valid, and is ignored otherwise.
pub fn parse_rule_set(document: &Value) -> Result<RuleSet> {
    let mut report = CheckReport::default();
    let candidates = read_all(document, &mut report);
    report.into_result()?;
    Ok(RuleSet::new(candidates).with_account(Account {
        qrcodejump_open: flag(document, "qrcodejump_open"),
        is_released: flag(document, "is_released"),
    }))
}

/// Reads a boolean, or a number that stands for one.
fn flag(document: &Value, name: &str) -> Option<bool> {
    match document.get(name)? {
        Value::Bool(flag) => Some(*flag),
        value => number(value).map(|number| number != 0),
    }
}

fn read_all(document: &Value, report: &mut CheckReport) -> Vec<Candidate> {
    let (name, entries) = match document {
        Value::Array(entries) => ("", entries.as_slice()),
        Value::Object(fields) => match fields.get("rule_list") {
            Some(Value::Array(entries)) => ("rule_list", entries.as_slice()),
            Some(_) => {
                report.add(
                    "rule_list",
                    FindingCode::WrongType,
                    "is not a list; give the rules as a JSON array",
                );
                return Vec::new();
            }
            None => return read_one(fields, "", report).into_iter().collect(),
        },
        _ => {
            report.add(
                "",
                FindingCode::NotAnObject,
                "the document is neither a rule nor a list of rules; give an object, an array, or \
                 a response of getJumpQRCode",
            );
            return Vec::new();
        }
    };
    let read = entries.iter().enumerate().filter_map(|(index, entry)| {
        let place = format!("{name}[{index}]");
        if let Value::Object(fields) = entry {
            return read_one(fields, &format!("{place}."), report);
        }
        report.add(
            place,
            FindingCode::NotAnObject,
            "is not an object; give a rule with a prefix",
        );
        None
    });
    read.collect()
}

/// Reads one rule. `place` is put before the names of the fields in the report.
fn read_one(
    fields: &Map<String, Value>,
    place: &str,
    report: &mut CheckReport,
) -> Option<Candidate> {
    let state = match fields.get("state") {
        None | Some(Value::Null) => None,
        Some(value) => {
            let state = number(value).and_then(RuleState::from_number);
            if state.is_none() {
                report.add(
                    format!("{place}state"),
                    FindingCode::OutOfRange,
                    "is neither 1 (unpublished) nor 2 (published); correct it, or leave it out",
                );
            }
            state
        }
    };
    let (code, message) = match fields.get("prefix") {
        Some(Value::String(prefix)) => {
            return Some(Candidate {
                state,
                path: text(fields, "path"),
                open_version: known(fields, "open_version", OpenVersion::from_number),
                debug_url: texts(fields, "debug_url"),
                permit_sub_rule: known(fields, "permit_sub_rule", PermitSubRule::from_number),
                appid: text(fields, "appid"),
                ..Candidate::new(prefix.trim())
            });
        }
        None | Some(Value::Null) => (FindingCode::MissingField, "is missing; give a text"),
        Some(_) => (FindingCode::WrongType, "is not a text; give a text"),
    };
    report.add(format!("{place}prefix"), code, message);
    None
}

fn text(fields: &Map<String, Value>, name: &str) -> Option<String> {
    Some(fields.get(name)?.as_str()?.trim().to_owned())
}

/// Reads a list of texts. One text that is not in a list is a list of one.
fn texts(fields: &Map<String, Value>, name: &str) -> Vec<String> {
    let values = match fields.get(name) {
        Some(Value::Array(values)) => values,
        Some(value) => core::slice::from_ref(value),
        None => return Vec::new(),
    };
    let texts = values.iter().filter_map(Value::as_str);
    texts.map(|text| text.trim().to_owned()).collect()
}

fn known<T>(
    fields: &Map<String, Value>,
    name: &str,
    from_number: fn(i64) -> Option<T>,
) -> Option<T> {
    from_number(number(fields.get(name)?)?)
}

/// Reads a number, or a text that is a number: responses may have either.
fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{MAX_RULE_SET_BYTES, parse_rule_set, parse_rule_set_document};
    use crate::check::FindingCode;
    use crate::mapping::MAX_DOCUMENT_BYTES;
    use crate::matching::Candidate;
    use crate::rule::{OpenVersion, PermitSubRule, RuleState};

    #[test]
    fn every_field_that_matching_needs_is_read() {
        let document = json!({"rule_list": [
            {"prefix": " https://h.cn/a/ ", "path": " p ", "state": "2", "open_version": 1,
             "debug_url": [" https://h.cn/a/1 ", "https://h.cn/a/2"], "permit_sub_rule": "2"},
            {"prefix": "http://weixin.qq.com/q/x", "appid": "wx1", "debug_url": "https://h.cn/3"},
        ]});
        let mut ordinary = Candidate::new("https://h.cn/a/")
            .path("p")
            .state(RuleState::Published)
            .test_links(
                OpenVersion::Development,
                ["https://h.cn/a/1", "https://h.cn/a/2"],
            );
        ordinary.permit_sub_rule = Some(PermitSubRule::Occupied);
        let mut service = Candidate::new("http://weixin.qq.com/q/x");
        service.appid = Some("wx1".to_owned());
        service.debug_url = vec!["https://h.cn/3".to_owned()];
        let rules = parse_rule_set(&document).unwrap();
        assert_eq!(rules.rules(), [ordinary, service]);
    }

    #[test]
    fn a_document_of_rules_may_be_larger_than_one_of_a_rule() {
        let document = |size: usize| {
            let mut document = br#"[{"prefix": "https://h.cn/"}]"#.to_vec();
            document.resize(size, b' ');
            parse_rule_set_document(&document)
        };
        let rules = document(MAX_DOCUMENT_BYTES + 1).unwrap();
        assert_eq!(rules.rules().len(), 1);
        let error = document(MAX_RULE_SET_BYTES + 1).unwrap_err();
        assert_eq!(error.violations()[0].code, FindingCode::TooLarge);
    }

    #[test]
    fn an_invalid_value_of_another_field_is_ignored() {
        let document = json!([{
            "prefix": "https://h.cn/a/",
            "path": 7, "open_version": 9, "debug_url": [1, {}], "permit_sub_rule": [], "appid": true,
        }]);
        let rules = parse_rule_set(&document).unwrap();
        assert_eq!(rules.rules(), [Candidate::new("https://h.cn/a/")]);
    }

    #[test]
    fn a_response_says_what_is_known_of_the_account() {
        for (value, flag) in [
            (json!(1), Some(true)),
            (json!(0), Some(false)),
            (json!("0"), Some(false)),
            (json!(true), Some(true)),
            (json!(false), Some(false)),
            (json!(null), None),
            (json!([]), None),
        ] {
            let document = json!({"rule_list": [], "qrcodejump_open": value});
            let account = parse_rule_set(&document).unwrap().account();
            assert_eq!(account.qrcodejump_open, flag, "{document}");
            let document = json!({"rule_list": [], "is_released": value});
            let account = parse_rule_set(&document).unwrap().account();
            assert_eq!(account.is_released, flag, "{document}");
        }
    }
}
