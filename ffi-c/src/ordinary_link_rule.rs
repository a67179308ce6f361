use std::ffi::c_char;
use std::mem::offset_of;

use jumpqr::mapping::{RuleMapping, parse_rule};
use jumpqr::{OpenVersion, OrdinaryLinkRule, PermitSubRule};
use serde_json::json;

use crate::argument::{text, texts};
use crate::error::Failure;
use crate::guard::guard;
use crate::versioned::{Versioned, init, read};

/// The fields of the rule by which an ordinary link QR code opens a Mini Program.
///
/// Call `jumpqr_ordinary_link_rule_init` before filling it in. It is yours, and so are the texts: they are copied when a
/// `jumpqr_rule` is made of it, and need not outlive that. It is not to be changed while another thread reads it.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct jumpqr_ordinary_link_rule {
    /// `sizeof (jumpqr_ordinary_link_rule)`, which `_init` writes: later versions add fields at the end.
    pub size: usize,
    /// An http(s) URL on a domain with ICP filing; links that it covers open the Mini Program. Ends with NUL.
    pub prefix: *const c_char,
    /// The Mini Program page, e.g. `pages/index/index`. Ends with NUL.
    pub path: *const c_char,
    /// Which build a `debug_url` opens: 1 development, 2 trial, 3 released.
    pub open_version: i32,
    /// 1 other accounts may have rules below this one, 2 they may not.
    pub permit_sub_rule: i32,
    /// At most 5 complete test links, each covered by the prefix and ending with NUL. NULL leaves the field out of the request.
    pub debug_url: *const *const c_char,
    /// How many test links.
    pub debug_url_count: usize,
}

// SAFETY: `repr(C)`, `size` first, integers and pointers only.
unsafe impl Versioned for jumpqr_ordinary_link_rule {
    const FIRST_SIZE: usize = offset_of!(Self, debug_url_count) + size_of::<usize>();
}

impl jumpqr_ordinary_link_rule {
    /// What the core makes of the fields; it says of all numbers at once whether it takes them.
    ///
    /// # Safety
    ///
    /// `pointer` is NULL, or points to such a struct, of as many bytes as its `size` says, with texts that end with NUL.
    pub(crate) unsafe fn read(pointer: *const Self) -> Result<RuleMapping, Failure> {
        // SAFETY: the caller has promised the same.
        let fields = unsafe { read(pointer, "fields") }?;
        // SAFETY: the caller has promised that texts end with NUL.
        let prefix = unsafe { text(fields.prefix, "prefix") }?;
        // SAFETY: the same.
        let path = unsafe { text(fields.path, "path") }?;
        // SAFETY: the same, of each.
        let debug_url = unsafe { texts(fields.debug_url, fields.debug_url_count, "debug_url") }?;
        let debug_url = (!fields.debug_url.is_null()).then_some(debug_url);
        let open_version = OpenVersion::from_number(fields.open_version.into());
        let permit_sub_rule = PermitSubRule::from_number(fields.permit_sub_rule.into());
        if let (Some(open_version), Some(permit_sub_rule)) = (open_version, permit_sub_rule) {
            let mut rule = OrdinaryLinkRule::new(prefix, path, open_version, permit_sub_rule);
            if let Some(debug_url) = debug_url {
                rule = rule.debug_url(debug_url);
            }
            return Ok(RuleMapping {
                rule: rule.into(),
                is_edit: None,
            });
        }
        // What the core says of these numbers, it says here too.
        Ok(parse_rule(&json!({
            "prefix": prefix,
            "permit_sub_rule": fields.permit_sub_rule,
            "path": path,
            "open_version": fields.open_version,
            "debug_url": debug_url,
        }))?)
    }
}

/// Makes all fields zero or NULL, and writes `size`: pass `sizeof (jumpqr_ordinary_link_rule)`. NULL is passed over.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_ordinary_link_rule_init(
    rule: *mut jumpqr_ordinary_link_rule,
    size: usize,
) {
    guard(|| {
        // SAFETY: the caller passes the size of what it points to.
        unsafe { init(rule, size) }
    });
}
