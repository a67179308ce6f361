//! The target `mappings`: rules, call arguments and lists of rules, as bytes that may not be JSON.

use jumpqr_core::check::{CheckReport, Finding, FindingCode};
use jumpqr_core::error::OwnCode;
use jumpqr_core::interface::{
    AddJumpQRCode, AnyCall, CallVisitor, ClearQuotaByAppSecret, Interface, check_call, parse_call,
};
use jumpqr_core::mapping::{
    check_document, check_mapping, parse_document, parse_rule, parse_rule_set,
};
use jumpqr_core::{Edit, Error};
use serde_json::{Map, Value};

/// The fields of a rule.
const RULE_FIELDS: [&str; 7] = [
    "prefix",
    "path",
    "is_edit",
    "permit_sub_rule",
    "open_version",
    "debug_url",
    "appid",
];

/// The arguments of calls that are not fields of a rule.
const ARGUMENTS: [&str; 9] = [
    "get_type",
    "prefix_list",
    "page_num",
    "page_size",
    "notify_users",
    "show_profile",
    "rule_list",
    "cgi_path",
    "rid",
];

/// The first byte of the input chooses the parser, and the rest is the document.
pub fn mappings(input: &[u8]) {
    let Some((choice, document)) = input.split_first() else {
        return;
    };
    let mapping = match parse_document(document) {
        Ok(mapping) => mapping,
        Err(error) => {
            assert_eq!(error.violations(), check_document(document).violations);
            return check_refusal(&error, &Value::Null, document.len());
        }
    };
    let names = AnyCall::NAMES;
    match usize::from(*choice) % (names.len() + 2) {
        0 => check_rule(&mapping, document),
        1 => check_rule_set(&mapping, document.len()),
        other => {
            if let Some(name) = names.get(other - 2) {
                check_parsed_call(name, &mapping, document.len());
            }
        }
    }
}

fn check_rule(mapping: &Value, document: &[u8]) {
    let report = check_mapping(mapping);
    assert_eq!(report, check_document(document));
    let read = match parse_rule(mapping) {
        Ok(read) => read,
        Err(error) => {
            assert_eq!(error.violations(), report.violations);
            return check_refusal(&error, mapping, document.len());
        }
    };
    check_findings(&report, mapping, document.len());
    assert_eq!(
        read.rule.check(),
        report,
        "the rule has other findings than its mapping"
    );

    // The sent request is a mapping, which gives the same rule.
    let is_edit = read.is_edit.unwrap_or(Edit::Add);
    let call = AddJumpQRCode {
        rule: read.rule.clone(),
        is_edit,
    };
    let body = call.request().ok().and_then(|request| request.body);
    assert_eq!(body, serde_json::to_vec(&call).ok());
    let wire = parse_body(&call);
    let again = parse_rule(&wire);
    let again = again.unwrap_or_else(|error| panic!("{error}: {wire}"));
    assert_eq!((&again.rule, again.is_edit), (&read.rule, Some(is_edit)));

    // Null counts as absent, and a numeric text as its number.
    let Some(fields) = mapping.as_object() else {
        panic!("a rule was made from a value that is not an object: {mapping}");
    };
    let mut same = Map::new();
    for name in RULE_FIELDS {
        let value = match fields.get(name) {
            Some(Value::Number(number)) => Value::String(number.to_string()),
            value => value.cloned().unwrap_or_default(),
        };
        same.insert(name.to_owned(), value);
    }
    let same = Value::Object(same);
    assert_eq!(parse_rule(&same).ok().as_ref(), Some(&read), "{same}");
    assert_eq!(check_mapping(&same), report, "{same}");
}

fn check_parsed_call(name: &'static str, arguments: &Value, size: usize) {
    let report = match check_call(name, arguments) {
        Ok(report) => report,
        Err(error) => panic!("the interface {name} is unknown: {error}"),
    };
    match parse_call(name, arguments) {
        Ok(call) => {
            check_findings(&report, arguments, size);
            assert_eq!(call.check(), report, "{call:?}");
            call.clone().accept(Reparse { first: call, name });
        }
        Err(error) => {
            assert_eq!(error.violations(), report.violations);
            assert_eq!(error.interface(), Some(name));
            check_refusal(&error, arguments, size);
        }
    }
}

/// Parses the request that a call sends, and compares it with the call.
struct Reparse {
    first: AnyCall,
    name: &'static str,
}

impl CallVisitor for Reparse {
    type Output = ();

