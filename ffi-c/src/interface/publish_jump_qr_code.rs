use std::ffi::c_char;
use std::mem::MaybeUninit;

use super::{confirm, rule_key};
use crate::{jumpqr_client, jumpqr_error, jumpqr_status, jumpqr_text, present};

/// `publishJumpQRCode`: makes a rule effective for everybody. It cannot be undone except by
/// deleting the rule.
///
/// `prefix` ends with NUL. In service-account mode, `appid` is the Mini Program's appid, which ends
/// with NUL. In ordinary-link mode, it is NULL.
///
/// If the client validates, the rule is looked up first. If it does not exist, the call fails with
/// the code `no_such_rule`, and nothing is sent. If it is already published, nothing is sent
/// either.
///
/// `confirmation` receives `answered`. If the response was lost and the rule was found to be
/// published, it receives `read_back`. If the rule was published before, it receives
/// `already_published`. The text lives forever.
///
/// NULL is allowed for `error`, `appid` and `confirmation`. Status: `JUMPQR_STATUS_OK`,
/// `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`, `JUMPQR_STATUS_INVALID_REQUEST`, and
/// the statuses of all kinds of errors.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_publish_jump_qr_code(
    client: Option<&jumpqr_client>,
    prefix: *const c_char,
    appid: *const c_char,
    confirmation: Option<&mut MaybeUninit<jumpqr_text>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    confirm(confirmation, error, || {
        let client = &present(client, "client")?.0;
        // SAFETY: the caller passes texts that end with NUL, or NULL.
        let key = unsafe { rule_key(prefix, appid) }?;
        Ok(client.publish_jump_qr_code(key)?)
    })
}
