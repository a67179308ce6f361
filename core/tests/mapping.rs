//! The parser of mappings and documents, with any input.

use std::collections::BTreeMap;

use jumpqr_core::check::FindingCode;
use jumpqr_core::interface::{AddJumpQRCode, Interface};
use jumpqr_core::mapping::{check_mapping, parse_document, parse_rule};
use jumpqr_core::{Edit, OpenVersion, OrdinaryLinkRule, PermitSubRule, Rule, ServiceAccountRule};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

const FIELDS: [&str; 7] = [
    "prefix",
    "path",
    "is_edit",
    "permit_sub_rule",
    "open_version",
    "debug_url",
    "appid",
];

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i16>().prop_map(|number| Value::from(f64::from(number) / 4.0)),
        (-2_i64..5).prop_map(Value::from),
        (-2_i64..5).prop_map(|number| Value::from(format!(" {number}"))),
        any_text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            btree_map(any_name(), inner, 0..8).prop_map(object),
        ]
    })
}

fn object(fields: BTreeMap<String, Value>) -> Value {
    Value::Object(fields.into_iter().collect())
}

/// Any name; mostly the name of a field, or nearly one.
fn any_name() -> impl Strategy<Value = String> {
    let known = select(&FIELDS[..]);
    prop_oneof![
        4 => known.clone().prop_map(str::to_owned),
        1 => (known, "[a-zA-Z_ ]").prop_map(|(field, more)| format!("{field}{more}")),
        1 => any::<String>(),
    ]
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        concat!(
            "https?://[a-z]{1,3}(\\.cn|\\.ink)?(:[0-9]{1,4})?",
            "(/[a-zé%2F ]{0,3}){0,3}(\\?[a-z=&é]{0,6})?(#[a-z]{0,3})?"
        ),
        "http://weixin\\.qq\\.com/[qr]/[a-z]{0,3}",
    ]
}

fn any_rule() -> impl Strategy<Value = Rule> {
    let ordinary_link = (
        any_text(),
        any::<String>(),
        select(OpenVersion::ALL),
        select(PermitSubRule::ALL),
        option::of(vec(any_text(), 0..8)),
    )
        .prop_map(|(prefix, path, open_version, permit_sub_rule, debug_url)| {
            let mut rule = OrdinaryLinkRule::new(prefix, path, open_version, permit_sub_rule);
            rule.debug_url = debug_url;
            Rule::from(rule)
        });
    let service_account = (any_text(), any::<String>(), any::<String>())
        .prop_map(|(prefix, appid, path)| Rule::from(ServiceAccountRule::new(prefix, appid, path)));
    prop_oneof![ordinary_link, service_account]
}

proptest! {
    /// The parser and the check agree, and every finding has a message.
    #[test]
    fn any_json_is_a_rule_or_is_refused_with_the_findings_of_the_check(json in any_json()) {
        let report = check_mapping(&json);
        match parse_rule(&json) {
            Ok(parsed) => prop_assert_eq!(parsed.rule.check(), report.clone()),
            Err(error) => {
                prop_assert!(!report.is_valid());
                prop_assert_eq!(error.violations(), &report.violations[..]);
            }
        }
        for finding in &report.violations {
            prop_assert!(!finding.code.is_warning() && !finding.message.is_empty());
        }
        for finding in &report.warnings {
            prop_assert!(finding.code.is_warning() && !finding.message.is_empty());
        }
    }

    #[test]
    fn parsing_the_request_of_a_rule_gives_the_same_rule(
        rule in any_rule(),
        is_edit in select(Edit::ALL),
    ) {
        let request = AddJumpQRCode { rule: rule.clone(), is_edit }.request();
        let request = request.map_err(|error| TestCaseError::fail(error.to_string()))?;
        let mapping = parse_document(request.body.as_deref().unwrap_or_default());
        let parsed = mapping.and_then(|mapping| parse_rule(&mapping));
        let parsed = parsed.map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(parsed.rule, rule);
        prop_assert_eq!(parsed.is_edit, Some(is_edit));
    }

    #[test]
    fn every_unknown_field_is_reported(strangers in btree_map(any_name(), any_json(), 1..6)) {
        let mut mapping: Map<String, Value> = Map::new();
        for (field, value) in [
            ("prefix", json!("https://m.example.cn/a")),
            ("permit_sub_rule", json!(1)),
            ("path", json!("pages/a")),
            ("open_version", json!(1)),
        ] {
            mapping.insert(field.to_owned(), value);
        }
        let strangers: Vec<_> = strangers
            .into_iter()
            .filter(|(name, _)| !FIELDS.contains(&name.as_str()))
            .collect();
        mapping.extend(strangers.iter().cloned());
        let report = check_mapping(&Value::Object(mapping));
        let mut named: Vec<&str> = report
            .violations
            .iter()
            .map(|finding| {
                assert_eq!(finding.code, FindingCode::UnknownField);
                finding.field.as_str()
            })
            .collect();
        named.sort_unstable();
        let expected: Vec<&str> = strangers.iter().map(|(name, _)| name.as_str()).collect();
        prop_assert_eq!(named, expected);
    }

    #[test]
    fn any_bytes_are_parsed_or_refused_with_one_finding(document in vec(any::<u8>(), 0..64)) {
        if let Err(error) = parse_document(&document) {
            let [violation] = error.violations() else {
                return Err(TestCaseError::fail(format!("{:?}", error.violations())));
            };
            prop_assert_eq!(violation.field.as_str(), "");
            let codes = [FindingCode::NotUtf8, FindingCode::NotJson];
            prop_assert!(codes.contains(&violation.code));
            prop_assert_eq!(
                violation.code == FindingCode::NotUtf8,
                std::str::from_utf8(&document).is_err()
            );
        }
    }

    #[test]
    fn curly_quotes_are_named_as_the_cause(document in "[\\[\\]{}:,\"“” a1\\n]{0,24}") {
        if let Err(error) = parse_document(document.as_bytes()) {
            let curly = document.contains(['“', '”']);
            prop_assert_eq!(error.message().contains("curly"), curly, "{}", error);
        }
    }

    #[test]
    fn a_document_is_parsed_as_it_was_written(json in any_json(), mark in any::<bool>()) {
        let mut document = if mark { "\u{feff}".to_owned() } else { String::new() };
        document.push_str(&json.to_string());
        let read = parse_document(document.as_bytes());
        let read = read.map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(read, json);
    }
}
