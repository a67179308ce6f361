//! The names of a rule's fields, and the mode to which each belongs.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde_json::{Map, Value};

use super::nearest_name::remedy;
use super::reader::OneOf;
use crate::check::{CheckReport, FindingCode};
use crate::rule::{RuleState, SERVICE_ACCOUNT_PREFIX};

const SHARED: [&str; 3] = ["prefix", "path", "is_edit"];
const ORDINARY_LINK: [&str; 3] = ["permit_sub_rule", "open_version", "debug_url"];
const SERVICE_ACCOUNT: [&str; 1] = ["appid"];

/// The field that only a listed rule has. It is accepted and left out, so that a listed rule can be
/// edited and sent back.
const STATE: &str = "state";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    OrdinaryLink,
    ServiceAccount,
}

/// Returns the mode to which the filled fields belong. Without such a field, the prefix decides.
///
/// Objects of other libraries have the fields of both modes, and leave those of the other mode
/// empty. So an empty field of the other mode counts as absent. An empty field of the rule's own
/// mode is read, and refused.
pub(super) fn mode_of(map: &Map<String, Value>) -> Mode {
    let has_filled = |fields: &[&str]| fields.iter().any(|field| is_filled(map, field));
    let has = |fields: &[&str]| fields.iter().any(|field| is_given(map, field));
    if has_filled(&ORDINARY_LINK) {
        return Mode::OrdinaryLink;
    }
    let service_prefix = map
        .get("prefix")
        .and_then(Value::as_str)
        .is_some_and(|prefix| prefix.starts_with(SERVICE_ACCOUNT_PREFIX));
    let has_only_appid = has(&SERVICE_ACCOUNT) && !has(&ORDINARY_LINK);
    if has_filled(&SERVICE_ACCOUNT) || service_prefix || has_only_appid {
        Mode::ServiceAccount
    } else {
        Mode::OrdinaryLink
    }
}

pub(super) fn check_field_names(report: &mut CheckReport, map: &Map<String, Value>) {
    let filled = |fields: &[&'static str]| -> Vec<&'static str> {
        let filled = fields.iter().filter(|field| is_filled(map, field));
        filled.copied().collect()
    };
    let (ordinary, service) = (filled(&ORDINARY_LINK), filled(&SERVICE_ACCOUNT));
    if !ordinary.is_empty() && !service.is_empty() {
        report.add(
            "",
            FindingCode::MixedModes,
            format!(
                "mixes the two modes: {} belong to an ordinary-link rule, {} to a service-account \
                 rule; keep the fields of one",
                ordinary.join(", "),
                service.join(", "),
            ),
        );
    }
    if map.get(STATE).is_some_and(|state| !is_state(state)) {
        report.add(
            STATE,
            FindingCode::OutOfRange,
            format!(
                "is not {}; leave it out: publishing changes it, not adding",
                OneOf(RuleState::ALL)
            ),
        );
    }
    for name in map.keys() {
        if name == STATE || known_names().any(|field| field == name) {
            continue;
        }
        let remedy = remedy(name, known_names(), "fields");
        report.add(
            name,
            FindingCode::UnknownField,
            format!("is not a field of a rule; {remedy}"),
        );
    }
}

fn is_given(map: &Map<String, Value>, field: &str) -> bool {
    map.get(field).is_some_and(|value| !value.is_null())
}

/// Whether a field has more than the empty value of a field that was never set.
fn is_filled(map: &Map<String, Value>, field: &str) -> bool {
    map.get(field).is_some_and(|value| match value {
        Value::Null => false,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !matches!(text.trim(), "" | "0"),
        Value::Array(entries) => !entries.is_empty(),
        Value::Bool(_) | Value::Object(_) => true,
    })
}

/// Whether a value is the `state` of a listed rule: the number, or the name that one of the
/// languages prints.
fn is_state(value: &Value) -> bool {
    let text = match value {
        Value::Null => return true,
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_ascii_lowercase(),
        _ => return false,
    };
    RuleState::ALL.iter().any(|state| {
        [state.number().to_string(), state.to_string()].contains(&text) || text == state.name()
    })
}

fn known_names() -> impl Iterator<Item = &'static str> + Clone {
    SHARED
        .into_iter()
        .chain(ORDINARY_LINK)
        .chain(SERVICE_ACCOUNT)
}
