//! Blocking HTTP on ureq; nothing outside this folder names it.
//!
//! Its defaults are of no use here (no timeouts, 10 redirects, no limit of the body), so each is set. What it leaves open is
//! [`tcp`], the [`resolver`], and where connections are [`idle`]: its own cost more than all the rest of a call.

mod connector;
mod deadline;
mod dns_cache;
mod failure;
mod held_buffers;
mod idle;
mod proxy;
mod query;
mod resolver;
mod socket;
mod socket_timeout;
mod socks;
mod tcp;
mod time_left;
mod tls;
mod tls_failure;
mod tls_records;
mod tls_roots;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::call::{FailureCause, SendFailure};
use jumpqr_core::error::{Error, OwnCode, Result};
use jumpqr_core::request::Method;
use jumpqr_core::response::Response;
use ureq::config::{AutoHeaderValue, IpFamily};
use ureq::http::HeaderValue;
use ureq::http::header::CONTENT_TYPE;
use ureq::unversioned::transport::{ConnectProxyConnector, Connector};
use ureq::{Agent, Body, Proxy};

use self::connector::{Remarks, TellingConnector};
use self::deadline::with_deadline;
use self::dns_cache::DnsCache;
use self::failure::failure;
use self::idle::IdleConnector;
use self::proxy::{Choice, FromEnvironment};
use self::query::with_query;
use self::resolver::RememberingResolver;
use self::tcp::TcpConnector;
use self::tls::TlsConnector;
use self::tls_roots::Roots;
#[cfg(feature = "redis")]
pub(crate) use self::tls_roots::{BUNDLED, add_pem};
use super::{HttpRequest, Transport};
use crate::base_url::{is_loopback, split_port};

/// How much of an answer is read at a time, and of a request sent, in bytes: a request's head, which is written in one piece, may
/// hold two long tokens.
const BUFFER: usize = 32 * 1024;

/// The longest head of an answer, in bytes; WeChat's have some hundreds. It must fit into the buffer.
const LONGEST_HEAD: usize = 16 * 1024;

/// What a body is.
const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

/// How to speak HTTP.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// How long looking up the host's name may take, and then connecting, TLS included; 5 s each by default.
    pub connect_timeout: Duration,
    /// How long the server may say nothing; 10 s by default.
    pub read_timeout: Duration,
    /// The longest body that is taken, in bytes; 4 MiB by default, more than a list of 10,000 rules takes.
    pub body_limit: u64,
    /// The proxy; the environment's by default.
    pub proxy: ProxySetting,
    /// Whose certificates are trusted; the bundled authorities' by default.
    pub tls_roots: TlsRoots,
    /// Certificates that are trusted besides, in PEM; none by default.
    pub extra_tls_roots: Option<Vec<u8>>,
    /// The version of the Internet Protocol to connect with; any by default.
    pub ip_version: IpVersion,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            read_timeout: Duration::from_secs(10),
            body_limit: 4 << 20,
            proxy: ProxySetting::FromEnvironment,
            tls_roots: TlsRoots::Bundled,
            extra_tls_roots: None,
            ip_version: IpVersion::Any,
        }
    }
}

/// Which proxy to use. This machine's own addresses are never called through one.
///
/// A proxy is `http://[user:password@]host[:port]` for one over HTTP, `socks5://…` for SOCKS 5 with
/// names resolved here, or `socks5h://…` for SOCKS 5 with names resolved by the proxy. User and
/// password are percent-encoded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ProxySetting {
    /// The proxy of the environment, as curl reads it: `https_proxy` for base URLs with https,
    /// `http_proxy` for those with plain http, then `all_proxy`, each in lower or upper case; but
    /// for hosts in `no_proxy`. `HTTP_PROXY` does not count where `REQUEST_METHOD` is set, as in
    /// CGI. The first variable with a proxy that can be used counts. If variables are set and none
    /// can be used, that is an error: no host is then called directly but those in `no_proxy`.
    #[default]
    FromEnvironment,
    /// No proxy.
    Direct,
    /// This one. It may hold a password, so it is a secret.
    Url(Secret),
}

/// Whose certificates are trusted.
///
/// Certificates that rustls cannot read are passed over if there are others, and named in the error
/// when a server is not trusted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsRoots {
    /// Mozilla's list of authorities, as it was when this version was built.
    #[default]
    Bundled,
    /// The operating system's, read once, when the client is built. On Linux they are those of
    /// `SSL_CERT_FILE` or `SSL_CERT_DIR`, or else of the well-known files such as
    /// `/etc/ssl/certs/ca-certificates.crt`.
    #[cfg(feature = "os-roots")]
    Os,
    /// These certificates only, in PEM.
    Pem(Vec<u8>),
}

