use std::io;
use std::sync::Arc;

use jumpqr_core::call::FailureCause;
use ureq::unversioned::resolver::ResolvedSocketAddrs;
use ureq::unversioned::transport::{ConnectionDetails, Connector};

use super::dns_cache::DnsCache;
use super::{failure, tls_failure};

/// Connects, TLS and proxy included, and marks its errors as coming before anything was sent.
#[derive(Debug)]
pub(super) struct TellingConnector<C> {
    pub(super) connector: C,
    pub(super) addresses: Arc<DnsCache<ResolvedSocketAddrs>>,
    pub(super) remarks: Remarks,
}

/// What may explain a failure: settings of which a part was passed over.
#[derive(Debug, Default)]
pub(super) struct Remarks {
    pub(super) tls_roots: Option<String>,
    pub(super) proxy: Option<String>,
}

impl<C: Connector> Connector for TellingConnector<C> {
    type Out = C::Out;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<()>,
    ) -> Result<Option<Self::Out>, ureq::Error> {
        self.connector.connect(details, chained).map_err(|error| {
            if failure::is_cancelled(&error) {
                return failure::cancelled_before_sending();
            }
            self.addresses.clear();
            let host = details.uri.host().unwrap_or_default();
            let proxied = details.config.proxy().is_some();
            let (cause, what) = cause(&error, proxied);
            let remark = match cause {
                FailureCause::Tls if tls_failure::is_distrust(&error) => &self.remarks.tls_roots,
                FailureCause::Proxy => &self.remarks.proxy,
                _ => &None,
            };
            let remark = remark.as_ref().map(|remark| format!("; {remark}"));
            let detail = format!("{host}: {what}{}", remark.unwrap_or_default());
            failure::not_sent(cause, detail)
        })
    }
}

fn cause(error: &ureq::Error, proxied: bool) -> (FailureCause, String) {
    if let Some(said) = failure::said(error) {
        return if proxied {
            let what = format!("the proxy cannot be used: {}", said.detail);
            (FailureCause::Proxy, what)
        } else {
            (said.cause, said.detail.clone())
        };
    }
    match error {
        ureq::Error::Timeout(_) if proxied => (
            FailureCause::Timeout,
            "connecting through the proxy took too long".to_owned(),
        ),
        ureq::Error::Timeout(_) => (FailureCause::Timeout, "connecting took too long".to_owned()),
        ureq::Error::ConnectProxyFailed(reason) => (FailureCause::Proxy, refusal(reason)),
        ureq::Error::InvalidProxyUrl => (FailureCause::Proxy, "the proxy refused".to_owned()),
        ureq::Error::Io(io) if io.kind() == io::ErrorKind::InvalidData => {
            let reason = tls_failure::in_io(io);
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
    }
}

/// The status of an HTTP proxy's response is what follows the last slash in ureq's reason.
fn refusal(reason: &str) -> String {
    let status: Option<u16> = reason
        .rsplit('/')
        .next()
        .and_then(|status| status.parse().ok());
    match status {
        Some(407) => {
            "the proxy refused with HTTP 407: it wants a user and a password, or other ones"
                .to_owned()
        }
        Some(status) => format!("the proxy refused with HTTP {status}"),
        None => "the proxy refused".to_owned(),
    }
}
