//! Blocking HTTP on ureq; nothing outside this folder names it.
//!
//! Its defaults are of no use here (no timeouts, 10 redirects, no limit of the body), so each is set. What it leaves open is
//! [`tcp`], the [`resolver`], and where connections are [`idle`]: its own cost more than all the rest of a call.

mod connector;
mod dns_cache;
mod failure;
mod held_buffers;
mod idle;
mod patience;
mod resolver;
mod socket;
mod socket_timeout;
mod tcp;
mod tls_failure;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::answer::Reply;
use jumpqr_core::call::SendFailure;
use jumpqr_core::error::{Error, OwnCode, Result};
use jumpqr_core::request::Method;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use ureq::config::AutoHeaderValue;
use ureq::http::header::CONTENT_TYPE;
use ureq::http::{HeaderValue, Response};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::unversioned::transport::{ConnectProxyConnector, Connector, RustlsConnector};
use ureq::{Agent, Body, Proxy, ProxyProtocol};

use self::connector::TellingConnector;
use self::dns_cache::DnsCache;
use self::failure::failure;
use self::idle::IdleConnector;
use self::patience::patiently;
use self::resolver::RememberingResolver;
use self::tcp::TcpConnector;
use super::{HttpRequest, Transport};
use crate::base_url::is_loopback;

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
    /// The proxy; that of the environment by default.
    pub proxy: ProxySetting,
    /// Whose certificates are trusted; the bundled authorities' by default.
    pub tls_roots: TlsRoots,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            read_timeout: Duration::from_secs(10),
            body_limit: 4 << 20,
            proxy: ProxySetting::FromEnvironment,
            tls_roots: TlsRoots::Bundled,
        }
    }
}

/// Which proxy to use. None is ever used for this machine's own addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ProxySetting {
    /// What `ALL_PROXY`, `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` say, in upper or lower case; the first of these proxies
    /// counts. One that is not spoken to in plain HTTP, such as a SOCKS proxy, is not used: WeChat is then called directly.
    #[default]
    FromEnvironment,
    /// None.
    Direct,
    /// This one: `http://[user:password@]host[:port]`. It may hold a password, so it is a secret.
    Url(Secret),
}

/// Whose certificates are trusted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsRoots {
    /// Mozilla's list of authorities, as it was when this version was built.
    #[default]
    Bundled,
    /// The operating system's.
    #[cfg(feature = "os-roots")]
    Os,
    /// These certificates only, in PEM.
    Pem(Vec<u8>),
}

/// The transport over blocking HTTP/1.1, with kept connections. One is enough for any number of threads.
///
/// ureq logs through the `log` crate. Up to the level `debug` no secret is in what it logs; at `trace` it prints every byte
/// on the wire, tokens and secrets included: leave the targets `ureq` and `ureq_proto` below that.
pub struct HttpTransport {
    agent: Agent,
    /// For this machine's own addresses.
    direct_agent: Agent,
    body_limit: u64,
}

impl HttpTransport {
    /// A transport with these settings; a proxy or a certificate that cannot be read is refused.
    pub fn new(settings: &HttpSettings) -> Result<Self> {
        let proxy = proxy(&settings.proxy)?;
        let tls = TlsConfig::builder()
            .root_certs(root_certs(&settings.tls_roots)?)
            .build();
        let direct_agent = agent(settings, tls.clone(), None);
        let agent = match proxy {
            Some(proxy) => agent(settings, tls, Some(proxy)),
            None => direct_agent.clone(),
        };
        Ok(Self {
            agent,
            direct_agent,
            body_limit: settings.body_limit,
        })
    }

    fn exchange(&self, request: &HttpRequest<'_>) -> Result<Response<Body>, ureq::Error> {
        let builder = ureq::http::Request::builder().uri(request.url().expose());
        let agent = if host_is_loopback(request.base_url()) {
            &self.direct_agent
        } else {
            &self.agent
        };
        match (request.method(), request.body()) {
            (Method::Post, Some(body)) => {
                let request_line = builder.method("POST").header(CONTENT_TYPE, JSON);
                agent.run(request_line.body(body)?)
            }
            _ => agent.run(builder.method("GET").body(())?),
        }
    }
}

