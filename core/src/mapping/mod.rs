//! Rules and calls from mappings with the wire names: from a file, or from a language's own mapping type.
//!
//! A JSON sample from the official page works as it stands. Numeric strings are accepted where a number is asked for, as
//! WeChat does; numbers are sent. `null` counts as absent.

mod call;
mod candidates;
mod document;
mod fields;
mod reader;

pub use call::{check_call, parse_call};
pub use candidates::parse_candidates;
pub use document::{MAX_DOCUMENT_BYTES, parse_document};

use serde_json::Value;

use self::fields::{Mode, check_field_names, mode_of};
use self::reader::Reader;
use crate::check::{
    CheckReport, Finding, FindingCode, check_appid, check_debug_url, check_ordinary_prefix,
    check_path, check_service_prefix,
};
use crate::error::{Error, Result};
use crate::rule::{Edit, OpenVersion, OrdinaryLinkRule, PermitSubRule, Rule, ServiceAccountRule};

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
    let (rule, report) = read(mapping);
    match rule {
        Some(rule) => Ok(rule),
        None => Err(Error::invalid(report.violations)),
    }
}

/// All violations and all warnings of a mapping, in form and in content, at once; nothing is sent.
#[must_use]
pub fn check_mapping(mapping: &Value) -> CheckReport {
    read(mapping).1
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

/// The rule, if the mapping is well-formed, and everything that is wrong with it.
fn read(mapping: &Value) -> (Option<RuleMapping>, CheckReport) {
    let mut form = CheckReport::default();
    let mut content = CheckReport::default();
    let Some(map) = mapping.as_object() else {
        form.add(
            "",
            FindingCode::NotAnObject,
            "is not an object; give one rule with the fields prefix, path, …",
        );
        return (None, form);
    };
    check_field_names(&mut form, map);
    let mut reader = Reader::new(map, &mut form);
    let prefix = reader.required_text("prefix", "the URL that the QR codes begin with");
    let rule = match mode_of(map) {
        Mode::OrdinaryLink => read_ordinary_link(&mut reader, prefix, &mut content).map(Rule::from),
        Mode::ServiceAccount => {
            read_service_account(&mut reader, prefix, &mut content).map(Rule::from)
        }
    };
    let is_edit = reader.number("is_edit", Edit::from_number, &allowed(Edit::ALL));
    let well_formed = form.is_valid();
    let rule = rule
        .filter(|_| well_formed)
        .map(|rule| RuleMapping { rule, is_edit });
    (rule, join(form, content))
}

fn read_ordinary_link(
    reader: &mut Reader<'_>,
    prefix: Option<String>,
    content: &mut CheckReport,
) -> Option<OrdinaryLinkRule> {
    if let Some(prefix) = &prefix {
        check_ordinary_prefix(content, prefix);
    }
    let permit_sub_rule = reader.required_number(
        "permit_sub_rule",
        PermitSubRule::from_number,
        &allowed(PermitSubRule::ALL),
    );
    let path = read_path(reader, content);
    let open_version = reader.required_number(
        "open_version",
        OpenVersion::from_number,
        &allowed(OpenVersion::ALL),
    );
    let debug_url = reader.texts("debug_url");
    if let Some(links) = &debug_url {
        check_debug_url(content, prefix.as_deref(), links);
    }
    Some(OrdinaryLinkRule {
        prefix: prefix?,
        permit_sub_rule: permit_sub_rule?,
        path: path?,
        open_version: open_version?,
        debug_url,
    })
}

fn read_service_account(
    reader: &mut Reader<'_>,
    prefix: Option<String>,
    content: &mut CheckReport,
) -> Option<ServiceAccountRule> {
    if let Some(prefix) = &prefix {
        check_service_prefix(content, prefix);
    }
    let appid = reader.required_text("appid", "the appid of the Mini Program to open, wx…");
    if let Some(appid) = &appid {
        check_appid(content, appid);
    }
    let path = read_path(reader, content);
    Some(ServiceAccountRule {
        prefix: prefix?,
        appid: appid?,
        path: path?,
    })
}

fn read_path(reader: &mut Reader<'_>, content: &mut CheckReport) -> Option<String> {
    let path = reader.required_text(
        "path",
        "the Mini Program page to open, e.g. pages/index/index",
    );
    if let Some(path) = &path {
        check_path(content, path);
    }
    path
}

/// The values of a numbered field, as a message names them: `1 (development), 2 (trial) or 3 (released)`.
fn allowed(values: &[impl ToString]) -> String {
    let words: Vec<_> = values.iter().map(ToString::to_string).collect();
    match words.as_slice() {
        [all_but_last @ .., last] if !all_but_last.is_empty() => {
            format!("{} or {last}", all_but_last.join(", "))
        }
        _ => words.concat(),
    }
}

fn join(form: CheckReport, content: CheckReport) -> CheckReport {
    let chain =
        |form: Vec<Finding>, content: Vec<Finding>| form.into_iter().chain(content).collect();
    CheckReport {
        violations: chain(form.violations, content.violations),
        warnings: chain(form.warnings, content.warnings),
    }
}
