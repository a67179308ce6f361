use std::mem::take;
use std::ptr::from_ref;

use jumpqr::interface::JumpQRCodeList;

use crate::object::number;
use crate::{guard, jumpqr_listed_rule};

/// A response of getJumpQRCode: the rules, and what is left of the quotas.
///
/// Free it with `jumpqr_jump_qr_code_list_free`, exactly once; its rules are freed with it. It
/// stays valid after the client is freed. Any number of threads may read it at the same time.
pub struct jumpqr_jump_qr_code_list {
    pub(crate) list: JumpQRCodeList,
    pub(crate) rules: Vec<jumpqr_listed_rule>,
}

impl From<JumpQRCodeList> for jumpqr_jump_qr_code_list {
    fn from(mut list: JumpQRCodeList) -> Self {
        let rules = take(&mut list.rule_list);
        Self {
            rules: rules.into_iter().map(Into::into).collect(),
            list,
        }
    }
}

/// Frees a list, its rules, and all texts read from them. NULL is ignored.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_jump_qr_code_list_free(list: Option<Box<jumpqr_jump_qr_code_list>>) {
    guard(|| list.map(drop));
}

/// Returns the number of rules in `rule_list`. 0 if `list` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_jump_qr_code_list_rule_count(
    list: Option<&jumpqr_jump_qr_code_list>,
) -> usize {
    guard(|| Some(list?.rules.len()))
}

/// Returns rule number `index`, from 0. It lives as long as the list. NULL if there is no such
/// rule, or if `list` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_jump_qr_code_list_rule(
    list: Option<&jumpqr_jump_qr_code_list>,
    index: usize,
) -> *const jumpqr_listed_rule {
    guard(|| list?.rules.get(index).map(from_ref))
}

/// Returns `qrcodejump_open`, whether rules are switched on for the account: 0 or 1. -1 if the
/// response omits it, or if `list` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_jump_qr_code_list_qrcodejump_open(
    list: Option<&jumpqr_jump_qr_code_list>,
) -> i32 {
    guard(|| list?.list.qrcodejump_open.map(i32::from))
}

/// Returns `list_size`, as WeChat counts it. -1 if the response omits it, or if `list` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_jump_qr_code_list_list_size(
    list: Option<&jumpqr_jump_qr_code_list>,
) -> i64 {
    guard(|| number(list?.list.list_size))
}

/// Returns `qrcodejump_pub_quota`, the publishes that are left this month. -1 if the response omits
/// it, or if `list` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_jump_qr_code_list_qrcodejump_pub_quota(
    list: Option<&jumpqr_jump_qr_code_list>,
) -> i64 {
    guard(|| number(list?.list.qrcodejump_pub_quota))
}

/// Returns `total_count`, the number of all rules. -1 if the response omits it, or if `list` is
/// NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_jump_qr_code_list_total_count(
    list: Option<&jumpqr_jump_qr_code_list>,
) -> i64 {
    guard(|| number(list?.list.total_count))
}
