//! Rules to match against: one rule, a list of rules, or an answer of getJumpQRCode.

use serde_json::{Map, Value};

use crate::check::{CheckReport, FindingCode};
use crate::error::{Error, Result};
use crate::matching::Candidate;
use crate::rule::RuleState;

/// Reads rules to match against from an object with a `prefix`, a list of such objects, or an answer of getJumpQRCode.
///
/// Only `prefix` and `state` count; other fields, whatever they hold, are passed over.
pub fn parse_candidates(document: &Value) -> Result<Vec<Candidate>> {
    let mut report = CheckReport::default();
    let candidates = read_all(document, &mut report);
    match report.violations.as_slice() {
        [] => Ok(candidates),
        _ => Err(Error::invalid(report.violations)),
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
                "the document is neither a rule nor a list of rules; give an object, an array, or an answer of getJumpQRCode",
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

/// `place` goes before the names of the fields.
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
                    "is neither 1 (not published) nor 2 (published); fix it, or leave it out",
                );
            }
            state
        }
    };
    let (code, message) = match fields.get("prefix") {
        Some(Value::String(prefix)) => {
            return Some(Candidate {
                prefix: prefix.trim().to_owned(),
                state,
            });
        }
        None | Some(Value::Null) => (FindingCode::MissingField, "is missing; give a text"),
        Some(_) => (FindingCode::WrongType, "is not a text; give a text"),
    };
    report.add(format!("{place}prefix"), code, message);
    None
}

/// A number, or a text that is one, as answers may have it.
fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}
