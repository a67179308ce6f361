use std::ffi::c_char;
use std::mem::offset_of;

use jumpqr::ServiceAccountRule;
use jumpqr::mapping::RuleMapping;

use crate::argument::texts;
use crate::versioned::{Versioned, init, read};
use crate::{guard, jumpqr_error};

/// The fields of a rule by which a service account's parametric QR code opens a Mini Program.
///
/// Call `jumpqr_service_account_rule_init` before you set the fields. The struct and its texts are
/// yours. They are copied when a `jumpqr_rule` is made from them, and need not live longer. Do not
/// change the struct while another thread reads it.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct jumpqr_service_account_rule {
    /// `sizeof (jumpqr_service_account_rule)`, which `_init` sets. Later versions add fields at the
    /// end.
    pub size: usize,
    /// The parametric QR URL. It begins with `http://weixin.qq.com/q/`. Ends with NUL.
    pub prefix: *const c_char,
    /// The appid of the Mini Program to open, `wx...`. Ends with NUL.
    pub appid: *const c_char,
    /// The Mini Program page, e.g. `pages/index/index`. Ends with NUL.
    pub path: *const c_char,
}

// SAFETY: `repr(C)`, `size` first, integers and pointers only.
unsafe impl Versioned for jumpqr_service_account_rule {
    const FIRST_SIZE: usize = offset_of!(Self, path) + size_of::<*const c_char>();
}

impl jumpqr_service_account_rule {
    /// # Safety
    ///
    /// `pointer` is NULL, or points to such a struct, of as many bytes as its `size` says, with
    /// texts that end with NUL.
    pub(crate) unsafe fn read(pointer: *const Self) -> Result<RuleMapping, jumpqr_error> {
        // SAFETY: the caller promises the same.
        let fields = unsafe { read(pointer, "fields") }?;
        let Self {
            prefix,
            appid,
            path,
            ..
        } = fields;
        let parameters = [(prefix, "prefix"), (appid, "appid"), (path, "path")];
        // SAFETY: the caller promises texts that end with NUL.
        let [prefix, appid, path] = unsafe { texts(parameters) }?;
        Ok(RuleMapping {
            rule: ServiceAccountRule::new(prefix, appid, path).into(),
            is_edit: None,
        })
    }
}

/// Sets all fields to NULL, and sets `size`. Pass `sizeof (jumpqr_service_account_rule)`. A `rule`
/// that is NULL is ignored.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_service_account_rule_init(
    rule: *mut jumpqr_service_account_rule,
    size: usize,
) {
    guard(|| {
        // SAFETY: the caller passes the size of the struct.
        unsafe { init(rule, size) }
    });
}
