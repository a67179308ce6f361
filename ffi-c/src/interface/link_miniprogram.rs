use std::ffi::c_char;
use std::mem::MaybeUninit;

use jumpqr::interface::LinkMiniprogram;

use super::confirm;
use crate::argument::{present, text};
use crate::client::jumpqr_client;
use crate::error::jumpqr_error;
use crate::guard::attempt;
use crate::status::jumpqr_status;
use crate::text::jumpqr_text;

/// `linkMiniprogram`: asks for the service account to be linked to the Mini Program `appid`, which ends with NUL; an
/// administrator of each side confirms. `notify_users` tells the followers, `show_profile` shows it on the account's profile.
///
/// `confirmation`, which may be NULL, gets `answered`, or `read_back` where the answer got lost and the request was found to
/// stand; the text lives for ever.
///
/// NULL is allowed for `error` and `confirmation`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`, `JUMPQR_STATUS_INVALID_REQUEST`, and that of each kind of error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_link_miniprogram(
    client: Option<&jumpqr_client>,
    appid: *const c_char,
    notify_users: bool,
    show_profile: bool,
    confirmation: Option<&mut MaybeUninit<jumpqr_text>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let client = &present(client, "client")?.client;
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let appid = unsafe { text(appid, "appid") }?.to_owned();
        let call = LinkMiniprogram {
            appid,
            notify_users,
            show_profile,
        };
        confirm(confirmation, client.link_miniprogram(call)?);
        Ok(())
    })
}
