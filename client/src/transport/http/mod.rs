//! Blocking HTTP on ureq; nothing outside this folder names it.
//!
//! ureq's defaults do not fit (no timeouts, 10 redirects, no body limit), so each is set. Sockets
//! ([`tcp`]), names ([`resolver`]) and idle connections ([`pool`]) are our own: ureq's cost more
//! than the rest of a call.

mod coalescing_buffers;
mod connector;
mod deadline;
mod dns_cache;
mod failure;
mod pool;
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

use jumpqr_core::call::{FailureCause, SendFailure};
use jumpqr_core::error::Result;
use jumpqr_core::request::Method;
use jumpqr_core::response::Response;
use ureq::config::{AutoHeaderValue, IpFamily};
use ureq::http::HeaderValue;
use ureq::http::header::CONTENT_TYPE;
use ureq::unversioned::transport::{ConnectProxyConnector, Connector};
use ureq::{Agent, Body, Proxy};

use self::connector::{Notes, ReportingConnector};
use self::deadline::with_deadline;
use self::dns_cache::DnsCache;
use self::failure::to_send_failure;
use self::pool::PoolConnector;
use self::proxy::{Choice, EnvironmentProxy};
use self::query::with_query;
use self::resolver::CachingResolver;
use self::tcp::TcpConnector;
use self::tls::TlsConnector;
use self::tls_roots::Roots;
#[cfg(feature = "redis")]
pub(crate) use self::tls_roots::{BUNDLED, add_pem};
use super::{HttpRequest, Transport};
use crate::base_url::{is_loopback, split_port};
use crate::checks::unusable;
use crate::settings::{IpVersion, ProxySetting, Settings};

/// The size of the buffers for requests and for responses, in bytes. The head of a request is
/// written in one piece, and may hold two long tokens.
const BUFFER: usize = 32 * 1024;

/// The longest head of a response, in bytes; WeChat's have some hundreds. It must fit into the
/// buffer.
const LONGEST_HEAD: usize = 16 * 1024;

/// The content type of every body.
const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

/// The transport over blocking HTTP/1.1. It keeps connections alive, and may be used from any
/// number of threads at once, but not in a forked child: its connections are the parent's.
///
/// ureq logs through the `log` crate. Of a request, its lines show only the path. At the level
/// `trace`, the lines of the target `ureq_proto` show responses, with the tokens in them: do not
/// log that target at that level.
///
/// ```
/// use std::sync::Arc;
/// use std::time::Duration;
///
/// use jumpqr::transport::HttpTransport;
/// use jumpqr::{Client, Settings};
///
/// // One transport, and its connections, for the clients of several accounts.
/// let mut settings = Settings::default();
/// settings.read_timeout = Some(Duration::from_secs(5));
/// let transport = Arc::new(HttpTransport::new(&settings)?);
/// for token in ["TOKEN-OF-A", "TOKEN-OF-B"] {
///     let builder = Client::builder().access_token(token);
///     let client = builder.transport(transport.clone()).build()?;
/// }
/// # Ok::<(), jumpqr::Error>(())
/// ```
pub struct HttpTransport {
    /// Calls hosts directly.
    direct: Agent,
    https: Route,
    http: Route,
    /// The hosts to call directly even if there is a proxy.
    no_proxy: String,
    body_limit: u64,
}

/// How the hosts of one scheme are called.
enum Route {
    Direct,
    Proxy(Agent),
    /// Not at all: proxies are set, and none is usable, for this reason.
    Unusable(String),
}

impl HttpTransport {
    /// Makes a transport with these settings. A proxy or certificates that cannot be used are
    /// refused as `invalid_config`.
    pub fn new(settings: &Settings) -> Result<Self> {
        let roots = Roots::new(settings)?;
        let tls =
            TlsConnector::new(&roots).map_err(|error| unusable("tls_roots", error.to_string()))?;
        let new_agent = |proxy: Option<Proxy>, proxy_note: Option<String>| {
            let notes = Notes {
                tls_roots: roots.note.clone(),
                proxy: proxy_note,
            };
            build_agent(settings, tls.clone(), proxy, notes)
        };
        let read_route = |https| {
            let found = proxy::read_environment(https, |name| std::env::var(name).ok());
            let note = describe_ignored(&found);
            if let Some(note) = &note {
                log::warn!("{note}");
            }
            match (found.choice, note) {
                (Choice::Proxy(proxy), note) => Route::Proxy(new_agent(Some(proxy), note)),
                (Choice::Unusable, Some(note)) => Route::Unusable(note),
                _ => Route::Direct,
            }
        };
        let mut no_proxy = String::new();
        let (https, http) = match settings.proxy() {
            ProxySetting::Direct => (Route::Direct, Route::Direct),
            ProxySetting::Url(url) => {
                let proxy =
                    proxy::parse(url.expose()).map_err(|reason| unusable("proxy", reason))?;
                let agent = new_agent(Some(proxy), None);
                (Route::Proxy(agent.clone()), Route::Proxy(agent))
            }
            ProxySetting::FromEnvironment => {
                no_proxy = proxy::read_no_proxy(|name| std::env::var(name).ok());
                (read_route(true), read_route(false))
            }
        };
        Ok(Self {
            direct: new_agent(None, None),
            https,
            http,
            no_proxy,
            body_limit: settings.body_limit(),
        })
    }

