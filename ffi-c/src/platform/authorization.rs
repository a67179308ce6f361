use std::ffi::c_char;
use std::mem::MaybeUninit;

use super::jumpqr_platform;
use crate::argument::text;
use crate::{
    jumpqr_authorization_link, jumpqr_authorized_merchant, jumpqr_error, jumpqr_status,
    jumpqr_string, present, produce,
};

/// Makes a link on which a merchant authorises the platform, with a pre_auth_code of its own. The
/// link is to be freed.
///
/// Make one for each merchant when the page with the link is shown: it works once, for about 10
/// minutes. Put it on a page of the domain that the console has as 授权发起页域名: WeChat refuses a
/// merchant who comes from elsewhere, also by a redirect of a server. Afterwards, WeChat sends the
/// merchant to `redirect_uri` with an `auth_code` in the query, for `jumpqr_platform_exchange`, and
/// pushes `authorized`, for `jumpqr_platform_handle`.
///
/// With a base URL whose host is not WeChat's, such as a sandbox, the link leads to that host.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`, `JUMPQR_STATUS_STRUCT_SIZE`, `JUMPQR_STATUS_OUT_OF_RANGE`,
/// `JUMPQR_STATUS_INVALID_REQUEST`, and the statuses of all kinds of errors.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_platform_authorization_url(
    platform: Option<&jumpqr_platform>,
    link: *const jumpqr_authorization_link,
    url: Option<&mut MaybeUninit<*mut jumpqr_string>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(url, "url", error, || {
        let platform = &present(platform, "platform")?.0;
        // SAFETY: the caller passes a struct of the size that it says, or NULL.
        let link = unsafe { jumpqr_authorization_link::read(link) }?;
        Ok(platform.authorization_url(&link)?)
    })
}

/// Exchanges the authorization_code of a merchant who has come back from the link, and stores the
/// refresh token before it returns. `authorization_code` is the `auth_code` of the redirect's
/// query, percent-decoded and ending with NUL. The merchant is to be freed.
///
/// The push `authorized` brings a code of the same merchant. Both may be exchanged, in any order.
/// If the page is loaded twice, the code was used before: if this process exchanged it, and the
/// merchant is stored, that is no error.
///
/// If the code was used or is unknown (61009), or has expired (61010), the status is
/// `JUMPQR_STATUS_CREDENTIALS`. Look whether WeChat's list has the merchant, see
/// `jumpqr_merchants_new`; if not, make another link.
///
/// If the response is lost, WeChat may have exchanged the code. Then the exchange of the push, or
/// the next call for the merchant, finds the refresh token in WeChat's list. If the merchant has
/// ended the authorisation meanwhile, the status is `JUMPQR_STATUS_MERCHANT_UNAUTHORIZED`.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`, `JUMPQR_STATUS_INVALID_REQUEST`, and the statuses of all kinds of
/// errors.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_platform_exchange(
    platform: Option<&jumpqr_platform>,
    authorization_code: *const c_char,
    merchant: Option<&mut MaybeUninit<*mut jumpqr_authorized_merchant>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(merchant, "merchant", error, || {
        let platform = &present(platform, "platform")?.0;
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let code = unsafe { text(authorization_code, "authorization_code") }?;
        Ok(platform.exchange(code)?)
    })
}