/// The version of the Internet Protocol to connect with. WeChat lists one address of a machine;
/// with both versions, the machine may call from the other one (40164).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum IpVersion {
    /// Any, in the order in which the system gives the addresses of the host.
    #[default]
    Any,
    /// IPv4 only.
    V4,
    /// IPv6 only.
    V6,
}

impl TlsRoots {
    /// Reads a setting: `bundled`, `os`, or certificates in PEM.
    pub fn parse(setting: impl Into<Vec<u8>>) -> Result<Self> {
        let setting = setting.into();
        match &*setting {
            b"bundled" => Ok(Self::Bundled),
            #[cfg(feature = "os-roots")]
            b"os" => Ok(Self::Os),
            #[cfg(not(feature = "os-roots"))]
            b"os" => Err(Error::new(
                OwnCode::InvalidConfig,
                "tls_roots: this build does not read the operating system's certificates",
            )),
            _ => Ok(Self::Pem(setting)),
        }
    }
}

impl IpVersion {
    /// Each of them.
    pub const ALL: &[Self] = &[Self::Any, Self::V4, Self::V6];

    /// Its name in settings.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::V4 => "ipv4",
            Self::V6 => "ipv6",
        }
    }

    /// The one with this name.
    pub fn from_name(name: &str) -> Result<Self> {
        let found = Self::ALL.iter().find(|version| version.name() == name);
        found
            .copied()
            .ok_or_else(|| Error::new(OwnCode::InvalidConfig, "ip_version: give any, ipv4 or ipv6"))
    }
}

/// The transport over blocking HTTP/1.1, with kept connections. One is enough for any number of threads.
///
/// ureq logs through the `log` crate. What is sent is in none of its lines but the path; the
/// responses, with the tokens in them, are in those of the target `ureq_proto` at the level
/// `trace`: leave that target below it.
pub struct HttpTransport {
    /// For hosts that are called directly.
    direct: Agent,
    https: Route,
    http: Route,
    /// The hosts that are called directly though there is a proxy.
    no_proxy: String,
    body_limit: u64,
}

/// How hosts are called.
enum Route {
    Direct,
    Proxy(Agent),
    /// Not at all: there are proxies, and none can be used.
    None(String),
}

impl HttpTransport {
    /// A transport with these settings; a proxy or a certificate that cannot be read is refused.
    pub fn new(settings: &HttpSettings) -> Result<Self> {
        let roots = Roots::new(settings)?;
        let tls = TlsConnector::new(&roots)
            .map_err(|error| Error::new(OwnCode::InvalidConfig, format!("tls_roots: {error}")))?;
        let new_agent = |proxy: Option<Proxy>, remark: Option<String>| {
            let remarks = Remarks {
                tls_roots: roots.passed_over.clone(),
                proxy: remark,
            };
            agent(settings, tls.clone(), proxy, remarks)
        };
        let of_environment = |https| {
            let found = proxy::from_environment(https, |name| std::env::var(name).ok());
            let remark = remark(&found);
            if let Some(remark) = &remark {
                log::warn!("{remark}");
            }
            match (found.choice, remark) {
                (Choice::Proxy(proxy), remark) => Route::Proxy(new_agent(Some(proxy), remark)),
                (Choice::Unusable, Some(remark)) => Route::None(remark),
                _ => Route::Direct,
            }
        };
        let mut no_proxy = String::new();
        let (https, http) = match &settings.proxy {
            ProxySetting::Direct => (Route::Direct, Route::Direct),
            ProxySetting::Url(url) => {
                let proxy = proxy::parse(url.expose()).map_err(|reason| {
                    Error::new(OwnCode::InvalidConfig, format!("proxy: {reason}"))
                })?;
                let agent = new_agent(Some(proxy), None);
                (Route::Proxy(agent.clone()), Route::Proxy(agent))
            }
            ProxySetting::FromEnvironment => {
                no_proxy = proxy::no_proxy(|name| std::env::var(name).ok());
                (of_environment(true), of_environment(false))
            }
        };
        Ok(Self {
            direct: new_agent(None, None),
            https,
            http,
            no_proxy,
            body_limit: settings.body_limit,
        })
    }

