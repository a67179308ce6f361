//! HTTP; nothing outside this folder names ureq.
//!
//! ureq opens connections ([`opener`]). Sockets ([`tcp`]), names ([`resolver`]), idle connections
//! ([`pool`]) and what is sent and received on them ([`exchange`]) are our own: ureq's cost more
//! than the rest of a call.

mod connect_failure;
mod deadline;
mod dns_cache;
mod endpoint;
mod exchange;
mod failure;
#[cfg(unix)]
mod in_flight;
mod opener;
mod pool;
mod proxy;
mod request_head;
mod resolver;
mod response_head;
mod socket;
mod socket_timeout;
mod socks;
mod tcp;
#[cfg(all(unix, feature = "test-hooks"))]
mod test_hooks;
mod tls;
mod tls_failure;
mod tls_records;
mod tls_roots;
mod unusual;

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use jumpqr_core::call::{FailureCause, SendFailure};
use jumpqr_core::error::Result;
use jumpqr_core::response::Response;
use ureq::config::{Config, IpFamily};
use ureq::{Agent, Proxy};

use self::connect_failure::Notes;
use self::deadline::with_deadline;
use self::endpoint::Endpoint;
use self::exchange::{Limits, ResponseReader};
use self::failure::{error_before_sending, to_send_failure};
#[cfg(unix)]
use self::in_flight::HttpInFlight;
use self::opener::Opener;
use self::pool::Pool;
use self::proxy::{Choice, EnvironmentProxy};
use self::resolver::CachingResolver;
use self::tls::TlsConnector;
use self::tls_roots::Roots;
#[cfg(feature = "redis")]
pub(crate) use self::tls_roots::{BUNDLED, add_pem};
#[cfg(unix)]
use super::InFlight;
use super::{HttpRequest, Transport};
use crate::base_url::is_loopback;
use crate::checks::unusable;
use crate::settings::{IpVersion, ProxySetting, Settings};

/// The size of the buffer of each connection for requests, in bytes. The head of a request must fit
/// into it, see [`request_head`].
const OUTPUT: usize = 4 * 1024;

/// The size of the buffer of each connection for responses, in bytes.
const INPUT: usize = 16 * 1024;

/// The longest head of a response, in bytes; WeChat's have some hundreds. The buffer must be
/// larger, so that a head which is too long is found.
const LONGEST_HEAD: usize = 8 * 1024;

/// The transport over HTTP/1.1. It keeps connections alive, and may be used from any number of
/// threads at once, but not in a forked child: its connections are the parent's. On Unix, it also
/// serves event loops: it [begins](Transport::begin) requests if there is an idle connection.
///
/// No secret that is sent is logged, at any level. Responses are not logged either, if they have
/// the form of WeChat's: HTTP/1.1 200 with a length, on a connection that stays open. At the level
/// `trace`, the target `ureq_proto` shows other responses, with the tokens in them: do not log that
/// target at that level.
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
    direct: Opener,
    https: Route,
    http: Route,
    /// The hosts to call directly even if there is a proxy.
    no_proxy: String,
    pool: Arc<Pool>,
    limits: Limits,
}

/// How the hosts of one scheme are called.
enum Route {
    Direct,
    Proxy(Arc<Opener>),
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
        let limits = Limits {
            read_timeout: settings.read_timeout(),
            body: settings.body_limit(),
        };
        let new_opener = |proxy: Option<Proxy>, proxy_note: Option<String>| {
            let notes = Notes {
                tls_roots: roots.note.clone(),
                proxy: proxy_note,
            };
            Opener {
                config: build_config(settings, limits, proxy),
                tls: tls.clone(),
                resolver: CachingResolver::default(),
                notes: Arc::new(notes),
            }
        };
        let read_route = |https| {
            let found = proxy::read_environment(https, variable);
            let note = describe_ignored(&found);
            if let Some(note) = &note {
                log::warn!("{note}");
            }
            match (found.choice, note) {
                (Choice::Proxy(proxy), note) => {
                    Route::Proxy(Arc::new(new_opener(Some(proxy), note)))
                }
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
                let opener = Arc::new(new_opener(Some(proxy), None));
                (Route::Proxy(Arc::clone(&opener)), Route::Proxy(opener))
            }
            ProxySetting::FromEnvironment => {
                no_proxy = proxy::read_no_proxy(variable);
                (read_route(true), read_route(false))
            }
        };
        Ok(Self {
            direct: new_opener(None, None),
            https,
            http,
            no_proxy,
            pool: Arc::default(),
            limits,
        })
    }

    /// Refuses a host that must be called through a proxy of the environment if none is usable.
    pub(crate) fn check(&self, base_url: &str) -> Result<()> {
        let refuse = |reason: &str| {
            let message =
                format!("{reason}; correct the variable or unset it, or name the host in NO_PROXY");
            unusable("proxy", message)
        };
        let endpoint = Endpoint::new(base_url);
        self.opener(&endpoint).map(drop).map_err(refuse)
    }

    /// Returns what opens connections to this host, or why it cannot be called.
    fn opener(&self, endpoint: &Endpoint<'_>) -> std::result::Result<&Opener, &str> {
        let route = if endpoint.is_https {
            &self.https
        } else {
            &self.http
        };
        if matches!(route, Route::Direct) {
            return Ok(&self.direct);
        }
        let (host, port) = endpoint.host_and_port();
        if is_loopback(endpoint.authority) || proxy::is_excluded(&self.no_proxy, host, port) {
            return Ok(&self.direct);
        }
        match route {
            Route::Direct => Ok(&self.direct),
            Route::Proxy(opener) => Ok(opener),
            Route::Unusable(reason) => Err(reason),
        }
    }

    fn exchange(
        &self,
        request: &HttpRequest<'_>,
        now: Instant,
    ) -> std::result::Result<Response, ureq::Error> {
        let endpoint = Endpoint::new(request.base_url);
        let refuse = |reason: &str| error_before_sending(FailureCause::Proxy, reason.to_owned());
        let mut connection = match self.pool.take_open(endpoint.origin, now) {
            Some(connection) => connection,
            None => self.opener(&endpoint).map_err(refuse)?.open(&endpoint)?,
        };
        let transport = &mut *connection.transport;
        exchange::send(transport, request, &endpoint)?;
        let received = ResponseReader::default().read(transport, self.limits)?;
        Ok(self.pool.end(connection, received))
    }
}

