//! Opens connections with ureq's connectors, without ureq's `Agent`.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::Resolver;
use ureq::unversioned::transport::{
    ConnectProxyConnector, ConnectionDetails, Connector, NextTimeout, Transport, time,
};
use ureq::{Error, Proxy};

use super::connect_failure::Notes;
use super::deadline::with_timeout;
use super::endpoint::Endpoint;
use super::failure::{cancel_error, is_cancelled};
use super::pool::Connection;
use super::resolver::CachingResolver;
use super::tcp::TcpConnector;
use super::tls::TlsConnector;

/// Opens connections, with TLS for https, and through a proxy if the configuration has one.
pub(super) struct Opener {
    pub(super) config: Config,
    pub(super) tls: TlsConnector,
    pub(super) resolver: CachingResolver,
    pub(super) notes: Arc<Notes>,
}

impl Opener {
    /// Opens a connection. Its errors say that nothing was sent, and why.
    #[cold]
    pub(super) fn open(&self, endpoint: &Endpoint<'_>) -> Result<Connection, Error> {
        let uri: &Uri = &endpoint
            .base_url
            .parse()
            .map_err(|_| Error::BadUri(String::new()))?;
        let addrs = if self.config.proxy().is_none_or(Proxy::resolve_target) {
            self.resolver
                .resolve(uri, &self.config, NextTimeout::default())?
        } else {
            self.resolver.empty()
        };
        let opened = Arc::new(OnceLock::new());
        let chain =
            ().chain(ConnectProxyConnector::default())
                .chain(TcpConnector(Arc::clone(&opened)))
                .chain(self.tls.clone());
        let (addresses, notes) = (
            Arc::clone(&self.resolver.addresses),
            Arc::clone(&self.notes),
        );
        let connect =
            Arc::new(
                move |details: &ConnectionDetails<'_>| match chain.connect(details, None) {
                    Ok(Some(transport)) => Ok(Box::new(transport) as Box<dyn Transport>),
                    Ok(None) => Err(Error::ConnectionFailed),
                    Err(error) if is_cancelled(&error) => Err(cancel_error(false)),
                    Err(error) => {
                        addresses.clear();
                        Err(notes.explain(&error, details))
                    }
                },
            );
        let details = ConnectionDetails {
            uri,
            addrs,
            config: &self.config,
            request_level: false,
            resolver: &self.resolver,
            now: time::Instant::now(),
            timeout: NextTimeout::default(),
            current_time: Arc::new(time::Instant::now),
            run_connector: Arc::clone(&connect) as _,
            register_shutdown: Arc::new(|_| Ok(())),
        };
        let timeout = self.config.timeouts().connect.unwrap_or(Duration::MAX);
        let transport = with_timeout(timeout, || connect(&details))?;
        let socket = opened.get().ok_or(Error::ConnectionFailed)?;
        Ok(Connection {
            origin: endpoint.origin.into(),
            transport,
            socket: Arc::clone(socket),
        })
    }
}
