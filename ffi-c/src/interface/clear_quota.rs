use std::ffi::c_char;
use std::mem::MaybeUninit;

use jumpqr::interface::ClearQuota;

use super::confirm;
use crate::argument::text;
use crate::{jumpqr_client, jumpqr_error, jumpqr_status, jumpqr_text, present};

/// Reads the argument.
///
/// # Safety
///
/// `appid` is NULL, or ends with NUL.
pub(crate) unsafe fn clear(appid: *const c_char) -> Result<ClearQuota, jumpqr_error> {
    Ok(ClearQuota {
        // SAFETY: the caller promises the same.
        appid: unsafe { text(appid, "appid") }?.to_owned(),
    })
}

/// `clearQuota`: clears the account's counts of the calls of the day, for all interfaces, 10 times a
/// month. `appid` is the account that the token belongs to, and ends with NUL.
///
/// `confirmation` receives `answered`. If the response was lost, the call fails with an unknown
/// outcome, and is not sent again. The text lives forever.
///
/// NULL is allowed for `error` and `confirmation`. Status: `JUMPQR_STATUS_OK`,
/// `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`, `JUMPQR_STATUS_INVALID_REQUEST`, and
/// the statuses of all kinds of errors.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_clear_quota(
    client: Option<&jumpqr_client>,
    appid: *const c_char,
    confirmation: Option<&mut MaybeUninit<jumpqr_text>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    confirm(confirmation, error, || {
        let client = &present(client, "client")?.0;
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let call = unsafe { clear(appid) }?;
        Ok(client.clear_quota(call.appid)?)
    })
}