/// What keeps connections. How long a request may take is not its affair, see [`patience`].
fn agent(settings: &HttpSettings, tls: TlsConfig, proxy: Option<Proxy>) -> Agent {
    let proxied = proxy.is_some();
    let config = Agent::config_builder()
        .proxy(proxy)
        .tls_config(tls)
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
    let opening =
        ().chain(ConnectProxyConnector::default())
            .chain(TcpConnector)
            .chain(RustlsConnector::default());
    let connector = TellingConnector {
        connector: IdleConnector::new(opening, proxied),
        addresses: Arc::clone(&addresses),
    };
    Agent::with_parts(config, connector, RememberingResolver { addresses })
}

impl Transport for HttpTransport {
    fn send(&self, request: &HttpRequest<'_>) -> Result<Reply, SendFailure> {
        patiently(request.timeout(), request.given_up(), || {
            let mut response = self.exchange(request)?;
            let body = response
                .body_mut()
                .with_config()
                .limit(self.body_limit)
                .read_to_vec()?;
            Ok(Reply {
                status: response.status().as_u16(),
                body,
            })
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

fn host_is_loopback(base_url: &str) -> bool {
    let authority = base_url
        .split_once("://")
        .and_then(|(_, rest)| rest.split('/').next());
    authority.is_some_and(is_loopback)
}

fn proxy(setting: &ProxySetting) -> Result<Option<Proxy>> {
    match setting {
        ProxySetting::FromEnvironment => Ok(Proxy::try_from_env().filter(is_usable)),
        ProxySetting::Direct => Ok(None),
        ProxySetting::Url(url) => Proxy::new(url.expose())
            .ok()
            .filter(is_usable)
            .map(Some)
            .ok_or_else(|| {
                Error::new(
                    OwnCode::InvalidConfig,
                    "proxy: it is not the URL of an HTTP proxy; give http://[user:password@]host[:port]",
                )
            }),
    }
}

/// Whether it is one for HTTP: of all others, ureq without its further features makes failures whose texts help nobody.
fn is_usable(proxy: &Proxy) -> bool {
    proxy.protocol() == ProxyProtocol::Http && port_is_one(proxy)
}

/// Whether the port is a number that there is, if one is given: ureq takes the default instead of another.
fn port_is_one(proxy: &Proxy) -> bool {
    let authority = proxy.uri().authority();
    authority.is_none_or(|authority| {
        let text = authority.as_str();
        let host_and_port = text.rsplit_once('@').map_or(text, |(_, rest)| rest);
        let port = host_and_port.rsplit_once(':').map(|(_, port)| port);
        authority.port_u16().is_some() || port.is_none_or(|port| port.ends_with(']'))
    })
}

fn root_certs(roots: &TlsRoots) -> Result<RootCerts> {
    match roots {
        TlsRoots::Bundled => Ok(RootCerts::WebPki),
        #[cfg(feature = "os-roots")]
        TlsRoots::Os => Ok(RootCerts::PlatformVerifier),
        TlsRoots::Pem(pem) => {
            let refuse = |what: &str| {
                let what = format!("tls_roots: {what}; give one or more certificates in PEM");
                Error::new(OwnCode::InvalidConfig, what)
            };
            let mut certificates: Vec<Certificate<'static>> = Vec::new();
            for item in parse_pem(pem) {
                // rustls leaves out what it cannot read, and a server would be distrusted for it.
                match item.map_err(|_| refuse("what is in it is not PEM"))? {
                    PemItem::Certificate(certificate) if is_readable(&certificate) => {
                        certificates.push(certificate);
                    }
                    PemItem::Certificate(_) => {
                        return Err(refuse("a certificate in it cannot be read"));
                    }
                    _ => {}
                }
            }
            if certificates.is_empty() {
                return Err(refuse("there is no certificate in it"));
            }
            Ok(RootCerts::Specific(Arc::new(certificates)))
        }
    }
}

fn is_readable(certificate: &Certificate<'_>) -> bool {
    let der = CertificateDer::from(certificate.der());
    RootCertStore::empty().add(der).is_ok()
}