/// Reads a variable of the environment. What is not UTF-8 in it stays visible, so that a proxy is
/// refused and not overlooked.
fn variable(name: &str) -> Option<String> {
    let value = std::env::var_os(name)?;
    Some(value.to_string_lossy().into_owned())
}

/// Describes the variables that are ignored; `None` if none is.
fn describe_ignored(found: &EnvironmentProxy) -> Option<String> {
    let ignored = found.ignored.iter();
    let texts: Vec<_> = ignored
        .map(|(name, reason)| format!("the proxy in {name} cannot be used: {reason}"))
        .collect();
    (!texts.is_empty()).then(|| texts.join("; "))
}

/// Builds the configuration for opening connections. The deadline of a request is not part of it,
/// see [`deadline`].
fn build_config(settings: &Settings, limits: Limits, proxy: Option<Proxy>) -> Config {
    Agent::config_builder()
        .proxy(proxy)
        .ip_family(match settings.ip_version() {
            IpVersion::Any => IpFamily::Any,
            IpVersion::V4 => IpFamily::Ipv4Only,
            IpVersion::V6 => IpFamily::Ipv6Only,
        })
        // For the request to a proxy to open a tunnel.
        .user_agent(concat!("jumpqr/", env!("CARGO_PKG_VERSION")))
        .input_buffer_size(INPUT)
        .output_buffer_size(OUTPUT)
        .timeout_connect(Some(settings.connect_timeout()))
        .timeout_per_read(Some(limits.read_timeout))
        .build()
}

impl Transport for HttpTransport {
    fn send(&self, request: &HttpRequest<'_>) -> std::result::Result<Response, SendFailure> {
        let now = Instant::now();
        let deadline = deadline::add(now, request.timeout);
        with_deadline(deadline, request.cancel, || self.exchange(request, now))
            .map_err(to_send_failure)
    }

    #[cfg(unix)]
    fn begin(
        &self,
        request: &HttpRequest<'_>,
    ) -> Option<std::result::Result<Box<dyn InFlight>, SendFailure>> {
        let begun = HttpInFlight::begin(&self.pool, request, self.limits)?;
        Some(match begun {
            Ok(in_flight) => Ok(Box::new(in_flight)),
            Err(error) => Err(to_send_failure(error)),
        })
    }
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport")
            .field("body_limit", &self.limits.body)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::thread;
    use std::time::Instant;

    use jumpqr_core::interface::{DownloadQRCodeText, Interface};

    use super::exchange::tests::http_request;
    use super::{HttpTransport, Transport};
    use crate::settings::{ProxySetting, Settings};

    #[test]
    fn no_part_of_a_closed_tunnel_stays_in_the_pool() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = format!("http://{}", listener.local_addr().unwrap());
        let serving = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            for end in ["\r\n\r\n", "{}"] {
                let mut request = Vec::new();
                while !request.ends_with(end.as_bytes()) {
                    let mut byte = [0];
                    stream.read_exact(&mut byte).unwrap();
                    request.extend(byte);
                }
                let answer = if request.starts_with(b"CONNECT") {
                    "HTTP/1.1 200 OK\r\n\r\n"
                } else {
                    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
                };
                stream.write_all(answer.as_bytes()).unwrap();
            }
            stream
        });
        let settings = Settings {
            proxy: Some(ProxySetting::Url(proxy.into())),
            ..Settings::default()
        };
        let transport = HttpTransport::new(&settings).unwrap();
        let base_url = "http://wechat.invalid";
        let content = DownloadQRCodeText.request().unwrap();
        transport
            .send(&http_request(&content, base_url, None))
            .unwrap();
        let mut still_open = serving.join().unwrap();
        drop(transport.pool.take(base_url, Instant::now()).unwrap());
        assert_eq!(still_open.read(&mut [0]).unwrap(), 0);
        assert!(transport.pool.take(base_url, Instant::now()).is_none());
    }
}
