//! Rules and calls from mappings with the wire names: from a file, or from a language's own mapping type.
//!
//! A JSON sample from the official page works as it stands. Numeric strings are accepted where a
//! number is asked for, as WeChat does; numbers are sent. `null` counts as absent. So do an empty
//! text, an empty list and a 0 of a field of the other mode, which objects of other libraries have.
//! A rule as getJumpQRCode lists it can be edited and sent back: its `state` is left out.

mod call;
mod candidates;
mod document;
mod field_names;
mod reader;
mod rule_fields;

pub use call::{check_call, parse_call};
pub use candidates::parse_candidates;
pub use document::{MAX_DOCUMENT_BYTES, parse_document};

use serde_json::Value;

use self::field_names::{check_field_names, mode_of};
use self::reader::Reader;
use self::rule_fields::RuleFields;
use crate::check::{CheckReport, Finding, FindingCode};
use crate::error::{Error, OwnCode, Result};
use crate::interface::ListedRule;
use crate::rule::{Edit, Rule};

/// A rule read from a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleMapping {
    /// The rule.
    pub rule: Rule,
    /// `is_edit`, where the mapping has it.
    pub is_edit: Option<Edit>,
}

/// Reads a rule from a mapping with the wire names.
///
/// A mapping that is not well-formed (a field missing, misspelt, of the wrong type, or of the other mode) is refused with
/// everything that is wrong with it, in form and in content. The content of a well-formed one is not looked at: see
/// [`Rule::check`].
pub fn parse_rule(mapping: &Value) -> Result<RuleMapping> {
    let (fields, form) = read(mapping);
    match fields.and_then(RuleFields::rule) {
        Some(rule) if form.is_valid() => Ok(rule),
        _ => Err(Error::invalid(check_mapping(mapping).violations)),
    }
}

impl TryFrom<&ListedRule> for Rule {
    type Error = Error;

    /// The rule that was listed, to be edited and sent back. It fails if WeChat left a field out
    /// that a rule needs, and always for a service account's rule: the list lacks its `appid`, see
    /// [`ServiceAccountRule::new`](crate::ServiceAccountRule::new).
    ///
    /// ```
    /// # use jumpqr_core::{Error, Rule, interface::ListedRule};
    /// fn with_page(listed: &ListedRule, path: &str) -> Result<Rule, Error> {
    ///     let mut rule = Rule::try_from(listed)?;
    ///     if let Rule::OrdinaryLink(rule) = &mut rule {
    ///         rule.path = path.to_owned();
    ///     }
    ///     Ok(rule)
    /// }
    /// ```
    fn try_from(listed: &ListedRule) -> Result<Self> {
        let mapping = serde_json::to_value(listed)
            .map_err(|error| Error::new(OwnCode::Internal, error.to_string()))?;
        Ok(parse_rule(&mapping)?.rule)
    }
}

impl TryFrom<ListedRule> for Rule {
    type Error = Error;

    /// See the conversion of `&ListedRule`.
    fn try_from(listed: ListedRule) -> Result<Self> {
        Self::try_from(&listed)
    }
}

/// All violations and all warnings of a mapping, in form and in content, at once; nothing is sent.
#[must_use]
pub fn check_mapping(mapping: &Value) -> CheckReport {
    let (fields, form) = read(mapping);
    let mut content = CheckReport::default();
    if let Some(fields) = fields {
        fields.check(&mut content);
    }
    join(form, content)
}

/// All violations and all warnings of a document, as JSON, in form and in content, at once; nothing is sent.
///
/// It is [`parse_document`] and [`check_mapping`] in one.
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

/// The fields, if the mapping is an object, and what is wrong with their form.
fn read(mapping: &Value) -> (Option<RuleFields>, CheckReport) {
    let mut form = CheckReport::default();
    let Some(map) = mapping.as_object() else {
        form.add(
            "",
            FindingCode::NotAnObject,
            "is not an object; give one rule with the fields prefix, path, …",
        );
        return (None, form);
    };
    check_field_names(&mut form, map);
    let fields = RuleFields::read(&mut Reader::new(map, &mut form), mode_of(map));
    (Some(fields), form)
}

fn join(form: CheckReport, content: CheckReport) -> CheckReport {
    let chain =
        |form: Vec<Finding>, content: Vec<Finding>| form.into_iter().chain(content).collect();
    CheckReport {
        violations: chain(form.violations, content.violations),
        warnings: chain(form.warnings, content.warnings),
    }
}