    /// Refuses a host that must be called through a proxy of the environment if none is usable.
    pub(crate) fn check(&self, base_url: &str) -> Result<()> {
        let refuse = |reason: &str| {
            let message =
                format!("{reason}; correct the variable or unset it, or name the host in NO_PROXY");
            unusable("proxy", message)
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
        let (host, port) = split_port(authority);
        let port = port.and_then(|port| port.parse().ok());
        let port = port.unwrap_or(if https { 443 } else { 80 });
        if is_loopback(authority) || proxy::is_excluded(&self.no_proxy, host, port) {
            return Ok(&self.direct);
        }
        match route {
            Route::Direct => Ok(&self.direct),
            Route::Proxy(agent) => Ok(agent),
            Route::Unusable(reason) => Err(reason),
        }
    }

    fn exchange(
        &self,
        agent: &Agent,
        request: &HttpRequest<'_>,
    ) -> std::result::Result<Response, ureq::Error> {
        let url = request.url.expose();
        let (url, query) = match url.split_once('?') {
            Some((url, query)) => (url, Some(query)),
            None => (url, None),
        };
        let builder = ureq::http::Request::builder().uri(url);
        let mut response: ureq::http::Response<Body> = with_query(query, || {
            match (request.content.method, request.content.body.as_deref()) {
                (Method::Post, Some(body)) => {
                    let request_line = builder.method("POST").header(CONTENT_TYPE, JSON);
                    agent.run(request_line.body(body)?)
                }
                _ => agent.run(builder.method("GET").body(())?),
            }
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

/// Describes the variables that are ignored; `None` if none is.
fn describe_ignored(found: &EnvironmentProxy) -> Option<String> {
    let ignored = found.ignored.iter();
    let texts: Vec<_> = ignored
        .map(|(name, reason)| format!("the proxy in {name} cannot be used: {reason}"))
        .collect();
    (!texts.is_empty()).then(|| texts.join("; "))
}

/// Builds a ureq agent, which keeps connections. The deadline of a request is not part of it, see
/// [`deadline`].
fn build_agent(
    settings: &Settings,
    tls: TlsConnector,
    proxy: Option<Proxy>,
    notes: Notes,
) -> Agent {
    let is_proxied = proxy.is_some();
    let config = Agent::config_builder()
        .proxy(proxy)
        .ip_family(match settings.ip_version() {
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
        // Idle connections are in our own [`pool`].
        .max_idle_connections(0)
        .timeout_connect(Some(settings.connect_timeout()))
        .timeout_per_read(Some(settings.read_timeout()))
        .timeout_per_write(Some(settings.read_timeout()))
        .build();
    let addresses = Arc::new(DnsCache::default());
    let opening = ().chain(ConnectProxyConnector::default()).chain(TcpConnector).chain(tls);
    let connector = ReportingConnector {
        connector: PoolConnector::new(opening, is_proxied),
        addresses: Arc::clone(&addresses),
        notes,
    };
    Agent::with_parts(config, connector, CachingResolver { addresses })
}

impl Transport for HttpTransport {
    fn send(&self, request: &HttpRequest<'_>) -> std::result::Result<Response, SendFailure> {
        let agent = self
            .agent(request.base_url)
            .map_err(|reason| SendFailure::before_sending(FailureCause::Proxy, reason))?;
        with_deadline(request.timeout, request.cancel, || {
            self.exchange(agent, request)
        })
        .map_err(to_send_failure)
    }
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport")
            .field("body_limit", &self.body_limit)
            .finish_non_exhaustive()
    }
}
