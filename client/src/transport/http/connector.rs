use std::io;
use std::sync::Arc;

use jumpqr_core::call::FailureCause;
use ureq::ProxyProtocol;
use ureq::unversioned::resolver::ResolvedSocketAddrs;
use ureq::unversioned::transport::{ConnectionDetails, Connector};

use super::dns_cache::DnsCache;
use super::{failure, tls_failure};

/// Connects, TLS and proxy included, and marks its errors as coming before anything was sent.
#[derive(Debug)]
pub(super) struct TellingConnector<C> {
    pub(super) connector: C,
    pub(super) addresses: Arc<DnsCache<ResolvedSocketAddrs>>,
}

impl<C: Connector> Connector for TellingConnector<C> {
    type Out = C::Out;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<()>,
    ) -> Result<Option<Self::Out>, ureq::Error> {
        self.connector.connect(details, chained).map_err(|error| {
            if failure::is_given_up(&error) {
                return failure::given_up_before_sending();
            }
            self.addresses.clear();
            let host = details.uri.host().unwrap_or_default();
            let proxy = details.config.proxy();
            let proxied = proxy.is_some_and(|proxy| {
                proxy.protocol() == ProxyProtocol::Http && !proxy.is_no_proxy(details.uri)
            });
            let (cause, what) = match &error {
                ureq::Error::Timeout(_) if proxied => (
                    FailureCause::Timeout,
                    "connecting through the proxy took too long".to_owned(),
                ),
                ureq::Error::Timeout(_) => {
                    (FailureCause::Timeout, "connecting took too long".to_owned())
                }
                ureq::Error::ConnectProxyFailed(_) | ureq::Error::InvalidProxyUrl => {
                    (FailureCause::Proxy, "the proxy refused".to_owned())
                }
                ureq::Error::Io(io) if io.kind() == io::ErrorKind::InvalidData => {
                    let reason = tls_failure::in_io(io);
                    (FailureCause::Tls, format!("TLS failed: {reason}"))
                }
                ureq::Error::Rustls(tls) => {
                    let reason = tls_failure::reason(tls);
                    (FailureCause::Tls, format!("TLS failed: {reason}"))
                }
                ureq::Error::Tls(tls) => (FailureCause::Tls, format!("TLS failed: {tls}")),
                ureq::Error::Io(io) if proxied => (
                    FailureCause::Proxy,
                    format!("connecting to the proxy failed: {}", io.kind()),
                ),
                _ if proxied => (
                    FailureCause::Proxy,
                    "the proxy cannot be reached".to_owned(),
                ),
                ureq::Error::Io(io) => (
                    FailureCause::Connect,
                    format!("connecting failed: {}", io.kind()),
                ),
                _ => (FailureCause::Connect, "connecting failed".to_owned()),
            };
            failure::not_sent(cause, format!("{host}: {what}"))
        })
    }
}
