//! The calls. One file for each interface.

mod add_jump_qr_code;
mod clear_quota;
mod clear_quota_by_app_secret;
mod delete_jump_qr_code;
mod download_qr_code_text;
mod get_api_domain_ip;
mod get_api_quota;
mod get_callback_ip;
mod get_jump_qr_code;
mod get_rid_info;
mod link_miniprogram;
mod publish_jump_qr_code;
mod unlink_miniprogram;
mod wxamplinkget;

pub use add_jump_qr_code::*;
pub use clear_quota::*;
pub use clear_quota_by_app_secret::*;
pub use delete_jump_qr_code::*;
pub use download_qr_code_text::*;
pub use get_api_domain_ip::*;
pub use get_api_quota::*;
pub use get_callback_ip::*;
pub use get_jump_qr_code::*;
pub use get_rid_info::*;
pub use link_miniprogram::*;
pub use publish_jump_qr_code::*;
pub use unlink_miniprogram::*;
pub use wxamplinkget::*;

use std::ffi::c_char;
use std::mem::MaybeUninit;

use jumpqr::RuleKey;
use jumpqr::interface::Confirmation;

use crate::argument::{optional_text, text};
use crate::object::forever;
use crate::{attempt, jumpqr_error, jumpqr_status, jumpqr_text};

/// Reads the key of a rule, by which publishJumpQRCode and deleteJumpQRCode name it.
///
/// # Safety
///
/// Each pointer is NULL, or points to a text that ends with NUL.
pub(crate) unsafe fn rule_key(
    prefix: *const c_char,
    appid: *const c_char,
) -> Result<RuleKey, jumpqr_error> {
    // SAFETY: the caller promises the same.
    let prefix = unsafe { text(prefix, "prefix") }?;
    // SAFETY: the caller promises the same.
    let appid = unsafe { optional_text(appid, "appid") }?;
    Ok(match appid {
        None => RuleKey::ordinary_link(prefix),
        Some(appid) => RuleKey::service_account(prefix, appid),
    })
}

/// Runs the body of an export that changes something. If C wants the confirmation, it is written to
/// `output`.
fn confirm(
    output: Option<&mut MaybeUninit<jumpqr_text>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
    body: impl FnOnce() -> Result<Confirmation, jumpqr_error>,
) -> jumpqr_status {
    attempt(error, || {
        let confirmation = body()?;
        output.map(|output| output.write(forever(confirmation.name())));
        Ok(())
    })
}
