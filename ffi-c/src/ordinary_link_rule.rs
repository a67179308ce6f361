use std::ffi::c_char;
use std::mem::offset_of;

use jumpqr::mapping::{RuleMapping, parse_rule};
use jumpqr::{OpenVersion, OrdinaryLinkRule, PermitSubRule};
use serde_json::json;

use crate::argument::{text_list, texts};
use crate::versioned::{Versioned, init, read};
use crate::{guard, jumpqr_error};

/// The fields of a rule by which an ordinary link in a QR code opens a Mini Program.
///
/// Call `jumpqr_ordinary_link_rule_init` before you set the fields. The struct and its texts are
/// yours. They are copied when a `jumpqr_rule` is made from them, and need not live longer. Do not
/// change the struct while another thread reads it.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct jumpqr_ordinary_link_rule {
    /// `sizeof (jumpqr_ordinary_link_rule)`, which `_init` sets. Later versions add fields at the
    /// end.
    pub size: usize,
    /// An http(s) URL on a domain with ICP filing. The links that it covers open the Mini Program.
    /// Ends with NUL.
    pub prefix: *const c_char,
    /// The Mini Program page, e.g. `pages/index/index`. Ends with NUL.
    pub path: *const c_char,
    /// The build that a `debug_url` opens: 1 development, 2 trial, 3 released.
    pub open_version: i32,
    /// Whether other accounts may have rules below this one: 1 they may, 2 they may not.
    pub permit_sub_rule: i32,
    /// At most 5 complete test links, each covered by the prefix and ending with NUL. If it is
    /// NULL, the request does not have the field.
    pub debug_url: *const *const c_char,
    /// The number of test links.
    pub debug_url_count: usize,
}

// SAFETY: `repr(C)`, `size` first, integers and pointers only.
unsafe impl Versioned for jumpqr_ordinary_link_rule {
    const FIRST_SIZE: usize = offset_of!(Self, debug_url_count) + size_of::<usize>();
}

impl jumpqr_ordinary_link_rule {
    /// Reads the fields. A wrong number has the same violation as in a mapping.
    ///
    /// # Safety
    ///
    /// `pointer` is NULL, or points to such a struct, of as many bytes as its `size` says, with
    /// texts that end with NUL.
    pub(crate) unsafe fn read(pointer: *const Self) -> Result<RuleMapping, jumpqr_error> {
        // SAFETY: the caller promises the same.
        let fields = unsafe { read(pointer, "fields") }?;
        // SAFETY: the caller promises texts that end with NUL.
        let [prefix, path] = unsafe { texts([(fields.prefix, "prefix"), (fields.path, "path")]) }?;
        let count = fields.debug_url_count;
        // SAFETY: the caller promises `count` texts that end with NUL.
        let debug_url = unsafe { text_list(fields.debug_url, count, "debug_url") }?;
        let debug_url = (!fields.debug_url.is_null()).then_some(debug_url);
        let (Some(open_version), Some(permit_sub_rule)) = (
            OpenVersion::from_number(fields.open_version.into()),
            PermitSubRule::from_number(fields.permit_sub_rule.into()),
        ) else {
            // To read every rule as a mapping would take a tenth of a call.
            return Ok(parse_rule(&json!({
                "prefix": prefix,
                "permit_sub_rule": fields.permit_sub_rule,
                "path": path,
                "open_version": fields.open_version,
                "debug_url": debug_url,
            }))?);
        };
        let mut rule = OrdinaryLinkRule::new(prefix, path, open_version, permit_sub_rule);
        rule.debug_url = debug_url.map(|links| links.into_iter().map(str::to_owned).collect());
        Ok(RuleMapping {
            rule: rule.into(),
            is_edit: None,
        })
    }
}

/// Sets all fields to zero or NULL, and sets `size`. Pass `sizeof (jumpqr_ordinary_link_rule)`. A
/// `rule` that is NULL is ignored.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_ordinary_link_rule_init(
    rule: *mut jumpqr_ordinary_link_rule,
    size: usize,
) {
    guard(|| {
        // SAFETY: the caller passes the size of the struct.
        unsafe { init(rule, size) }
    });
}
