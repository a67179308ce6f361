use std::ffi::c_char;
use std::mem::MaybeUninit;
use std::time::Duration;

use jumpqr::settings::{IpVersion, ProxySetting, TlsRoots};

use super::{jumpqr_client_config, settings};
use crate::argument::{array, text, text_list};
use crate::{attempt, jumpqr_error, jumpqr_status};

/// Sets the host to call; `https://api.weixin.qq.com` by default. It must be https, unless it is an
/// address of this machine. `base_url` ends with NUL.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_client_config_set_base_url(
    config: Option<&mut jumpqr_client_config>,
    base_url: *const c_char,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        settings(config)?.base_url = Some(unsafe { text(base_url, "base_url") }?.into());
        Ok(())
    })
}

/// Sets `count` hosts that are tried, in order, if nothing could be sent to the hosts before; none
/// by default. Each ends with NUL.
///
/// NULL is allowed for `error`, and for `base_urls` if `count` is 0. Status: `JUMPQR_STATUS_OK`,
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
        settings(config)?.alternate_base_urls = Some(urls.into_iter().map(Into::into).collect());
        Ok(())
    })
}

/// Sets whether plain http to other machines is allowed; `false` by default. Use it only for a
/// proxy in your own network that speaks https to WeChat.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_config_set_allow_http(
    config: Option<&mut jumpqr_client_config>,
    allow_http: bool,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        settings(config).map(|settings| settings.allow_http = Some(allow_http))
    })
}

/// Sets the timeout for resolving the host, in milliseconds, and the same timeout again for
/// connecting, with TLS; 5,000 by default, more than 0, at most a day.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_config_set_connect_timeout_ms(
    config: Option<&mut jumpqr_client_config>,
    connect_timeout_ms: u64,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        settings(config).map(|settings| {
            settings.connect_timeout = Some(Duration::from_millis(connect_timeout_ms));
        })
    })
}

/// Sets how long the server may send nothing, in milliseconds; 10,000 by default, more than 0, at
/// most a day.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_config_set_read_timeout_ms(
    config: Option<&mut jumpqr_client_config>,
    read_timeout_ms: u64,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        settings(config)
            .map(|settings| settings.read_timeout = Some(Duration::from_millis(read_timeout_ms)))
    })
}

/// Sets the longest response, in bytes; 4 MiB by default, which is more than a list of 10,000 rules
/// has.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`.
#[unsafe(no_mangle)]
pub extern "C" fn jumpqr_client_config_set_body_limit(
    config: Option<&mut jumpqr_client_config>,
    body_limit: u64,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        settings(config).map(|settings| settings.body_limit = Some(body_limit))
    })
}

/// Sets the proxy, a text that ends with NUL:
///
/// - `environment`, the default: the proxy of the environment. It is `https_proxy`, or `http_proxy`
///   for a base URL with plain http, then `all_proxy`, each in lower or upper case, except for
///   hosts in `no_proxy`.
/// - `direct`: no proxy.
/// - `http://[user:password@]host[:port]`, or the same with `socks5://` (this machine resolves
///   names) or `socks5h://` (the proxy resolves names).
///
/// `localhost` and loopback addresses are always called directly.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_client_config_set_proxy(
    config: Option<&mut jumpqr_client_config>,
    proxy: *const c_char,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        settings(config)?.proxy =
            Some(ProxySetting::from_setting(unsafe { text(proxy, "proxy") }?));
        Ok(())
    })
}

/// Sets the certificates to trust, `size` bytes that need not end with NUL:
///
/// - `bundled`, the default: Mozilla's list of authorities, which the library contains.
/// - `os`: those of the operating system. On Linux, these are the files of `SSL_CERT_FILE` or
///   `SSL_CERT_DIR`, or else the well-known files.
/// - certificates in PEM, and no others.
///
/// They are read when a client is made.
///
/// NULL is allowed for `error`, and for `tls_roots` if `size` is 0. Status: `JUMPQR_STATUS_OK`,
/// `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_OUT_OF_RANGE`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_client_config_set_tls_roots(
    config: Option<&mut jumpqr_client_config>,
    tls_roots: *const c_char,
    size: usize,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes `size` bytes.
        settings(config)?.tls_roots = Some(TlsRoots::parse(unsafe {
            array(tls_roots.cast::<u8>(), size, "tls_roots")
        }?)?);
        Ok(())
    })
}

/// Sets further certificates to trust besides `tls_roots`, in PEM: for example your company's. They
/// are `size` bytes that need not end with NUL.
///
/// NULL is allowed for `error`, and for `extra_tls_roots` if `size` is 0. Status:
/// `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`, `JUMPQR_STATUS_OUT_OF_RANGE`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_client_config_set_extra_tls_roots(
    config: Option<&mut jumpqr_client_config>,
    extra_tls_roots: *const c_char,
    size: usize,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes `size` bytes.
        settings(config)?.extra_tls_roots =
            Some(unsafe { array(extra_tls_roots.cast(), size, "extra_tls_roots") }?.into());
        Ok(())
    })
}

/// Sets the version of the Internet Protocol to connect with, also to a proxy: `any`, the default,
/// `ipv4` or `ipv6`, ending with NUL. Set it if only the machine's IPv4 or only its IPv6 address is
/// in WeChat's list of allowed addresses.
///
/// NULL is allowed for `error`. Status: `JUMPQR_STATUS_OK`, `JUMPQR_STATUS_NULL_ARGUMENT`,
/// `JUMPQR_STATUS_NOT_UTF8`, `JUMPQR_STATUS_INVALID_CONFIG`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jumpqr_client_config_set_ip_version(
    config: Option<&mut jumpqr_client_config>,
    ip_version: *const c_char,
    error: Option<&mut MaybeUninit<*mut jumpqr_error>>,
) -> jumpqr_status {
    attempt(error, || {
        // SAFETY: the caller passes a text that ends with NUL, or NULL.
        settings(config)?.ip_version = Some(IpVersion::from_name(unsafe {
            text(ip_version, "ip_version")
        }?)?);
        Ok(())
    })
}
