//! The calls. One file for each interface.

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

use std::ffi::{CStr, c_char};
use std::mem::MaybeUninit;

use jumpqr::RuleKey;
use jumpqr::interface::Confirmation;

use crate::argument::{optional_text, text};
use crate::{Failure, attempt, jumpqr_error, jumpqr_status, jumpqr_text};

/// Reads the key of a rule, by which publishJumpQRCode and deleteJumpQRCode name it.
///
/// # Safety
///
/// Each pointer is NULL, or points to a text that ends with NUL.
pub(crate) unsafe fn rule_key(
    prefix: *const c_char,
    appid: *const c_char,
) -> Result<RuleKey, Failure> {
    // SAFETY: the caller promises the same.
    let prefix = unsafe { text(prefix, "prefix") }?;
    // SAFETY: the caller promises the same.
    let appid = unsafe { optional_text(appid, "appid") }?;
    Ok(match appid {
        None => RuleKey::ordinary_link(prefix),
        Some(appid) => RuleKey::service_account(prefix, appid),
    })
}

const fn name(confirmation: Confirmation) -> &'static CStr {
    match confirmation {
        Confirmation::Answered => c"answered",
        Confirmation::ReadBack => c"read_back",
        Confirmation::NotThere => c"not_there",
        Confirmation::AlreadyPublished => c"already_published",
    }
}

/// Runs the body of an export that changes something. If C wants the confirmation, it is written to
/// `output`.
fn confirm(
    output: Option<&mut MaybeUninit<jumpqr_text>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
    body: impl FnOnce() -> Result<Confirmation, Failure>,
) -> jumpqr_status {
    attempt(error, || {
        let confirmation = body()?;
        output.map(|output| output.write(name(confirmation).into()));
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use jumpqr::interface::Confirmation;

    use super::name;

    #[test]
    fn confirmations_have_the_names_of_the_core() {
        for confirmation in Confirmation::ALL {
            let name = name(*confirmation);
            assert_eq!(name.to_str(), Ok(confirmation.name()));
        }
    }
}
