use std::ffi::{c_char, c_void};
use std::mem::MaybeUninit;
use std::sync::Arc;

use jumpqr::interface::ComponentTokenField;
use jumpqr::tokens::TokenInterface;
use jumpqr::{Secret, store};

use super::{jumpqr_client_config, set};
use crate::argument::text;
use crate::error::{attempt, jumpqr_error, present};
use crate::status::jumpqr_status;
use crate::token_function::{TokenCallback, jumpqr_token_function, jumpqr_user_data_free};

/// This `access_token`, which ends with NUL, for as long as it lives. It replaces any other source of tokens.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_client_config_set_access_token(
    config: Option<&mut jumpqr_client_config>,
    access_token: *const c_char,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let token = Secret::new(unsafe { text(access_token, "access_token") }?);
        set(config, move |builder| builder.access_token(token.clone()))
    })
}

/// The tokens of the account `appid`, fetched with its appsecret `secret`, kept in the token store and renewed before they
/// expire. Both texts end with NUL. It replaces any other source of tokens.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_client_config_set_app(
    config: Option<&mut jumpqr_client_config>,
    appid: *const c_char,
    secret: *const c_char,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let appid = unsafe { text(appid, "appid") }?.to_owned();
        // SAFETY: the same.
        let secret = Secret::new(unsafe { text(secret, "secret") }?);
        set(config, move |builder| {
            builder.app(appid.clone(), secret.clone())
        })
    })
}

/// Your `function` is asked for a token before each call, and once more when WeChat calls the token stale. It replaces any
/// other source of tokens.
///
/// `user_data` is passed to it, and goes to `free_user_data` when the settings, and all clients and walks over rules that came
/// of them, have been freed. If this fails, `free_user_data` is not called: the data is still yours.
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
        set(Some(config), move |builder| {
            let callback = Arc::clone(&callback);
            builder.token_function(move |request| Ok(callback.call(request)?))
        })
    })
}

/// Which interface issues the tokens of `jumpqr_client_config_set_app`: `stable_token`, the default, or
/// `token`; `name` ends with NUL.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`,
/// `JUMPQR_STATUS_INVALID_CONFIG`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_client_config_set_token_interface(
    config: Option<&mut jumpqr_client_config>,
    name: *const c_char,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let interface = TokenInterface::from_name(unsafe { text(name, "name") }?)?;
        set(config, move |builder| builder.token_interface(interface))
    })
}

/// Where the tokens of `jumpqr_client_config_set_app`, or of a platform and its merchants, are kept; `store`, which ends
/// with NUL, is one of
///
/// - `memory:`, in this process;
/// - `dir:/absolute/path`, in this folder, for the processes of one machine. It is made if it is not there, and is its
///   owner's alone (0700), and made so again if others could get at it;
/// - `redis://[user:password@]host[:port][/db]`, `rediss://…` with TLS, or `redis+unix:///path/of/the.socket`, for a fleet of machines. It
///   is connected to when it is needed.
///
/// All clients and platforms that are made of these settings share it, and so does whoever names the same folder or Redis: one of
/// them fetches a token, and the others use it. By default, each client and each platform has a memory of its own. The error never
/// repeats `store`, which may hold a password.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`,
/// `JUMPQR_STATUS_INVALID_CONFIG`, `JUMPQR_STATUS_STORE_FAILED`, `JUMPQR_STATUS_STORE_NOT_PRIVATE`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_client_config_set_token_store(
    config: Option<&mut jumpqr_client_config>,
    store: *const c_char,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let config = present(config, "config")?;
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let store = store::open(unsafe { text(store, "store") }?)?;
        set(Some(config), move |builder| {
            builder.token_store(Arc::clone(&store))
        })
    })
}

/// What a platform's own token is called in the query of its token requests: `access_token`, the default, as on WeChat's
/// newer pages, or `component_access_token`, as on the older ones; `name` ends with NUL.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`,
/// `JUMPQR_STATUS_INVALID_CONFIG`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_client_config_set_component_token_field(
    config: Option<&mut jumpqr_client_config>,
    name: *const c_char,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let field = ComponentTokenField::from_name(unsafe { text(name, "name") }?)?;
        set(config, move |builder| builder.component_token_field(field))
    })
}
