//! Opens connections with ureq's connectors, without ureq's `Agent`.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::Resolver;
use ureq::unversioned::transport::{
    ConnectProxyConnector, ConnectionDetails, Connector, Transport, time,
};

use super::connector::{Notes, ReportingConnector};
use super::deadline::with_timeout;
use super::dns_cache::DnsCache;
use super::exchange::Limits;
use super::resolver::CachingResolver;
use super::socket::Socket;
use super::tcp::TcpConnector;
use super::tls::TlsConnector;

/// Opens connections, with TLS for https, and through a proxy if the configuration has one.
pub(super) struct Opener {
    config: Config,
    tls: TlsConnector,
    resolver: CachingResolver,
    notes: Arc<Notes>,
    limits: Limits,
}

impl Opener {
    pub(super) fn new(config: Config, tls: TlsConnector, notes: Notes, limits: Limits) -> Self {
        let addresses = Arc::new(DnsCache::default());
        Self {
            config,
            tls,
            resolver: CachingResolver { addresses },
            notes: Arc::new(notes),
            limits,
        }
    }

    /// Opens a connection to the host of this URL.
    pub(super) fn open(&self, base_url: &str) -> Result<(Box<dyn Transport>, Arc<Socket>), Error> {
        let uri: &Uri = &base_url.parse().map_err(|_| Error::BadUri(String::new()))?;
        let wait = self.limits.wait();
        let proxy = self.config.proxy();
        let addrs = if proxy.is_none_or(ureq::Proxy::resolve_target) {
            self.resolver.resolve(uri, &self.config, wait)?
        } else {
            self.resolver.empty()
        };
        let opened = Arc::new(OnceLock::new());
        let connector = ReportingConnector {
            connector: ()
                .chain(ConnectProxyConnector::default())
                .chain(TcpConnector {
                    opened: Arc::clone(&opened),
                })
                .chain(self.tls.clone()),
            addresses: Arc::clone(&self.resolver.addresses),
            notes: Arc::clone(&self.notes),
        };
        let connect = Arc::new(move |details: &ConnectionDetails<'_>| {
            let transport = connector.connect(details, None)?;
            let transport = transport.ok_or(Error::ConnectionFailed)?;
            Ok(Box::new(transport) as Box<dyn Transport>)
        });
        let details = ConnectionDetails {
            uri,
            addrs,
            config: &self.config,
            request_level: false,
            resolver: &self.resolver,
            now: time::Instant::now(),
            timeout: wait,
            current_time: Arc::new(time::Instant::now),
            run_connector: Arc::clone(&connect) as _,
            register_shutdown: Arc::new(|_| Ok(())),
        };
        let timeout = self.config.timeouts().connect.unwrap_or(Duration::MAX);
        let transport = with_timeout(timeout, || connect(&details))?;
        match opened.get() {
            Some(socket) => Ok((transport, Arc::clone(socket))),
            None => Err(Error::ConnectionFailed),
        }
    }
}
