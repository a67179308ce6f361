use jumpqr::interface::ListedRule;
use jumpqr::rule::{OpenVersion, PermitSubRule, RuleState};

use crate::object::Object;
use crate::{Text, guard, jumpqr_text};

/// A rule as getJumpQRCode lists it. WeChat may omit every field except the prefix.
///
/// It belongs to the list or the walk that it was read from. Any number of threads may read it at
/// the same time.
pub struct jumpqr_listed_rule {
    pub(crate) rule: Object<ListedRule>,
    /// A response may have any number of test links.
    debug_url: Option<Vec<Text>>,
}

impl From<ListedRule> for jumpqr_listed_rule {
    fn from(rule: ListedRule) -> Self {
        let links = rule.debug_url.as_ref();
        Self {
            debug_url: links.map(|links| links.iter().map(Text::from).collect()),
            rule: rule.into(),
        }
    }
}

/// Returns the number of a field; 0 if the response omits it, or has an undocumented value.
pub(crate) fn number(field: Option<u8>) -> i32 {
    field.unwrap_or_default().into()
}

/// Returns the prefix. No text if `rule` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_listed_rule_prefix(rule: Option<&jumpqr_listed_rule>) -> jumpqr_text {
    guard(|| rule?.rule.text(|rule| &rule.prefix))
}

/// Returns the Mini Program page that the rule opens. No text if the response omits it, or if
/// `rule` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_listed_rule_path(rule: Option<&jumpqr_listed_rule>) -> jumpqr_text {
    guard(|| rule?.rule.optional(|rule| rule.path.as_ref()))
}

/// Returns the state: 1 unpublished, 2 published. 0 if the response omits it, or has a value that
/// is not documented. -1 if `rule` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_listed_rule_state(rule: Option<&jumpqr_listed_rule>) -> i32 {
    guard(|| Some(number(rule?.rule.state.map(RuleState::number))))
}

/// Returns the build that a test link opens: 1 development, 2 trial, 3 released. 0 if the response
/// omits it, or has a value that is not documented. -1 if `rule` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_listed_rule_open_version(rule: Option<&jumpqr_listed_rule>) -> i32 {
    guard(|| Some(number(rule?.rule.open_version.map(OpenVersion::number))))
}

/// Returns whether other accounts may have rules below this one: 1 they may, 2 they may not. 0 if
/// the response omits it, or has a value that is not documented. -1 if `rule` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_listed_rule_permit_sub_rule(rule: Option<&jumpqr_listed_rule>) -> i32 {
    guard(|| {
        Some(number(
            rule?.rule.permit_sub_rule.map(PermitSubRule::number),
        ))
    })
}

/// Returns whether the response has a list of test links. The list may be empty. `false` if `rule`
/// is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_listed_rule_has_debug_url(rule: Option<&jumpqr_listed_rule>) -> bool {
    guard(|| Some(rule?.debug_url.is_some()))
}

/// Returns the number of test links. 0 if `rule` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_listed_rule_debug_url_count(rule: Option<&jumpqr_listed_rule>) -> usize {
    guard(|| Some(rule?.debug_url.as_ref()?.len()))
}

/// Returns test link number `index`, from 0. No text if there is no such link, or if `rule` is
/// NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_listed_rule_debug_url(
    rule: Option<&jumpqr_listed_rule>,
    index: usize,
) -> jumpqr_text {
    guard(|| Some(rule?.debug_url.as_ref()?.get(index)?.view()))
}
