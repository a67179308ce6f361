use std::ffi::c_char;
use std::mem::MaybeUninit;
use std::time::Duration;

use jumpqr::Secret;
use jumpqr::transport::{IpVersion, ProxySetting, TlsRoots};

use super::{jumpqr_client_config, set};
use crate::argument::{array, optional_text, text, text_list};
use crate::error::{attempt, jumpqr_error};
use crate::status::jumpqr_status;

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
/// `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_NOT_UTF8`, `JUMPQR_STATUS_OUT_OF_RANGE`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_client_config_set_alternate_base_urls(
    config: Option<&mut jumpqr_client_config>,
    base_urls: *const *const c_char,
    count: usize,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes `count` texts that end with NUL.
        let urls = unsafe { text_list(base_urls, count, "base_urls") }?;
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

/// How long looking up the host's name may take, in milliseconds, and then connecting, TLS included; 5,000 each by default, more
/// than 0, and at most a day.
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

/// The longest answer that is taken, in bytes; 4 MiB by default, more than a list of 10,000 rules takes.
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

/// This proxy, and no proxy where `url` is NULL. It is `http://[user:password@]host[:port]`, or the
/// same with `socks5://` (SOCKS 5) or `socks5h://` (SOCKS 5, the proxy resolves names), ending with
/// NUL. By default the environment's: `https_proxy`, or `http_proxy` for a base URL with plain
/// http, then `all_proxy`, each in lower or upper case, but not for hosts in `no_proxy`. This
/// machine's own addresses are never called through a proxy.
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

/// Trusts the certificates in `pem` and no others; by default Mozilla's list of authorities, which
/// is bundled with the library. `pem` is `size` bytes long and need not end with NUL.
///
/// NULL is allowed for `error`, and for `pem` where `size` is 0. Status: `JUMPQR_STATUS_OK`,
/// `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_OUT_OF_RANGE`.
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

/// Trusts the operating system's certificates instead of the bundled ones. They are read when a
/// client is made; on Linux they are those of `SSL_CERT_FILE` or `SSL_CERT_DIR`, or else of the
/// well-known files.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_config_set_tls_roots_os(
    config: Option<&mut jumpqr_client_config>,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        set(config, |builder| builder.tls_roots(TlsRoots::Os))
    })
}

/// Trusts the certificates in `pem` besides all others, for example your company's. `pem` is `size`
/// bytes long and need not end with NUL.
///
/// NULL is allowed for `error`, and for `pem` where `size` is 0. Status: `JUMPQR_STATUS_OK`,
/// `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_OUT_OF_RANGE`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_client_config_set_extra_tls_roots_pem(
    config: Option<&mut jumpqr_client_config>,
    pem: *const c_char,
    size: usize,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes `size` bytes.
        let pem = unsafe { array(pem.cast::<u8>(), size, "pem") }?.to_vec();
        set(config, move |builder| builder.extra_tls_roots(pem.clone()))
    })
}

/// The version of IP to connect with: `any`, the default, `ipv4` or `ipv6`, ending with NUL. Set it
/// if WeChat's list has this machine's address of one version.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`, `JUMPQR_STATUS_INVALID_CONFIG`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_client_config_set_ip_version(
    config: Option<&mut jumpqr_client_config>,
    name: *const c_char,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        let version = IpVersion::from_name(unsafe { text(name, "name") }?)?;
        set(config, move |builder| builder.ip_version(version))
    })
}