    /// Refuses a host that no proxy of the environment leads to, before anything is to be sent
    /// there.
    pub(crate) fn check(&self, base_url: &str) -> Result<()> {
        let refuse = |why: &str| {
            let what =
                format!("{why}; correct the variable or unset it, or name the host in NO_PROXY");
            Error::new(OwnCode::InvalidConfig, what)
        };
        self.agent(base_url).map(drop).map_err(refuse)
    }

    fn agent(&self, base_url: &str) -> std::result::Result<&Agent, &str> {
        let (scheme, rest) = base_url.split_once("://").unwrap_or(("", base_url));
        let https = scheme.eq_ignore_ascii_case("https");
        let route = if https { &self.https } else { &self.http };
        if matches!(route, Route::Direct) {
            return Ok(&self.direct);
        }
        let authority = rest.split('/').next().unwrap_or_default();
        let (host, port) = split_port(authority).unwrap_or((authority, ""));
        let port = port.parse().unwrap_or(if https { 443 } else { 80 });
        if is_loopback(authority) || proxy::is_excluded(&self.no_proxy, host, port) {
            return Ok(&self.direct);
        }
        match route {
            Route::Direct => Ok(&self.direct),
            Route::Proxy(agent) => Ok(agent),
            Route::None(why) => Err(why),
        }
    }

    fn exchange(
        &self,
        agent: &Agent,
        request: &HttpRequest<'_>,
    ) -> std::result::Result<Response, ureq::Error> {
        let url = request.url().expose();
        let (url, query) = match url.split_once('?') {
            Some((url, query)) => (url, Some(query)),
            None => (url, None),
        };
        let builder = ureq::http::Request::builder().uri(url);
        let mut response: ureq::http::Response<Body> =
            with_query(query, || match (request.method(), request.body()) {
                (Method::Post, Some(body)) => {
                    let request_line = builder.method("POST").header(CONTENT_TYPE, JSON);
                    agent.run(request_line.body(body)?)
                }
                _ => agent.run(builder.method("GET").body(())?),
            })?;
        let body = response
            .body_mut()
            .with_config()
            .limit(self.body_limit)
            .read_to_vec()?;
        Ok(Response {
            status: response.status().as_u16(),
            body,
        })
    }
}

/// Which variables are passed over, and why.
fn remark(found: &FromEnvironment) -> Option<String> {
    let passed_over = found.passed_over.iter();
    let texts: Vec<_> = passed_over
        .map(|(name, reason)| format!("the proxy in {name} cannot be used: {reason}"))
        .collect();
    (!texts.is_empty()).then(|| texts.join("; "))
}

/// What keeps connections. How long a request may take is not its affair, see [`patience`].
fn agent(
    settings: &HttpSettings,
    tls: TlsConnector,
    proxy: Option<Proxy>,
    remarks: Remarks,
) -> Agent {
    let proxied = proxy.is_some();
    let config = Agent::config_builder()
        .proxy(proxy)
        .ip_family(match settings.ip_version {
            IpVersion::Any => IpFamily::Any,
            IpVersion::V4 => IpFamily::Ipv4Only,
            IpVersion::V6 => IpFamily::Ipv6Only,
        })
        .user_agent(concat!("jumpqr/", env!("CARGO_PKG_VERSION")))
        .accept(AutoHeaderValue::None)
        .accept_encoding(AutoHeaderValue::None)
        .http_status_as_error(false)
        .max_redirects(0)
        .input_buffer_size(BUFFER)
        .output_buffer_size(BUFFER)
        .max_response_header_size(LONGEST_HEAD)
        // They wait in [`idle`].
        .max_idle_connections(0)
        .timeout_connect(Some(settings.connect_timeout))
        .timeout_per_read(Some(settings.read_timeout))
        .timeout_per_write(Some(settings.read_timeout))
        .build();
    let addresses = Arc::new(DnsCache::default());
    let opening = ().chain(ConnectProxyConnector::default()).chain(TcpConnector).chain(tls);
    let connector = TellingConnector {
        connector: IdleConnector::new(opening, proxied),
        addresses: Arc::clone(&addresses),
        remarks,
    };
    Agent::with_parts(config, connector, RememberingResolver { addresses })
}

impl Transport for HttpTransport {
    fn send(&self, request: &HttpRequest<'_>) -> std::result::Result<Response, SendFailure> {
        let agent = self
            .agent(request.base_url())
            .map_err(|why| SendFailure::before_sending(FailureCause::Proxy, why))?;
        with_deadline(request.timeout(), request.cancel(), || {
            self.exchange(agent, request)
        })
        .map_err(failure)
    }
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport")
            .field("body_limit", &self.body_limit)
            .finish_non_exhaustive()
    }
}
