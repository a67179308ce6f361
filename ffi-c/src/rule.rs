use std::ffi::c_char;
use std::mem::MaybeUninit;

use jumpqr::mapping::{RuleMapping, parse_document, parse_rule};

use crate::argument::array;
use crate::object::Object;
use crate::{
    guard, jumpqr_error, jumpqr_ordinary_link_rule, jumpqr_service_account_rule, jumpqr_status,
    jumpqr_text, produce,
};

/// A well-formed rule of either mode. Its content is checked by `jumpqr_check_rule`, and again
/// before the rule is sent.
///
/// It holds copies of all texts and never changes, so any number of threads may use it at the same
/// time. Free it with `jumpqr_rule_free`, exactly once, when no call is using it.
pub struct jumpqr_rule(pub(crate) Object<RuleMapping>);

/// Makes a rule from its fields. The rule is to be freed.
///
/// If a field does not take its number, the call fails with `JUMPQR_STATUS_INVALID_REQUEST` and has
/// a violation for each such field.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`, `JUMPQR_STATUS_STRUCT_SIZE`, `JUMPQR_STATUS_OUT_OF_RANGE`,
/// `JUMPQR_STATUS_INVALID_REQUEST`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_rule_from_ordinary_link(
    fields: *const jumpqr_ordinary_link_rule,
    rule: Option<&mut MaybeUninit<*mut jumpqr_rule>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(rule, "rule", error, || {
        // SAFETY: the caller passes a struct whose size `_init` has set, with texts that end with
        // NUL.
        unsafe { jumpqr_ordinary_link_rule::read(fields) }
    })
}

/// Makes a rule from its fields. The rule is to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`, `JUMPQR_STATUS_STRUCT_SIZE`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_rule_from_service_account(
    fields: *const jumpqr_service_account_rule,
    rule: Option<&mut MaybeUninit<*mut jumpqr_rule>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(rule, "rule", error, || {
        // SAFETY: the caller passes a struct whose size `_init` has set, with texts that end with
        // NUL.
        unsafe { jumpqr_service_account_rule::read(fields) }
    })
}

/// Makes a rule from a JSON object with the wire names. A sample from the official page works
/// unchanged. `json` is `size` bytes and need not end with NUL. The rule is to be freed.
///
/// If the document is not a well-formed rule, the call fails with `JUMPQR_STATUS_INVALID_REQUEST`
/// and has a violation for each fault.
///
/// NULL is allowed for `error`, and for `json` if `size` is 0. Status: `JUMPQR_STATUS_OK`,
/// `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_OUT_OF_RANGE`, `JUMPQR_STATUS_INVALID_REQUEST`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_rule_from_json(
    json: *const c_char,
    size: usize,
    rule: Option<&mut MaybeUninit<*mut jumpqr_rule>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(rule, "rule", error, || {
        // SAFETY: the caller passes `size` bytes.
        let json = unsafe { array(json.cast::<u8>(), size, "json") }?;
        Ok(parse_rule(&parse_document(json)?)?)
    })
}

/// Frees a rule and the texts read from it. NULL is ignored.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_rule_free(rule: Option<Box<jumpqr_rule>>) {
    guard(|| rule.map(drop));
}

/// Returns the prefix. No text if `rule` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_rule_prefix(rule: Option<&jumpqr_rule>) -> jumpqr_text {
    guard(|| rule?.0.text(|mapping| mapping.rule.prefix()))
}

/// Returns the Mini Program page that the rule opens. No text if `rule` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_rule_path(rule: Option<&jumpqr_rule>) -> jumpqr_text {
    guard(|| rule?.0.text(|mapping| mapping.rule.path()))
}

/// Returns `is_edit` of the JSON that the rule was made from: 0 or 1. -1 if the JSON does not have
/// it, or if `rule` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_rule_is_edit(rule: Option<&jumpqr_rule>) -> i32 {
    guard(|| rule?.0.is_edit.map(|is_edit| is_edit.number().into()))
}
