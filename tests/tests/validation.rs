//! Each vector of `validation.json`: the input has exactly these violations and warnings.

use std::collections::BTreeSet;

use jumpqr_core::check::{CheckReport, Finding, FindingCode};
use jumpqr_core::interface::Interface;
use jumpqr_core::mapping::{check_mapping, parse_document, parse_rule};
use jumpqr_tests::settings::SettingsFile;
use jumpqr_tests::validation::{FindingVector, Input, ValidationVector, Validations};
use jumpqr_tests::{Visitor, count, load, report};
use serde_json::Value;

struct Check;

impl Visitor for Check {
    type Output = CheckReport;

    fn visit<I: Interface>(self, call: I, _: fn(&I::Response) -> Value) -> CheckReport {
        call.check()
    }
}

fn check_input(input: &Input) -> Result<CheckReport, String> {
    match input {
        Input::Mapping(mapping) => check_as_mapping_and_rule(mapping),
        Input::Document(document) => match parse_document(&document.bytes()?) {
            Ok(mapping) => check_as_mapping_and_rule(&mapping),
            Err(error) => Ok(CheckReport {
                violations: error.violations().to_vec(),
                warnings: Vec::new(),
            }),
        },
        Input::Call(call) => call.visit(Check),
    }
}

/// Checks a mapping. If it parses, the check of the rule must give the same report.
fn check_as_mapping_and_rule(mapping: &Value) -> Result<CheckReport, String> {
    let report = check_mapping(mapping);
    match parse_rule(mapping) {
        Ok(parsed) => {
            let rule_report = parsed.rule.check();
            if rule_report == report {
                Ok(report)
            } else {
                Err(format!(
                    "the mapping has {report:?}, but its rule has {rule_report:?}"
                ))
            }
        }
        Err(error) if error.violations() == report.violations => Ok(report),
        Err(error) => Err(format!(
            "the check gives {report:?}, but the parser gives {error}"
        )),
    }
}

fn compare(level: &str, expected: &[FindingVector], found: &[Finding]) -> Result<(), String> {
    let mut left: Vec<&Finding> = found.iter().collect();
    for wanted in expected {
        let position = left.iter().position(|finding| {
            finding.field == wanted.field
                && finding.code.name() == wanted.code
                && wanted
                    .contains
                    .iter()
                    .all(|part| finding.message.contains(part))
        });
        let Some(position) = position else {
            return Err(format!("no {level} {wanted:?} in {found:?}"));
        };
        left.remove(position);
    }
    if left.is_empty() {
        Ok(())
    } else {
        Err(format!("unexpected {level}s: {left:?}"))
    }
}

fn check(vector: &ValidationVector) -> Result<(), String> {
    let found = check_input(&vector.input)?;
    compare("violation", &vector.violations, &found.violations)?;
    compare("warning", &vector.warnings, &found.warnings)
}

#[test]
fn every_input_has_exactly_its_findings() {
    let file: Validations = load().unwrap();
    let results = file.validations.iter().map(|v| (v.name.as_str(), check(v)));
    let run = report(results).unwrap_or_else(|failures| panic!("{failures}"));
    count::<Validations>(run);
}

#[test]
fn at_least_forty_right_rules_have_no_findings() {
    let file: Validations = load().unwrap();
    let right = file.validations.iter().filter(|vector| {
        let is_rule = !matches!(vector.input, Input::Call(_));
        is_rule && vector.violations.is_empty() && vector.warnings.is_empty()
    });
    assert!(right.count() >= 40);
}

#[test]
fn every_finding_code_occurs() {
    let file: Validations = load().unwrap();
    let vectors = file.validations.iter();
    let findings = vectors.flat_map(|vector| vector.violations.iter().chain(&vector.warnings));
    let settings: SettingsFile = load().unwrap();
    let of_settings = settings.settings.iter().flat_map(|vector| &vector.findings);
    let used: BTreeSet<&str> = findings
        .map(|finding| &*finding.code)
        .chain(of_settings.map(|finding| &*finding.code))
        .collect();
    let known: BTreeSet<&str> = FindingCode::ALL.iter().map(|code| code.name()).collect();
    assert_eq!(used, known);
}
