//! Reads the rules to match links against: one rule, a list of rules, or a response of
//! getJumpQRCode.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::{Map, Value};

use crate::check::{CheckReport, FindingCode};
use crate::error::Result;
use crate::matching::Candidate;
use crate::rule::RuleState;

/// Reads the rules to match links against, from an object with a `prefix`, a list of such objects,
/// or a response of getJumpQRCode.
///
/// Only `prefix` and `state` are read. Other fields are ignored, whatever their values are.
pub fn parse_candidates(document: &Value) -> Result<Vec<Candidate>> {
    let mut report = CheckReport::default();
    let candidates = read_all(document, &mut report);
    report.into_result().map(|_| candidates)
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

/// Reads a number, or a text that is a number: responses may have either.
fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}
