use std::ffi::c_char;
use std::mem::MaybeUninit;

use jumpqr::interface::GetRidInfo;

use crate::argument::text;
use crate::{jumpqr_client, jumpqr_error, jumpqr_rid_info, jumpqr_status, present, produce};

/// Reads the argument.
///
/// # Safety
///
/// `rid` is NULL, or ends with NUL.
pub(crate) unsafe fn rid_info(rid: *const c_char) -> Result<GetRidInfo, jumpqr_error> {
    Ok(GetRidInfo {
        // SAFETY: the caller promises the same.
        rid: unsafe { text(rid, "rid") }?.to_owned(),
    })
}

/// `getRidInfo`: returns what WeChat keeps for 7 days about a call of this account. `rid` comes from
/// `jumpqr_error_rid`, and ends with NUL. The result is to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`, `JUMPQR_STATUS_INVALID_REQUEST`, and the statuses of all kinds of
/// errors.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_get_rid_info(
    client: Option<&jumpqr_client>,
    rid: *const c_char,
    info: Option<&mut MaybeUninit<*mut jumpqr_rid_info>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(info, "info", error, || {
        let client = &present(client, "client")?.0;
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let call = unsafe { rid_info(rid) }?;
        Ok(client.get_rid_info(call.rid)?)
    })
}
