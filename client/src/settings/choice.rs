//! The settings that are a choice.

use jumpqr_core::error::Result;
use jumpqr_core::interface::{Interface, StableToken, Token};
use jumpqr_core::{Secret, named};

#[cfg(not(feature = "os-roots"))]
use crate::checks::unusable;

/// The setting of a proxy that stands for the environment's.
pub(super) const ENVIRONMENT: &str = "environment";

/// The setting of a proxy that stands for none.
pub(super) const DIRECT: &str = "direct";

named! {
    /// Which interface issues the tokens.
    #[derive(Default)]
    pub enum TokenInterface(setting "token_interface") {
        /// `stable_token`: everybody who asks gets the same token, so processes do not kill each
        /// other's.
        #[default]
        StableToken = StableToken::NAME,
        /// `token`: each call issues a new token, and the former dies 5 minutes later.
        Token = Token::NAME,
    }
}

/// Which proxy to use. `localhost` and loopback addresses are always called directly.
///
/// The URL of an HTTP proxy is `http://[user:password@]host[:port]`. That of a SOCKS 5 proxy is
/// `socks5://…` if this machine resolves names, and `socks5h://…` if the proxy does. User and
/// password must be percent-encoded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ProxySetting {
    /// The proxy of the environment, as curl reads it: `https_proxy` for base URLs with https,
    /// `http_proxy` for those with plain http, then `all_proxy`, each in lower or upper case. Hosts
    /// in `no_proxy` are called directly. `HTTP_PROXY` is ignored if `REQUEST_METHOD` is set, as in
    /// CGI. The first variable with a usable proxy counts. If variables are set and none is usable,
    /// only hosts in `no_proxy` can be called; a client of any other host is refused as
    /// `invalid_config`.
    #[default]
    FromEnvironment,
    /// No proxy.
    Direct,
    /// The proxy with this URL. It may hold a password, so it is a secret.
    Url(Secret),
}

/// Which certificates are trusted.
///
/// Certificates that rustls cannot read are ignored, unless there are no others. If a server is not
/// trusted, the error names them.
///
/// ```no_run
/// use jumpqr::Client;
/// use jumpqr::settings::TlsRoots;
///
/// let pem = std::fs::read("/etc/ssl/company.pem")?;
/// let client = Client::builder()
///     .app("wx1234567890abcdef", "appsecret")
///     .tls_roots(TlsRoots::Pem(pem))
///     .build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsRoots {
    /// Mozilla's list of certificate authorities, as it was when this version was built.
    #[default]
    Bundled,
    /// The certificates of the operating system, read once, when the client is built. On Linux they
    /// come from `SSL_CERT_FILE` or `SSL_CERT_DIR`, or else from well-known files such as
    /// `/etc/ssl/certs/ca-certificates.crt`. With the feature `os-roots`.
    #[cfg(feature = "os-roots")]
    Os,
    /// Only these certificates, in PEM.
    Pem(Vec<u8>),
}

named! {
    /// The version of the Internet Protocol to connect with. A machine with both versions has two
    /// addresses. If only one is in WeChat's list of allowed addresses, calls from the other one are
    /// refused (40164).
    #[derive(Default)]
    #[non_exhaustive]
    pub enum IpVersion(setting "ip_version") {
        /// Any, in the order in which the system returns the addresses of the host.
        #[default]
        Any = "any",
        /// IPv4 only.
        V4 = "ipv4",
        /// IPv6 only.
        V6 = "ipv6",
    }
}

impl ProxySetting {
    /// Reads a setting: `environment`, `direct`, or the URL of a proxy. The URL is checked when the
    /// client is built.
    #[must_use]
    pub fn from_setting(setting: impl Into<Secret>) -> Self {
        let setting = setting.into();
        match setting.expose() {
            ENVIRONMENT => Self::FromEnvironment,
            DIRECT => Self::Direct,
            _ => Self::Url(setting),
        }
    }
}

impl TlsRoots {
    /// Parses a setting: `bundled`, `os`, or certificates in PEM. Only `os` without the feature
    /// `os-roots` is refused here; the certificates are read when the client is built.
    ///
    /// ```
    /// use jumpqr::settings::TlsRoots;
    ///
    /// assert_eq!(TlsRoots::parse("bundled")?, TlsRoots::Bundled);
    /// # Ok::<(), jumpqr::Error>(())
    /// ```
    pub fn parse(setting: impl Into<Vec<u8>>) -> Result<Self> {
        let setting = setting.into();
        match &*setting {
            b"bundled" => Ok(Self::Bundled),
            #[cfg(feature = "os-roots")]
            b"os" => Ok(Self::Os),
            #[cfg(not(feature = "os-roots"))]
            b"os" => Err(unusable(
                "tls_roots",
                "this build does not read the operating system's certificates",
            )),
            _ => Ok(Self::Pem(setting)),
        }
    }
}
