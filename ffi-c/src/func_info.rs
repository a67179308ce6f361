use jumpqr::interface::{ConfirmInfo, FuncInfo};

use crate::object::Object;
use crate::{guard, jumpqr_text};

/// A permission set that a merchant has granted.
///
/// It belongs to the merchant that it was read from. Any number of threads may read it at the same
/// time.
pub struct jumpqr_func_info(Object<FuncInfo>);

impl From<FuncInfo> for jumpqr_func_info {
    fn from(set: FuncInfo) -> Self {
        Self(set.into())
    }
}

fn confirmation(
    set: Option<&jumpqr_func_info>,
    read: impl FnOnce(&ConfirmInfo) -> Option<bool>,
) -> Option<i32> {
    read(set?.0.confirm_info.as_ref()?).map(i32::from)
}

/// Returns the number of the permission set. -1 if `set` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_func_info_id(set: Option<&jumpqr_func_info>) -> i64 {
    guard(|| Some(set?.0.id.into()))
}

/// Returns the name of the permission set. No text if WeChat leaves it out, or if `set` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_func_info_name(set: Option<&jumpqr_func_info>) -> jumpqr_text {
    guard(|| set?.0.optional(|set| set.name.as_ref()))
}

/// Returns whether the permission set must be confirmed before its interfaces work: 1 or 0. -1 if
/// WeChat leaves it out, or if `set` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_func_info_need_confirm(set: Option<&jumpqr_func_info>) -> i32 {
    guard(|| confirmation(set, |info| info.need_confirm))
}

/// Returns whether the permission set was confirmed: 1 or 0. -1 if WeChat leaves it out, or if
/// `set` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_func_info_already_confirm(set: Option<&jumpqr_func_info>) -> i32 {
    guard(|| confirmation(set, |info| info.already_confirm))
}

/// Returns whether the permission set can be confirmed now: 1 or 0. -1 if WeChat leaves it out, or
/// if `set` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_func_info_can_confirm(set: Option<&jumpqr_func_info>) -> i32 {
    guard(|| confirmation(set, |info| info.can_confirm))
}
