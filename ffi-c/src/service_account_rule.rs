use std::ffi::c_char;
use std::mem::offset_of;

use jumpqr::ServiceAccountRule;

use crate::argument::text;
use crate::error::Failure;
use crate::guard::guard;
use crate::versioned::{Versioned, init, read};

/// The fields of the rule by which a service account's parametric QR code opens a Mini Program.
///
/// Call `jumpqr_service_account_rule_init` before filling it in. It is yours, and so are the texts: they are copied when a
/// `jumpqr_rule` is made of it, and need not outlive that. It is not to be changed while another thread reads it.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct jumpqr_service_account_rule {
    /// `sizeof (jumpqr_service_account_rule)`, which `_init` writes: later versions add fields at the end.
    pub size: usize,
    /// The parametric QR URL; begins with `http://weixin.qq.com/q/`. Ends with NUL.
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
    /// `pointer` is NULL, or points to such a struct, of as many bytes as its `size` says, with texts that end with NUL.
    pub(crate) unsafe fn read(pointer: *const Self) -> Result<ServiceAccountRule, Failure> {
        // SAFETY: the caller has promised the same.
        let fields = unsafe { read(pointer, "fields") }?;
        // SAFETY: the caller has promised that texts end with NUL.
        let prefix = unsafe { text(fields.prefix, "prefix") }?;
        // SAFETY: the same.
        let appid = unsafe { text(fields.appid, "appid") }?;
        // SAFETY: the same.
        let path = unsafe { text(fields.path, "path") }?;
        Ok(ServiceAccountRule::new(prefix, appid, path))
    }
}

/// Makes all fields NULL, and writes `size`: pass `sizeof (jumpqr_service_account_rule)`. NULL is passed over.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_service_account_rule_init(
    rule: *mut jumpqr_service_account_rule,
    size: usize,
) {
    guard(|| {
        // SAFETY: the caller passes the size of what it points to.
        unsafe { init(rule, size) }
    });
}
