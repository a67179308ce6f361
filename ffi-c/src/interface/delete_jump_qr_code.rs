use std::ffi::c_char;
use std::mem::MaybeUninit;

use super::{confirm, rule_key};
use crate::{jumpqr_client, jumpqr_error, jumpqr_status, jumpqr_text, present};

/// `deleteJumpQRCode`: deletes a rule immediately, whether it is published or not.
///
/// `prefix` ends with NUL. In service-account mode, `appid` is the Mini Program's appid, which ends
/// with NUL. In ordinary-link mode, it is NULL.
///
/// If the client validates, the rule is looked up first. If it does not exist, nothing is sent.
///
/// `confirmation` receives `answered`. If the response was lost and the rule was found to be gone,
/// it receives `read_back`. If there is no such rule, it receives `not_there`; see
/// `jumpqr_nearest_prefix`. The text lives forever.
///
/// NULL is allowed for `error`, `appid` and `confirmation`. Status: `JUMPQR_STATUS_OK`,
/// `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`, `JUMPQR_STATUS_INVALID_REQUEST`, and
/// the statuses of all kinds of errors.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_delete_jump_qr_code(
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
        Ok(client.delete_jump_qr_code(key)?)
    })
}
