use std::ffi::{c_char, c_void};
use std::mem::MaybeUninit;
use std::sync::Arc;
use std::time::Duration;

use jumpqr::token::TokenInterface;
use jumpqr::transport::{ProxySetting, TlsRoots};
use jumpqr::{Client, ClientBuilder, Secret};

use crate::argument::{array, optional_text, present, text, texts};
use crate::error::{Failure, jumpqr_error};
use crate::guard::{attempt, guard};
use crate::status::jumpqr_status;
use crate::token_function::{TokenCallback, jumpqr_token_function, jumpqr_user_data_free};

type Setting = Box<dyn Fn(ClientBuilder) -> ClientBuilder + Send + Sync>;

/// Settings for a client. Where the tokens come from must be said; everything else has a default.
///
/// It holds copies of all texts, secrets included, until it is freed. It may be used by one thread at a time. Any number of
/// clients may be made of it, and none needs it afterwards. Free it with `jumpqr_client_config_free`, exactly once. Of a setting
/// that is made twice, the later counts; one that makes no sense is refused by `jumpqr_client_new`, by name.
#[derive(Default)]
pub struct jumpqr_client_config {
    settings: Vec<Setting>,
}

impl jumpqr_client_config {
    pub(crate) fn build(&self) -> Result<Client, jumpqr::Error> {
        let applied = |builder, setting: &Setting| setting(builder);
        self.settings
            .iter()
            .fold(Client::builder(), applied)
            .build()
    }
}

fn set(
    config: Option<&mut jumpqr_client_config>,
    setting: impl Fn(ClientBuilder) -> ClientBuilder + Send + Sync + 'static,
) -> Result<(), Failure> {
    present(config, "config")?.settings.push(Box::new(setting));
    Ok(())
}

/// Settings with nothing set. They are to be freed.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_config_new(
    config: Option<&mut MaybeUninit<*mut jumpqr_client_config>>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let made = Box::<jumpqr_client_config>::default();
        present(config, "config")?.write(Box::into_raw(made));
        Ok(())
    })
}

/// Frees settings. NULL is passed over.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_config_free(config: Option<Box<jumpqr_client_config>>) {
    guard(|| {
        drop(config);
        Some(())
    });
}

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

/// The tokens of the account `appid`, fetched with its appsecret `secret`, kept in memory and renewed before they expire. Both
/// texts end with NUL. It replaces any other source of tokens.
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

/// The host to call; `https://api.weixin.qq.com` by default. It must be https, but for this machine's own addresses.
/// `base_url` ends with NUL.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_client_config_set_base_url(
    config: Option<&mut jumpqr_client_config>,
    base_url: *const c_char,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let url = unsafe { text(base_url, "base_url") }?.to_owned();
        set(config, move |builder| builder.base_url(url.clone()))
    })
}

/// `count` hosts that are tried, in order, when nothing could be sent to the ones before; none by default. Each ends with NUL.
///
/// NULL is allowed for `error`, and for `base_urls` where `count` is 0. Status: `JUMPQR_STATUS_OK`,
/// `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_client_config_set_alternate_base_urls(
    config: Option<&mut jumpqr_client_config>,
    base_urls: *const *const c_char,
    count: usize,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes `count` texts that end with NUL.
        let urls = unsafe { texts(base_urls, count, "base_urls") }?;
        let urls: Vec<String> = urls.into_iter().map(str::to_owned).collect();
        set(config, move |builder| builder.alternate_base_urls(&urls))
    })
}

/// Whether plain http is allowed to other machines, `false` by default: only for a proxy in your own network that speaks https
/// to WeChat.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_config_set_allow_http(
    config: Option<&mut jumpqr_client_config>,
    allow_http: bool,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        set(config, move |builder| builder.allow_http(allow_http))
    })
}

/// The most time that a whole call takes, in milliseconds, with tokens, pacing, retries and reading back; 30,000 by default, more
/// than 0, and at most a day.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_config_set_timeout_ms(
    config: Option<&mut jumpqr_client_config>,
    timeout_ms: u64,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let timeout = Duration::from_millis(timeout_ms);
        set(config, move |builder| builder.timeout(timeout))
    })
}

/// How long connecting may take, in milliseconds, TLS included; 5,000 by default, more than 0, and at most a day.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_config_set_connect_timeout_ms(
    config: Option<&mut jumpqr_client_config>,
    timeout_ms: u64,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let timeout = Duration::from_millis(timeout_ms);
        set(config, move |builder| builder.connect_timeout(timeout))
    })
}

/// How long the server may say nothing, in milliseconds; 10,000 by default, more than 0, and at most a day.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_config_set_read_timeout_ms(
    config: Option<&mut jumpqr_client_config>,
    timeout_ms: u64,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let timeout = Duration::from_millis(timeout_ms);
        set(config, move |builder| builder.read_timeout(timeout))
    })
}

/// How often a call is tried again after a transient failure; 3 by default, 0 to 100.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_config_set_max_retries(
    config: Option<&mut jumpqr_client_config>,
    max_retries: u32,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        let retries = usize::try_from(max_retries).unwrap_or(usize::MAX);
        set(config, move |builder| builder.max_retries(retries))
    })
}

/// Whether calls wait their turn so that WeChat's 5 calls a second per interface and account are kept; `true` by default.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_config_set_pacing(
    config: Option<&mut jumpqr_client_config>,
    pacing: bool,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || set(config, move |builder| builder.pacing(pacing)))
}

/// Whether a request is checked before it is sent; `true` by default.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_config_set_validate(
    config: Option<&mut jumpqr_client_config>,
    validate: bool,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        set(config, move |builder| builder.validate(validate))
    })
}

/// The longest answer that is taken, in bytes; 1 MiB by default.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_config_set_body_limit(
    config: Option<&mut jumpqr_client_config>,
    bytes: u64,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        set(config, move |builder| builder.body_limit(bytes))
    })
}

/// This proxy, `http://[user:password@]host[:port]`, ending with NUL, and none where `url` is NULL. By default what the environment says:
/// `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`. This machine's own addresses are never reached through one.
///
/// NULL is allowed for `error` and `url`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_client_config_set_proxy(
    config: Option<&mut jumpqr_client_config>,
    url: *const c_char,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let url = unsafe { optional_text(url, "url") }?;
        let proxy = url.map_or(ProxySetting::Direct, |url| {
            ProxySetting::Url(Secret::new(url))
        });
        set(config, move |builder| builder.proxy(proxy.clone()))
    })
}

/// Trusts the certificates in `pem`, which is `size` bytes long and need not end with NUL, and no others; by default the authorities that are bundled with the
/// library.
///
/// NULL is allowed for `error`, and for `pem` where `size` is 0. Status: `JUMPQR_STATUS_OK`,
/// `JUMPQR_STATUS_NULL_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_client_config_set_tls_roots_pem(
    config: Option<&mut jumpqr_client_config>,
    pem: *const c_char,
    size: usize,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes `size` bytes.
        let pem = unsafe { array(pem.cast::<u8>(), size, "pem") }?.to_vec();
        set(config, move |builder| {
            builder.tls_roots(TlsRoots::Pem(pem.clone()))
        })
    })
}
