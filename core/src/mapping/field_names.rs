//! The names of the fields: to which mode each belongs, and the nearest one to a misspelt name.

use serde_json::{Map, Value};

use super::reader::OneOf;
use crate::check::{CheckReport, FindingCode};
use crate::rule::{RuleState, SERVICE_ACCOUNT_PREFIX};
use crate::text::edit_distance;

const SHARED: [&str; 3] = ["prefix", "path", "is_edit"];
const ORDINARY_LINK: [&str; 3] = ["permit_sub_rule", "open_version", "debug_url"];
const SERVICE_ACCOUNT: [&str; 1] = ["appid"];

/// What only a listed rule has. It is left out, so that a listed rule can be edited and sent back.
const STATE: &str = "state";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    OrdinaryLink,
    ServiceAccount,
}

/// The mode that the fields, or failing these the prefix, speak of.
///
/// Objects of other libraries have all fields of both modes, and those of the other mode are empty.
/// So an empty field of the other mode counts as absent; one of the own mode is read, and refused.
pub(super) fn mode_of(map: &Map<String, Value>) -> Mode {
    let says = |fields: &[&str]| fields.iter().any(|field| says_something(map, field));
    let has = |fields: &[&str]| fields.iter().any(|field| is_given(map, field));
    if says(&ORDINARY_LINK) {
        return Mode::OrdinaryLink;
    }
    let service_prefix = map
        .get("prefix")
        .and_then(Value::as_str)
        .is_some_and(|prefix| prefix.starts_with(SERVICE_ACCOUNT_PREFIX));
    let has_only_appid = has(&SERVICE_ACCOUNT) && !has(&ORDINARY_LINK);
    if says(&SERVICE_ACCOUNT) || service_prefix || has_only_appid {
        Mode::ServiceAccount
    } else {
        Mode::OrdinaryLink
    }
}

pub(super) fn check_field_names(report: &mut CheckReport, map: &Map<String, Value>) {
    let given = |fields: &[&'static str]| -> Vec<&'static str> {
        let given = fields.iter().filter(|field| says_something(map, field));
        given.copied().collect()
    };
    let (ordinary, service) = (given(&ORDINARY_LINK), given(&SERVICE_ACCOUNT));
    if !ordinary.is_empty() && !service.is_empty() {
        report.add(
            "",
            FindingCode::MixedModes,
            format!(
                "mixes the two modes: {} belong to an ordinary-link rule, {} to a service-account rule; keep the fields of one",
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
        if name == STATE || known().any(|field| field == name) {
            continue;
        }
        let remedy = if name == "access_token" {
            "a token goes with the client, not into the rule".to_owned()
        } else {
            match nearest(name) {
                Some(field) => format!("did you mean `{field}`?"),
                None => format!("the fields are {}", known().collect::<Vec<_>>().join(", ")),
            }
        };
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

/// Whether a field is more than what an object has for a field that was never set.
fn says_something(map: &Map<String, Value>, field: &str) -> bool {
    map.get(field).is_some_and(|value| match value {
        Value::Null => false,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !matches!(text.trim(), "" | "0"),
        Value::Array(entries) => !entries.is_empty(),
        Value::Bool(_) | Value::Object(_) => true,
    })
}

/// Whether a value is the `state` of a listed rule: the number, or its name as it is printed here
/// and in other languages.
fn is_state(value: &Value) -> bool {
    let text = match value {
        Value::Null => return true,
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_ascii_lowercase(),
        _ => return false,
    };
    RuleState::ALL.iter().any(|state| {
        let (number, word) = (state.number().to_string(), state.name());
        text == number
            || text == state.to_string()
            || text == word
            || text == word.replace(' ', "_")
            || (*state == RuleState::Unpublished && text == "unpublished")
    })
}

fn known() -> impl Iterator<Item = &'static str> {
    SHARED
        .into_iter()
        .chain(ORDINARY_LINK)
        .chain(SERVICE_ACCOUNT)
}

/// The known name that differs least from `name`, if it resembles one at all.
fn nearest(name: &str) -> Option<&'static str> {
    let folded = fold(name);
    known()
        .map(|field| (edit_distance(&folded, &fold(field)), field))
        .min()
        .filter(|(distance, field)| *distance <= field.len() / 3)
        .map(|(_, field)| field)
}

/// Without case and separators: `isEdit` and `is_Edit` are both `is_edit`.
fn fold(name: &str) -> Vec<char> {
    // A name longer than any known one by far is not a misspelling, and its distance would cost its square.
    name.chars()
        .take(64)
        .filter(|letter| !matches!(letter, '_' | '-' | ' '))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_misspelt_name_finds_the_known_one() {
        for (name, field) in [
            ("open_verson", Some("open_version")),
            ("debugUrl", Some("debug_url")),
            ("is_Edit", Some("is_edit")),
            ("appId", Some("appid")),
            ("prefx", Some("prefix")),
            ("colour", None),
            ("", None),
        ] {
            assert_eq!(nearest(name), field, "{name}");
        }
    }
}
