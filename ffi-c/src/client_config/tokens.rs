use std::ffi::{c_char, c_void};
use std::mem::MaybeUninit;
use std::sync::Arc;

use jumpqr::interface::ComponentTokenField;
use jumpqr::settings::TokenInterface;
use jumpqr::store;

use super::{jumpqr_client_config, settings};
use crate::argument::{text, texts};
use crate::token_function::TokenCallback;
use crate::{
    attempt, jumpqr_error, jumpqr_status, jumpqr_token_function, jumpqr_user_data_free, present,
};

/// Sets a fixed `access_token`, which ends with NUL and is never renewed. A client has one source
/// of tokens: this, an account, or a token function.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_client_config_set_access_token(
    config: Option<&mut jumpqr_client_config>,
    access_token: *const c_char,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        settings(config)?.access_token =
            Some(unsafe { text(access_token, "access_token") }?.into());
        Ok(())
    })
}

/// Sets the account `appid` and its appsecret `secret`, which both end with NUL. Its tokens are
/// fetched, kept in the token store, and renewed before they expire. A client has one source of
/// tokens: this, a fixed token, or a token function.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_client_config_set_app(
    config: Option<&mut jumpqr_client_config>,
    appid: *const c_char,
    secret: *const c_char,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let settings = &mut present(config, "config")?.settings;
        // SAFETY: the caller passes texts that end with NUL, or NULL.
        let [appid, secret] = unsafe { texts([(appid, "appid"), (secret, "secret")]) }?;
        settings.appid = Some(appid.into());
        settings.secret = Some(secret.into());
        Ok(())
    })
}

/// Sets your own `function` that provides the tokens. It is called before each call, and once more
/// if WeChat rejects the token. A client has one source of tokens: this, a fixed token, or an
/// account.
///
/// `user_data` is passed to the function. When the settings, and all clients and walks made from
/// them, have been freed, it is passed to `free_user_data`. If this call fails, `free_user_data` is
/// not called: the data is still yours.
///
/// NULL is allowed for `error`, `user_data` and `free_user_data`. Status: `JUMPQR_STATUS_OK`,
/// `JUMPQR_STATUS_NULL_ARGUMENT`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_config_set_token_function(
    config: Option<&mut jumpqr_client_config>,
    function: jumpqr_token_function,
    user_data: *mut c_void,
    free_user_data: jumpqr_user_data_free,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let config = present(config, "config")?;
        let callback = TokenCallback::new(function, user_data, free_user_data);
        let callback = Arc::new(present(callback, "function")?);
        config.token_functions.push(callback);
        Ok(())
    })
}

/// Sets the interface that issues the tokens of `jumpqr_client_config_set_app`: `stable_token`, the
/// default, or `token`, ending with NUL.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`, `JUMPQR_STATUS_INVALID_CONFIG`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_client_config_set_token_interface(
    config: Option<&mut jumpqr_client_config>,
    token_interface: *const c_char,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        settings(config)?.token_interface = Some(TokenInterface::from_name(unsafe {
            text(token_interface, "token_interface")
        }?)?);
        Ok(())
    })
}

/// Sets the store that keeps the tokens of `jumpqr_client_config_set_app`, or of a platform and its
/// merchants. `token_store` ends with NUL:
///
/// - `memory:`, in this process.
/// - `dir:/absolute/path`, a folder that the processes of this machine share. If it does not exist,
///   it is created. It is private to its owner (0700); if others could read it, that is repaired.
/// - `redis://[user:password@]host[:port][/db]` or `redis+unix:///path/of/the.socket`, for many
///   machines; `redis+sentinel://[user:password@]host,host/master[/db]`, for the master that these
///   sentinels name; `redis+cluster://[user:password@]host,host`, for a cluster. With `rediss`
///   instead of `redis`, TLS is used. The connection is made when it is needed.
///
/// All clients and platforms made from these settings share the store. So do all others that name
/// the same folder or Redis. Of all that share a store, one fetches a token, and the others use it.
/// By default, each client and each platform has a memory of its own. The error never repeats
/// `token_store`, which may contain a password.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`, `JUMPQR_STATUS_INVALID_CONFIG`, `JUMPQR_STATUS_STORE_FAILED`,
/// `JUMPQR_STATUS_STORE_NOT_PRIVATE`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_client_config_set_token_store(
    config: Option<&mut jumpqr_client_config>,
    token_store: *const c_char,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let config = present(config, "config")?;
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        config.token_store = Some(store::open(unsafe { text(token_store, "token_store") }?)?);
        Ok(())
    })
}

/// Sets the name of the query parameter for a platform's own token in its token requests:
/// `access_token`, the default, as on WeChat's newer pages, or `component_access_token`, as on the
/// older pages. It ends with NUL.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`, `JUMPQR_STATUS_INVALID_CONFIG`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_client_config_set_component_token_field(
    config: Option<&mut jumpqr_client_config>,
    component_token_field: *const c_char,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let name = unsafe { text(component_token_field, "component_token_field") }?;
        settings(config)?.component_token_field = Some(ComponentTokenField::from_name(name)?);
        Ok(())
    })
}
