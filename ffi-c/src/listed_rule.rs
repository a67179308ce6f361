use jumpqr::interface::ListedRule;

use crate::guard::guard;
use crate::text::{Text, jumpqr_text};

/// A rule as getJumpQRCode lists it; WeChat may leave out any field but the prefix.
///
/// It belongs to the list, or to the walk over the rules, that it was asked of. Any number of threads may read it at the same
/// time.
pub struct jumpqr_listed_rule {
    prefix: Text,
    path: Option<Text>,
    state: i32,
    open_version: i32,
    permit_sub_rule: i32,
    debug_url: Option<Vec<Text>>,
}

impl From<&ListedRule> for jumpqr_listed_rule {
    fn from(rule: &ListedRule) -> Self {
        let links = |links: &Vec<String>| links.iter().map(Text::from).collect();
        Self {
            prefix: Text::from(&rule.prefix),
            path: rule.path.as_ref().map(Text::from),
            state: rule.state.map_or(0, |state| state.number().into()),
            open_version: rule
                .open_version
                .map_or(0, |version| version.number().into()),
            permit_sub_rule: rule
                .permit_sub_rule
                .map_or(0, |permit| permit.number().into()),
            debug_url: rule.debug_url.as_ref().map(links),
        }
    }
}

/// The prefix. No text if `rule` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_listed_rule_prefix(rule: Option<&jumpqr_listed_rule>) -> jumpqr_text {
    guard(|| Some(rule?.prefix.view()))
}

/// The Mini Program page that the rule opens; no text where the answer leaves it out. No text if `rule` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_listed_rule_path(rule: Option<&jumpqr_listed_rule>) -> jumpqr_text {
    guard(|| Some(rule?.path.as_ref()?.view()))
}

/// 1 unpublished, 2 published; 0 where the answer does not say, or says something that is not documented. -1 of NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_listed_rule_state(rule: Option<&jumpqr_listed_rule>) -> i32 {
    guard(|| Some(rule?.state))
}

/// Which build a test link opens: 1 development, 2 trial, 3 released; 0 where the answer does not say. -1 of NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_listed_rule_open_version(rule: Option<&jumpqr_listed_rule>) -> i32 {
    guard(|| Some(rule?.open_version))
}

/// 1 other accounts may have rules below this one, 2 they may not; 0 where the answer does not say. -1 of NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_listed_rule_permit_sub_rule(rule: Option<&jumpqr_listed_rule>) -> i32 {
    guard(|| Some(rule?.permit_sub_rule))
}

/// Whether the answer lists test links, were it none. `false` if `rule` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_listed_rule_has_debug_url(rule: Option<&jumpqr_listed_rule>) -> bool {
    guard(|| Some(rule?.debug_url.is_some()))
}

/// The number of test links. 0 if `rule` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_listed_rule_debug_url_count(rule: Option<&jumpqr_listed_rule>) -> usize {
    guard(|| Some(rule?.debug_url.as_ref()?.len()))
}

/// The test link number `index`, from 0; no text where there is none. No text if `rule` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_listed_rule_debug_url(
    rule: Option<&jumpqr_listed_rule>,
    index: usize,
) -> jumpqr_text {
    guard(|| Some(rule?.debug_url.as_ref()?.get(index)?.view()))
}
