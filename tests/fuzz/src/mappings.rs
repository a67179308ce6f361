//! Rule mappings, call arguments and lists of rules, as JSON that may be none.

use jumpqr_core::check::{CheckReport, Finding, FindingCode};
use jumpqr_core::error::OwnCode;
use jumpqr_core::interface::{AddJumpQRCode, AnyCall, CallVisitor, Interface};
use jumpqr_core::mapping::{
    check_call, check_document, check_mapping, parse_call, parse_candidates, parse_document,
    parse_rule,
};
use jumpqr_core::matching::RuleSet;
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

/// The arguments of calls that no rule has.
const ARGUMENTS: [&str; 7] = [
    "get_type",
    "prefix_list",
    "page_num",
    "page_size",
    "notify_users",
    "show_profile",
    "rule_list",
];

/// Bytes of which the first chooses what is read, and the rest is the document.
pub fn mappings(input: &[u8]) {
    let Some((choice, document)) = input.split_first() else {
        return;
    };
    let mapping = match parse_document(document) {
        Ok(mapping) => mapping,
        Err(error) => {
            assert_eq!(error.violations(), check_document(document).violations);
            return hold_refusal(&error, &Value::Null, document.len());
        }
    };
    let names = AnyCall::NAMES;
    match usize::from(*choice) % (names.len() + 2) {
        0 => rule(&mapping, document),
        1 => candidates(&mapping, document.len()),
        other => {
            if let Some(name) = names.get(other - 2) {
                call(name, &mapping, document.len());
            }
        }
    }
}

fn rule(mapping: &Value, document: &[u8]) {
    let report = check_mapping(mapping);
    assert_eq!(report, check_document(document));
    let read = match parse_rule(mapping) {
        Ok(read) => read,
        Err(error) => {
            assert_eq!(error.violations(), report.violations);
            return hold_refusal(&error, mapping, document.len());
        }
    };
    hold_findings(&report, mapping, document.len());
    assert_eq!(
        read.rule.check(),
        report,
        "the rule says what its mapping says"
    );

    // The wire form is a mapping, and gives the same rule.
    let is_edit = read.is_edit.unwrap_or(Edit::Add);
    let call = AddJumpQRCode {
        rule: read.rule.clone(),
        is_edit,
    };
    let wire = wire(&call);
    let again = parse_rule(&wire);
    let again = again.unwrap_or_else(|error| panic!("{error}: {wire}"));
    assert_eq!((&again.rule, again.is_edit), (&read.rule, Some(is_edit)));

    // What is null counts as absent, and a numeric text as its number.
    let Some(fields) = mapping.as_object() else {
        panic!("a rule of what is no object: {mapping}");
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

fn call(name: &'static str, arguments: &Value, size: usize) {
    let report = match check_call(name, arguments) {
        Ok(report) => report,
        Err(error) => panic!("{name} is one of the names: {error}"),
    };
    match parse_call(name, arguments) {
        Ok(call) => {
            hold_findings(&report, arguments, size);
            assert_eq!(call.check(), report, "{call:?}");
            call.clone().accept(Again { first: call, name });
        }
        Err(error) => {
            assert_eq!(error.violations(), report.violations);
            assert_eq!(error.interface(), Some(name));
            hold_refusal(&error, arguments, size);
        }
    }
}

/// Reads a call again from what it sends.
struct Again {
    first: AnyCall,
    name: &'static str,
}

impl CallVisitor for Again {
    type Output = ();

    fn visit<I: Interface<Response: serde::Serialize>>(self, call: I) {
        let mut wire = wire(&call);
        if let (AnyCall::PublishJumpQRCode(publish), Some(fields)) =
            (&self.first, wire.as_object_mut())
        {
            // Only the prefix is sent.
            let appid = publish.key.appid().map(Into::into);
            fields.extend(appid.map(|appid: Value| ("appid".to_owned(), appid)));
        }
        match parse_call(self.name, &wire) {
            Ok(again) => assert_eq!(again, self.first, "{wire}"),
            Err(error) => panic!("{error}: {wire}"),
        }
    }
}

fn candidates(document: &Value, size: usize) {
    match parse_candidates(document) {
        Ok(candidates) => {
            for candidate in &candidates {
                assert_eq!(candidate.prefix.trim(), candidate.prefix);
            }
            let set = RuleSet::new(candidates.clone());
            assert_eq!(set.rules(), candidates);
        }
        Err(error) => hold_refusal(&error, document, size),
    }
}

/// The body that a call sends: JSON in raw UTF-8, with escapes for nothing but what JSON itself demands.
fn wire(call: &impl Interface) -> Value {
    let request = call.request();
    let body = request.body().unwrap_or_default();
    let text = std::str::from_utf8(body);
    let text = text.unwrap_or_else(|error| panic!("a body that is not UTF-8: {error}"));
    // Of an even number of backslashes, none escapes what follows.
    let unescaped = text.replace("\\\\", "");
    for escaped in unescaped.split("\\u").skip(1) {
        let code = escaped.get(..4).map(|code| u32::from_str_radix(code, 16));
        assert!(matches!(code, Some(Ok(..0x20))), "40033 forbids it: {text}");
    }
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// An error about what was given: it has violations, and nothing was sent.
fn hold_refusal(error: &Error, input: &Value, size: usize) {
    crate::printed::assert_sound(error, &[]);
    assert_eq!(error.code(), OwnCode::InvalidRequest, "{error:?}");
    let report = CheckReport {
        violations: error.violations().to_vec(),
        warnings: Vec::new(),
    };
    hold_findings(&report, input, size);
    for violation in &report.violations {
        assert!(error.message().contains(&violation.message), "{error}");
    }
}

/// Every finding names a field that is there or that is missing, unless it is about the whole input, and says what to do. The whole
/// does not grow out of proportion to what was given.
fn hold_findings(report: &CheckReport, input: &Value, size: usize) {
    let mut total = 0;
    for (finding, is_warning) in chain(report) {
        assert_eq!(finding.code.is_warning(), is_warning, "{finding:?}");
        assert!(!finding.message.is_empty(), "{finding:?}");
        let of_the_whole = matches!(
            finding.code,
            FindingCode::TooLarge
                | FindingCode::NotUtf8
                | FindingCode::NotJson
                | FindingCode::NotAnObject
                | FindingCode::MixedModes
        );
        assert!(
            names_a_field(&finding.field, input) || (of_the_whole && finding.field.is_empty()),
            "{finding:?} of {input}"
        );
        total += finding.field.len() + finding.message.len();
    }
    assert!(total <= 4096 + 512 * size, "{total} bytes about {size}");
}

fn chain(report: &CheckReport) -> impl Iterator<Item = (&Finding, bool)> {
    let violations = report.violations.iter().map(|finding| (finding, false));
    violations.chain(report.warnings.iter().map(|finding| (finding, true)))
}

/// Whether `field` is one of the input's own, a known one, or an entry of a list among them: `debug_url[2]`, `[1].prefix`.
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