    fn visit<I: Interface<Response: serde::Serialize>>(self, call: I) {
        if I::NAME == ClearQuotaByAppSecret::NAME {
            return; // It sends what only a client has.
        }
        let mut wire = parse_body(&call);
        if let (AnyCall::PublishJumpQRCode(publish), Some(fields)) =
            (&self.first, wire.as_object_mut())
        {
            // Only the prefix is sent.
            let appid = publish.key.appid.as_deref().map(Into::into);
            fields.extend(appid.map(|appid: Value| ("appid".to_owned(), appid)));
        }
        match parse_call(self.name, &wire) {
            Ok(again) => assert_eq!(again, self.first, "{wire}"),
            Err(error) => panic!("{error}: {wire}"),
        }
    }
}

fn check_rule_set(document: &Value, size: usize) {
    match parse_rule_set(document) {
        Ok(set) => {
            for candidate in set.rules() {
                assert_eq!(candidate.prefix.trim(), candidate.prefix);
            }
        }
        Err(error) => check_refusal(&error, document, size),
    }
}

/// Parses the body of a call. It must be raw UTF-8, with escapes only where JSON needs them.
fn parse_body(call: &impl Interface) -> Value {
    let request = call.request();
    let request = request.unwrap_or_else(|error| panic!("{error}"));
    let Some(body) = request.body.as_deref() else {
        // A GET has no arguments.
        return Map::new().into();
    };
    let text = std::str::from_utf8(body);
    let text = text.unwrap_or_else(|error| panic!("a body that is not UTF-8: {error}"));
    // Escaped backslashes are removed first, because they do not begin a `u` escape.
    let unescaped = text.replace("\\\\", "");
    for escaped in unescaped.split("\\u").skip(1) {
        let code = escaped.get(..4).map(|code| u32::from_str_radix(code, 16));
        assert!(
            matches!(code, Some(Ok(..0x20))),
            "an unnecessary escape (errcode 40033): {text}"
        );
    }
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Checks an error about the input: it has violations, and nothing was sent.
fn check_refusal(error: &Error, input: &Value, size: usize) {
    crate::error_text::assert_sound(error, &[]);
    assert_eq!(error.code(), OwnCode::InvalidRequest, "{error:?}");
    let report = CheckReport {
        violations: error.violations().to_vec(),
        warnings: Vec::new(),
    };
    check_findings(&report, input, size);
    for violation in &report.violations {
        assert!(error.message().contains(&violation.message), "{error}");
    }
}

/// Checks that every finding names an existing or a missing field, or is about the whole input.
/// Messages must stay in proportion to the input.
fn check_findings(report: &CheckReport, input: &Value, size: usize) {
    let mut total = 0;
    for (finding, is_warning) in list_findings(report) {
        assert_eq!(finding.code.is_warning(), is_warning, "{finding:?}");
        assert!(!finding.message.is_empty(), "{finding:?}");
        let is_about_input = matches!(
            finding.code,
            FindingCode::TooLarge
                | FindingCode::NotUtf8
                | FindingCode::NotJson
                | FindingCode::NotAnObject
                | FindingCode::MixedModes
        );
        assert!(
            names_a_field(&finding.field, input) || (is_about_input && finding.field.is_empty()),
            "{finding:?} of {input}"
        );
        total += finding.field.len() + finding.message.len();
    }
    assert!(total <= 4096 + 512 * size, "{total} bytes about {size}");
}

fn list_findings(report: &CheckReport) -> impl Iterator<Item = (&Finding, bool)> {
    let violations = report.violations.iter().map(|finding| (finding, false));
    violations.chain(report.warnings.iter().map(|finding| (finding, true)))
}

/// Returns whether `field` is a field of the input, a known field, or an entry of such a list:
/// `debug_url[2]`, `[1].prefix`.
fn names_a_field(field: &str, input: &Value) -> bool {
    let own = input
        .as_object()
        .is_some_and(|fields| fields.contains_key(field));
    if own || RULE_FIELDS.contains(&field) || ARGUMENTS.contains(&field) {
        return true;
    }
    let Some((list, entry)) = field.split_once('[') else {
        return false;
    };
    let Some((index, below)) = entry.split_once(']') else {
        return false;
    };
    let entries = if list.is_empty() {
        Some(input)
    } else {
        input.get(list)
    };
    let index = index.parse::<usize>().ok();
    let there = index.and_then(|index| entries?.as_array()?.get(index));
    there.is_some() && matches!(below, "" | ".prefix" | ".state")
}
