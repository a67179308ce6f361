mod authorization;
mod authorizers;
mod pushes;
mod tokens;

pub use authorization::*;
pub use authorizers::*;
pub use pushes::*;
pub use tokens::*;

use std::ffi::c_char;
use std::mem::MaybeUninit;

use jumpqr::{Platform, Secret};

use crate::argument::{text, texts};
use crate::{
    guard, jumpqr_client, jumpqr_client_config, jumpqr_error, jumpqr_status, present, produce,
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
