use std::ffi::c_char;
use std::mem::MaybeUninit;

use jumpqr::{Platform, Secret};

use crate::argument::{present, text};
use crate::client::jumpqr_client;
use crate::client_config::jumpqr_client_config;
use crate::error::jumpqr_error;
use crate::guard::{attempt, guard};
use crate::status::jumpqr_status;
use crate::token_status::jumpqr_token_status;

/// A third-party platform, which calls for the merchants that have authorised it. Make one for all
/// of them, and keep it: what it knows of a merchant, about 2 KB, is dropped 10 minutes after the
/// last use, once no client of the merchant is held.
///
/// Its own token is asked for with its appsecret and the component_verify_ticket that WeChat pushes, a merchant's with the
/// platform's token and the merchant's refresh token. Each answer may bring the next refresh token, and kill the one before: it is
/// in the token store before the access token that came with it is used. One that got lost all the same is taken from WeChat's
/// list of the platform's merchants.
///
/// Any number of threads may use it at the same time. Free it with `jumpqr_platform_free`, exactly once, when no call with it is
/// running; the clients of its merchants live on. A process that was forked makes platforms of its own.
pub struct jumpqr_platform {
    platform: Platform,
}

/// The platform `component_appid`, with its appsecret `component_appsecret`, both of which end with NUL, and with these settings, which
/// must not say where tokens come from. It is to be freed. Nothing is sent yet.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`,
/// `JUMPQR_STATUS_INVALID_CONFIG`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_platform_new(
    config: Option<&jumpqr_client_config>,
    component_appid: *const c_char,
    component_appsecret: *const c_char,
    platform: Option<&mut MaybeUninit<*mut jumpqr_platform>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let builder = present(config, "config")?.builder();
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let appid = unsafe { text(component_appid, "component_appid") }?;
        // SAFETY: the same.
        let appsecret = Secret::new(unsafe { text(component_appsecret, "component_appsecret") }?);
        let out = present(platform, "platform")?;
        let platform = builder.build_platform(appid, appsecret)?;
        out.write(Box::into_raw(Box::new(jumpqr_platform { platform })));
        Ok(())
    })
}

/// Frees a platform. NULL is passed over.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_platform_free(platform: Option<Box<jumpqr_platform>>) {
    guard(|| {
        drop(platform);
        Some(())
    });
}

/// Keeps the component_verify_ticket that WeChat has just pushed, in the token store: any process
/// that shares it may receive the pushes, every 10 minutes, each good for 12 hours. `ticket` ends
/// with NUL. It is the decrypted ComponentVerifyTicket, which begins with `ticket@@@`; what cannot
/// be a ticket, such as the ciphertext of Encrypt, is refused, and the former ticket stays.
///
/// It blocks for as long as the store takes, at most the platform's timeout.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`,
/// `JUMPQR_STATUS_INVALID_CONFIG`, `JUMPQR_STATUS_TIMEOUT`, `JUMPQR_STATUS_STORE_FAILED`,
/// `JUMPQR_STATUS_STORE_NOT_PRIVATE`, `JUMPQR_STATUS_STORE_DAMAGED`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_platform_set_verify_ticket(
    platform: Option<&jumpqr_platform>,
    ticket: *const c_char,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let platform = &present(platform, "platform")?.platform;
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let ticket = Secret::new(unsafe { text(ticket, "ticket") }?);
        Ok(platform.set_verify_ticket(ticket)?)
    })
}

/// Keeps the authorizer_refresh_token that the authorisation of the merchant `authorizer_appid` has just brought, in the token store,
/// in the place of any former one and of its access token. Both texts end with NUL.
///
/// Only a new authorisation needs this: later refresh tokens are kept as they come. It blocks for as long as the store takes, at most
/// the platform's timeout.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`,
/// `JUMPQR_STATUS_INVALID_CONFIG`, `JUMPQR_STATUS_TIMEOUT`, `JUMPQR_STATUS_STORE_FAILED`,
/// `JUMPQR_STATUS_STORE_NOT_PRIVATE`, `JUMPQR_STATUS_STORE_DAMAGED`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_platform_set_authorizer_refresh_token(
    platform: Option<&jumpqr_platform>,
    authorizer_appid: *const c_char,
    authorizer_refresh_token: *const c_char,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let platform = &present(platform, "platform")?.platform;
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let appid = unsafe { text(authorizer_appid, "authorizer_appid") }?;
        // SAFETY: the same.
        let token = unsafe { text(authorizer_refresh_token, "authorizer_refresh_token") }?;
        Ok(platform.set_authorizer_refresh_token(appid, Secret::new(token))?)
    })
}

/// A client, which is to be freed, that calls for the merchant `authorizer_appid`, which ends with NUL. Clients of the same merchant
/// share its token and its pacing. Nothing is sent or looked up yet.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`,
/// `JUMPQR_STATUS_INVALID_CONFIG`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_platform_merchant(
    platform: Option<&jumpqr_platform>,
    authorizer_appid: *const c_char,
    client: Option<&mut MaybeUninit<*mut jumpqr_client>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let platform = &present(platform, "platform")?.platform;
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let appid = unsafe { text(authorizer_appid, "authorizer_appid") }?;
        let client = present(client, "client")?;
        client.write(jumpqr_client::raw(platform.merchant(appid)?));
        Ok(())
    })
}

/// How the platform's own token stands in its store, which is asked for it; WeChat is not. For a merchant's, ask its client. The status is to
/// be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_STORE_FAILED`, `JUMPQR_STATUS_STORE_NOT_PRIVATE`, `JUMPQR_STATUS_STORE_DAMAGED`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_platform_token_status(
    platform: Option<&jumpqr_platform>,
    status: Option<&mut MaybeUninit<*mut jumpqr_token_status>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let platform = &present(platform, "platform")?.platform;
        let status = present(status, "status")?;
        status.write(jumpqr_token_status::raw(platform.token_status()?));
        Ok(())
    })
}
