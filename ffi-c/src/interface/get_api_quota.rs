use std::ffi::c_char;
use std::mem::MaybeUninit;

use jumpqr::interface::GetApiQuota;

use crate::argument::text;
use crate::{jumpqr_api_quota, jumpqr_client, jumpqr_error, jumpqr_status, present, produce};

/// Reads the argument.
///
/// # Safety
///
/// `cgi_path` is NULL, or ends with NUL.
pub(crate) unsafe fn quota(cgi_path: *const c_char) -> Result<GetApiQuota, jumpqr_error> {
    Ok(GetApiQuota {
        // SAFETY: the caller promises the same.
        cgi_path: unsafe { text(cgi_path, "cgi_path") }?.to_owned(),
    })
}

/// `getApiQuota`: returns how often the account may call the interface with the path `cgi_path`,
/// and how often it has called it today. The path, e.g. `/cgi-bin/wxopen/qrcodejumpadd`, ends with
/// NUL. The quota is to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`, `JUMPQR_STATUS_INVALID_REQUEST`, and the statuses of all kinds of
/// errors.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_get_api_quota(
    client: Option<&jumpqr_client>,
    cgi_path: *const c_char,
    quota: Option<&mut MaybeUninit<*mut jumpqr_api_quota>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(quota, "quota", error, || {
        let client = &present(client, "client")?.0;
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let call = unsafe { self::quota(cgi_path) }?;
        Ok(jumpqr_api_quota(client.get_api_quota(call.cgi_path)?))
    })
}
