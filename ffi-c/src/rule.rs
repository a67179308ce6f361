use std::ffi::c_char;
use std::mem::MaybeUninit;

use jumpqr::mapping::{RuleMapping, parse_document, parse_rule};
use jumpqr::{Edit, Rule};

use crate::argument::{array, present};
use crate::error::jumpqr_error;
use crate::guard::{attempt, guard};
use crate::ordinary_link_rule::jumpqr_ordinary_link_rule;
use crate::service_account_rule::jumpqr_service_account_rule;
use crate::status::jumpqr_status;
use crate::text::{Text, jumpqr_text};

/// A well-formed rule of either mode. What it says is checked by `jumpqr_check_rule`, and again before it is sent.
///
/// It does not change once it is made, so any number of threads may use it at the same time. It holds copies of all texts. Free
/// it with `jumpqr_rule_free`, exactly once, when no call with it is running.
pub struct jumpqr_rule {
    pub(crate) rule: Rule,
    pub(crate) is_edit: Option<Edit>,
    prefix: Text,
    path: Text,
}

impl jumpqr_rule {
    fn raw(RuleMapping { rule, is_edit }: RuleMapping) -> *mut Self {
        Box::into_raw(Box::new(Self {
            prefix: rule.prefix().into(),
            path: rule.path().into(),
            rule,
            is_edit,
        }))
    }
}

/// Makes a rule of its fields. The rule is to be freed.
///
/// A number that a field does not take is `JUMPQR_STATUS_INVALID_REQUEST`, with a violation for each.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`,
/// `JUMPQR_STATUS_STRUCT_SIZE`, `JUMPQR_STATUS_OUT_OF_RANGE`, `JUMPQR_STATUS_INVALID_REQUEST`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_rule_from_ordinary_link(
    fields: *const jumpqr_ordinary_link_rule,
    rule: Option<&mut MaybeUninit<*mut jumpqr_rule>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes a struct that `_init` has written the size of, with texts that end with NUL.
        let mapping = unsafe { jumpqr_ordinary_link_rule::read(fields) }?;
        present(rule, "rule")?.write(jumpqr_rule::raw(mapping));
        Ok(())
    })
}

/// Makes a rule of its fields. The rule is to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`,
/// `JUMPQR_STATUS_STRUCT_SIZE`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_rule_from_service_account(
    fields: *const jumpqr_service_account_rule,
    rule: Option<&mut MaybeUninit<*mut jumpqr_rule>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes a struct that `_init` has written the size of, with texts that end with NUL.
        let fields = unsafe { jumpqr_service_account_rule::read(fields) }?;
        let mapping = RuleMapping {
            rule: fields.into(),
            is_edit: None,
        };
        present(rule, "rule")?.write(jumpqr_rule::raw(mapping));
        Ok(())
    })
}

/// Makes a rule of a JSON object with the wire names, `size` bytes long, which need not end with NUL: a sample from the
/// official page works as it stands. The rule is to be freed.
///
/// A document that is not a well-formed rule is `JUMPQR_STATUS_INVALID_REQUEST`, with a violation for all that is wrong.
///
/// NULL is allowed for `error`, and for `json` where `size` is 0. Status: `JUMPQR_STATUS_OK`,
/// `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_OUT_OF_RANGE`, `JUMPQR_STATUS_INVALID_REQUEST`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_rule_from_json(
    json: *const c_char,
    size: usize,
    rule: Option<&mut MaybeUninit<*mut jumpqr_rule>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes `size` bytes.
        let json = unsafe { array(json.cast::<u8>(), size, "json") }?;
        let rule = present(rule, "rule")?;
        rule.write(jumpqr_rule::raw(parse_rule(&parse_document(json)?)?));
        Ok(())
    })
}

/// Frees a rule and the texts that were asked of it. NULL is passed over.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_rule_free(rule: Option<Box<jumpqr_rule>>) {
    guard(|| {
        drop(rule);
        Some(())
    });
}

/// The prefix. No text if `rule` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_rule_prefix(rule: Option<&jumpqr_rule>) -> jumpqr_text {
    guard(|| Some(rule?.prefix.view()))
}

/// The Mini Program page that the rule opens. No text if `rule` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_rule_path(rule: Option<&jumpqr_rule>) -> jumpqr_text {
    guard(|| Some(rule?.path.view()))
}

/// `is_edit` of the JSON that the rule was made of: 0 or 1, and -1 where it does not say. -1 if `rule` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_rule_is_edit(rule: Option<&jumpqr_rule>) -> i32 {
    guard(|| rule?.is_edit.map(|is_edit| is_edit.number().into()))
}
