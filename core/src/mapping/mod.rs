//! Reads rules from mappings with the wire names: from a file, or from a language's own mapping
//! type. Calls are read with the same means, see [`parse_call`](crate::interface::parse_call).
//!
//! A JSON sample from the official page works unchanged. As WeChat does, the parser accepts a text
//! that is a number where it asks for a number; the request has the number. `null` counts as
//! absent. Objects of other libraries have the fields of both modes: in a field of the other mode,
//! an empty text, an empty list and a 0 count as absent. A rule as getJumpQRCode lists it can be
//! edited and sent back: its `state` is left out.

mod authorization_link;
mod document;
mod nearest_name;
mod reader;
mod reading;
mod rule_field_names;
mod rule_fields;
mod rule_set;

pub use authorization_link::parse_authorization_link;
pub use document::{MAX_DOCUMENT_BYTES, parse_document};
#[doc(hidden)]
pub use nearest_name::nearest;
#[doc(hidden)]
pub use reader::describe_type;
pub use rule_set::{MAX_RULE_SET_BYTES, parse_rule_set, parse_rule_set_document};

pub(crate) use reader::Reader;
pub(crate) use reading::Reading;

use alloc::string::String;
use alloc::vec::Vec;

use serde_json::Value;

use self::rule_field_names::{check_field_names, mode_of};
use self::rule_fields::read_fields;
use crate::check::{CheckReport, FindingCode};
use crate::error::Result;
use crate::rule::{Edit, Rule, RuleKey};

/// A rule read from a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleMapping {
    /// The rule.
    pub rule: Rule,
    /// `is_edit`; `None` if the mapping does not have it.
    pub is_edit: Option<Edit>,
}

/// Reads a rule from a mapping with the wire names.
///
/// A mapping is well-formed if each field is known, belongs to the rule's mode, and has the right
/// type, and no required field is missing. Any other mapping is refused with all violations of form
/// and content. The content of a well-formed one is not checked: see [`Rule::check`].
pub fn parse_rule(mapping: &Value) -> Result<RuleMapping> {
    read_rule(mapping).into_result(check_content)
}

/// Returns all violations and warnings of a rule's mapping, in form and content. Nothing is sent.
#[must_use]
pub fn check_mapping(mapping: &Value) -> CheckReport {
    read_rule(mapping).into_report(check_content)
}

/// Returns all violations and warnings of a rule's JSON document, in form and content. Nothing is
/// sent.
///
/// It is [`parse_document`] followed by [`check_mapping`].
#[must_use]
pub fn check_document(document: &[u8]) -> CheckReport {
    match parse_document(document) {
        Ok(mapping) => check_mapping(&mapping),
        Err(error) => CheckReport {
            violations: error.violations().to_vec(),
            warnings: Vec::new(),
        },
    }
}

fn check_content(mapping: &RuleMapping) -> CheckReport {
    mapping.rule.check()
}

/// Reads a rule.
pub(crate) fn read_rule(mapping: &Value) -> Reading<RuleMapping> {
    let mut report = CheckReport::default();
    let Some(map) = mapping.as_object() else {
        report.add(
            "",
            FindingCode::NotAnObject,
            "is not an object; give one rule with the fields prefix, path, …",
        );
        return Reading::new(None, report);
    };
    check_field_names(&mut report, map);
    let mapping = read_fields(&mut Reader::new(map, &mut report), mode_of(map));
    Reading::new(Some(mapping), report)
}

/// Reads texts of which none may be missing, in the order of their names.
#[doc(hidden)]
pub fn parse_texts<const COUNT: usize>(
    arguments: &Value,
    names: [&'static str; COUNT],
) -> Result<[String; COUNT]> {
    let reading = Reading::of_arguments(arguments, &names, |reader| {
        let texts = names.map(|name| reader.require_text(name, "it as a text"));
        texts
            .iter()
            .all(Option::is_some)
            .then(|| texts.map(Option::unwrap_or_default))
    });
    reading.into_result(|_| CheckReport::default())
}

/// Reads the key of a rule, by which it is published and deleted.
pub(crate) fn read_rule_key(arguments: &Value) -> Reading<RuleKey> {
    Reading::of_arguments(arguments, &["prefix", "appid"], |reader| {
        let prefix = reader.require_text("prefix", "the prefix of the rule");
        if reader.has("appid") {
            let appid = reader.require_text(
                "appid",
                "the appid of the Mini Program that the rule opens, wx…",
            );
            return Some(RuleKey::service_account(prefix?, appid?));
        }
        prefix.map(RuleKey::ordinary_link)
    })
}
