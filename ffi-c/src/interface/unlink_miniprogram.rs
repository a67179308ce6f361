use std::ffi::c_char;
use std::mem::MaybeUninit;

use jumpqr::interface::UnlinkMiniprogram;

use super::confirm;
use crate::argument::text;
use crate::{jumpqr_client, jumpqr_error, jumpqr_status, jumpqr_text, present};

/// Reads the argument.
///
/// # Safety
///
/// `appid` is NULL, or ends with NUL.
pub(crate) unsafe fn unlink(appid: *const c_char) -> Result<UnlinkMiniprogram, jumpqr_error> {
    Ok(UnlinkMiniprogram {
        // SAFETY: the caller promises the same.
        appid: unsafe { text(appid, "appid") }?.to_owned(),
    })
}

/// `unlinkMiniprogram`: requests the end of the link between the service account and the Mini
/// Program `appid`, which ends with NUL. An administrator of the service account must confirm it.
/// Until then, `jumpqr_wxamplinkget` lists the link.
///
/// `confirmation` receives `answered`. If the response was lost and the link is not in the list, it
/// receives `read_back`. The text lives forever.
///
/// NULL is allowed for `error` and `confirmation`. Status: `JUMPQR_STATUS_OK`,
/// `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`, `JUMPQR_STATUS_INVALID_REQUEST`, and
/// the statuses of all kinds of errors.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_unlink_miniprogram(
    client: Option<&jumpqr_client>,
    appid: *const c_char,
    confirmation: Option<&mut MaybeUninit<jumpqr_text>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    confirm(confirmation, error, || {
        let client = &present(client, "client")?.0;
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let call = unsafe { unlink(appid) }?;
        Ok(client.unlink_miniprogram(call.appid)?)
    })
}
