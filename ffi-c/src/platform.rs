use std::ffi::c_char;
use std::mem::MaybeUninit;

use jumpqr::{Platform, Secret};

use crate::argument::{text, texts};
use crate::{
    attempt, guard, jumpqr_client, jumpqr_client_config, jumpqr_error, jumpqr_status,
    jumpqr_token_status, present, produce,
};

/// A third-party platform, which calls for the merchants that have authorised it. Make one platform
/// for all merchants, and keep it. Its memory of a merchant, about 2 KB, is dropped 10 minutes
/// after the last use, if no client of the merchant exists.
///
/// The platform's own token is requested with its appsecret and the component_verify_ticket that
/// WeChat pushes. A merchant's token is requested with the platform's token and the merchant's
/// refresh token. Each response may contain a new refresh token and invalidate the former one. The
/// new refresh token is stored before the access token that came with it is used. If a refresh
/// token is lost, it is read from WeChat's list of the platform's merchants.
///
/// Any number of threads may use it at the same time. Free it with `jumpqr_platform_free`, exactly
/// once, when no call is using it. The clients of its merchants stay valid. After a fork, the child
/// makes its own platforms.
pub struct jumpqr_platform(pub(crate) Platform);

/// Makes the platform `component_appid` with its appsecret `component_appsecret`, which both end
/// with NUL. The settings must not have a source of tokens. Nothing is sent yet. The platform is to
/// be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`, `JUMPQR_STATUS_INVALID_CONFIG`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_platform_new(
    config: Option<&jumpqr_client_config>,
    component_appid: *const c_char,
    component_appsecret: *const c_char,
    platform: Option<&mut MaybeUninit<*mut jumpqr_platform>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(platform, "platform", error, || {
        let builder = present(config, "config")?.builder();
        let parameters = [
            (component_appid, "component_appid"),
            (component_appsecret, "component_appsecret"),
        ];
        // SAFETY: the caller passes texts that end with NUL, or NULL.
        let [appid, appsecret] = unsafe { texts(parameters) }?;
        Ok(builder.build_platform(appid, Secret::new(appsecret))?)
    })
}

/// Frees a platform. NULL is ignored.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_platform_free(platform: Option<Box<jumpqr_platform>>) {
    guard(|| platform.map(drop));
}

/// Stores a component_verify_ticket that WeChat has just pushed. WeChat pushes one every 10
/// minutes, and each is valid for 12 hours. Any process that shares the token store may receive the
/// pushes.
///
/// `ticket` ends with NUL. It is the decrypted ComponentVerifyTicket, which begins with
/// `ticket@@@`. If it cannot be a ticket, for example because it is the ciphertext of Encrypt, it
/// is refused, and the former ticket stays.
///
/// The call blocks until the store has answered, at most for the platform's timeout.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`, `JUMPQR_STATUS_INVALID_CONFIG`, `JUMPQR_STATUS_TIMEOUT`,
/// `JUMPQR_STATUS_STORE_FAILED`, `JUMPQR_STATUS_STORE_NOT_PRIVATE`, `JUMPQR_STATUS_STORE_DAMAGED`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_platform_set_verify_ticket(
    platform: Option<&jumpqr_platform>,
    ticket: *const c_char,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let platform = &present(platform, "platform")?.0;
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let ticket = unsafe { text(ticket, "ticket") }?;
        Ok(platform.set_verify_ticket(Secret::new(ticket))?)
    })
}

/// Stores the authorizer_refresh_token of a new authorisation by the merchant `authorizer_appid`.
/// It replaces the merchant's former refresh token and access token. Both texts end with NUL.
///
/// Only a new authorisation needs this call. Later refresh tokens are stored when WeChat returns
/// them. The call blocks until the store has answered, at most for the platform's timeout.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`, `JUMPQR_STATUS_INVALID_CONFIG`, `JUMPQR_STATUS_TIMEOUT`,
/// `JUMPQR_STATUS_STORE_FAILED`, `JUMPQR_STATUS_STORE_NOT_PRIVATE`, `JUMPQR_STATUS_STORE_DAMAGED`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_platform_set_authorizer_refresh_token(
    platform: Option<&jumpqr_platform>,
    authorizer_appid: *const c_char,
    authorizer_refresh_token: *const c_char,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let platform = &present(platform, "platform")?.0;
        let parameters = [
            (authorizer_appid, "authorizer_appid"),
            (authorizer_refresh_token, "authorizer_refresh_token"),
        ];
        // SAFETY: the caller passes texts that end with NUL, or NULL.
        let [appid, token] = unsafe { texts(parameters) }?;
        Ok(platform.set_authorizer_refresh_token(appid, Secret::new(token))?)
    })
}

/// Makes a client that calls for the merchant `authorizer_appid`, which ends with NUL. Clients of
/// the same merchant share its token and its pacing. Nothing is sent or looked up yet. The client
/// is to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`, `JUMPQR_STATUS_INVALID_CONFIG`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_platform_merchant(
    platform: Option<&jumpqr_platform>,
    authorizer_appid: *const c_char,
    client: Option<&mut MaybeUninit<*mut jumpqr_client>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(client, "client", error, || {
        let platform = &present(platform, "platform")?.0;
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let appid = unsafe { text(authorizer_appid, "authorizer_appid") }?;
        Ok(platform.merchant(appid)?)
    })
}

/// Reads the state of the platform's own token from its store. WeChat is not asked. For the token
/// of a merchant, see `jumpqr_client_token_status`. The status is to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_STORE_FAILED`, `JUMPQR_STATUS_STORE_NOT_PRIVATE`, `JUMPQR_STATUS_STORE_DAMAGED`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_platform_token_status(
    platform: Option<&jumpqr_platform>,
    status: Option<&mut MaybeUninit<*mut jumpqr_token_status>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(status, "status", error, || {
        Ok(present(platform, "platform")?.0.token_status()?)
    })
}
