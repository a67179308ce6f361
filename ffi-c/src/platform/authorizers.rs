use std::ffi::c_char;
use std::mem::MaybeUninit;

use jumpqr::Secret;
use jumpqr::binding::call_platform;
use jumpqr::readiness::Mode;
use serde_json::json;

use super::jumpqr_platform;
use crate::argument::{text, texts};
use crate::{
    attempt, jumpqr_error, jumpqr_readiness, jumpqr_status, jumpqr_string, present, produce,
};

/// Asks WeChat about the merchant `authorizer_appid`, and judges whether its rules can work: of
/// which kind the account is, which permission sets it has granted, and whether it is verified and
/// not frozen. Nothing is written. The readiness is to be freed.
///
/// `mode` is `ordinary_link`, for the rules of a Mini Program, or `service_account`. In the second
/// mode, give the service account, not the Mini Program that the rules open. Both texts end with
/// NUL.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`, `JUMPQR_STATUS_INVALID_REQUEST`, `JUMPQR_STATUS_INVALID_CONFIG`, and
/// the statuses of all kinds of errors.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_platform_readiness(
    platform: Option<&jumpqr_platform>,
    authorizer_appid: *const c_char,
    mode: *const c_char,
    readiness: Option<&mut MaybeUninit<*mut jumpqr_readiness>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(readiness, "readiness", error, || {
        let platform = &present(platform, "platform")?.0;
        let parameters = [(authorizer_appid, "authorizer_appid"), (mode, "mode")];
        // SAFETY: the caller passes texts that end with NUL, or NULL.
        let [appid, mode] = unsafe { texts(parameters) }?;
        Ok(platform.readiness(appid, Mode::from_name(mode)?)?)
    })
}

/// `api_get_authorizer_info`: returns what WeChat says about the merchant `authorizer_appid`, which
/// ends with NUL, and what the merchant has granted.
///
/// `json` receives a JSON object with WeChat's names, which is to be freed: `authorizer_info` and
/// `authorization_info`, which is `null` if WeChat leaves it out. Fields that WeChat leaves out are
/// `null`. There is no token in it.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`, `JUMPQR_STATUS_INVALID_CONFIG`, and the statuses of all kinds of
/// errors.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_platform_authorizer_info(
    platform: Option<&jumpqr_platform>,
    authorizer_appid: *const c_char,
    json: Option<&mut MaybeUninit<*mut jumpqr_string>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    produce(json, "json", error, || {
        let platform = &present(platform, "platform")?.0;
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let appid = unsafe { text(authorizer_appid, "authorizer_appid") }?;
        let arguments = json!({ "authorizer_appid": appid });
        let info = call_platform(platform, "authorizer_info", &arguments)?;
        Ok(jumpqr_string::from(info.to_string()))
    })
}

/// Stores the authorizer_refresh_token of a new authorisation by the merchant `authorizer_appid`.
/// It replaces the merchant's former refresh token and access token. Both texts end with NUL.
///
/// `jumpqr_platform_exchange` and `jumpqr_push_finish` do this by themselves. It is for a refresh
/// token that another program got. Only a new authorisation needs it: later refresh tokens are
/// stored when WeChat returns them. The call blocks until the store has answered, at most for the
/// platform's timeout.
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

/// Removes what the token store has of the merchant `authorizer_appid`, which ends with NUL: its
/// tokens, and when it authorised the platform or ended that.
///
/// WeChat is not told: only the merchant can end an authorisation. While it stands, a later call for
/// the merchant finds the refresh token in WeChat's list again. The call blocks until the store has
/// answered, at most for the platform's timeout.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`, `JUMPQR_STATUS_INVALID_CONFIG`, `JUMPQR_STATUS_TIMEOUT`,
/// `JUMPQR_STATUS_STORE_FAILED`, `JUMPQR_STATUS_STORE_NOT_PRIVATE`, `JUMPQR_STATUS_STORE_DAMAGED`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_platform_forget(
    platform: Option<&jumpqr_platform>,
    authorizer_appid: *const c_char,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let platform = &present(platform, "platform")?.0;
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let appid = unsafe { text(authorizer_appid, "authorizer_appid") }?;
        Ok(platform.forget(appid)?)
    })
}
