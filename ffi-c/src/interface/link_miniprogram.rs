use std::ffi::c_char;
use std::mem::MaybeUninit;

use jumpqr::interface::LinkMiniprogram;

use super::confirm;
use crate::argument::text;
use crate::{jumpqr_client, jumpqr_error, jumpqr_status, jumpqr_text, present};

/// Reads the arguments.
///
/// # Safety
///
/// `appid` is NULL, or ends with NUL.
pub(crate) unsafe fn link(
    appid: *const c_char,
    notify_users: bool,
    show_profile: bool,
) -> Result<LinkMiniprogram, jumpqr_error> {
    Ok(LinkMiniprogram {
        // SAFETY: the caller promises the same.
        appid: unsafe { text(appid, "appid") }?.to_owned(),
        notify_users,
        show_profile,
    })
}

/// `linkMiniprogram`: requests a link between the service account and the Mini Program `appid`,
/// which ends with NUL. An administrator of each side must confirm it. `notify_users` notifies the
/// followers. `show_profile` shows the Mini Program on the account's profile.
///
/// `confirmation` receives `answered`. If the response was lost and the request was found in the
/// list, it receives `read_back`. The text lives forever.
///
/// NULL is allowed for `error` and `confirmation`. Status: `JUMPQR_STATUS_OK`,
/// `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`, `JUMPQR_STATUS_INVALID_REQUEST`, and
/// the statuses of all kinds of errors.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_link_miniprogram(
    client: Option<&jumpqr_client>,
    appid: *const c_char,
    notify_users: bool,
    show_profile: bool,
    confirmation: Option<&mut MaybeUninit<jumpqr_text>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    confirm(confirmation, error, || {
        let client = &present(client, "client")?.0;
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let call = unsafe { link(appid, notify_users, show_profile) }?;
        Ok(client.link_miniprogram(call)?)
    })
}
