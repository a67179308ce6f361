//! The calls, one file an interface.

mod add_jump_qr_code;
mod delete_jump_qr_code;
mod download_qr_code_text;
mod get_jump_qr_code;
mod link_miniprogram;
mod publish_jump_qr_code;
mod wxamplinkget;

pub use add_jump_qr_code::*;
pub use delete_jump_qr_code::*;
pub use download_qr_code_text::*;
pub use get_jump_qr_code::*;
pub use link_miniprogram::*;
pub use publish_jump_qr_code::*;
pub use wxamplinkget::*;

use std::ffi::c_char;
use std::mem::MaybeUninit;

use jumpqr::RuleKey;
use jumpqr::interface::Confirmation;

use crate::argument::{optional_text, text};
use crate::error::Failure;
use crate::text::{fixed, jumpqr_text};

/// What publishJumpQRCode and deleteJumpQRCode name a rule by.
///
/// # Safety
///
/// Each pointer is NULL, or points to a text that ends with NUL.
pub(crate) unsafe fn rule_key(
    prefix: *const c_char,
    appid: *const c_char,
) -> Result<RuleKey, Failure> {
    // SAFETY: the caller has promised the same.
    let prefix = unsafe { text(prefix, "prefix") }?;
    // SAFETY: the caller has promised the same.
    let appid = unsafe { optional_text(appid, "appid") }?;
    Ok(match appid {
        None => RuleKey::ordinary_link(prefix),
        Some(appid) => RuleKey::service_account(prefix, appid),
    })
}

/// Says how a change was confirmed, where C wants to know.
fn confirm(out: Option<&mut MaybeUninit<jumpqr_text>>, confirmation: Confirmation) {
    if let Some(out) = out {
        out.write(fixed(confirmation.name()));
    }
}
