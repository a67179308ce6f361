//! Describes why connecting failed.

use std::io;

use jumpqr_core::call::FailureCause;
use ureq::Error;
use ureq::unversioned::transport::ConnectionDetails;

use super::{failure, tls_failure};

/// Notes about settings of which a part was ignored, which may explain a failure.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) tls_roots: Option<String>,
    pub(super) proxy: Option<String>,
}

impl Notes {
    /// Returns an error that says that nothing was sent, and why.
    pub(super) fn explain(&self, error: &Error, details: &ConnectionDetails<'_>) -> Error {
        let host = details.uri.host().unwrap_or_default();
        let (cause, reason) = describe(error, details.config.proxy().is_some());
        let note = match cause {
            FailureCause::Tls if tls_failure::is_untrusted(error) => &self.tls_roots,
            FailureCause::Proxy => &self.proxy,
            _ => &None,
        };
        let note = note.as_ref().map(|note| format!("; {note}"));
        let detail = format!("{host}: {reason}{}", note.unwrap_or_default());
        failure::error_before_sending(cause, detail)
    }
}

/// Returns the cause of a failure to connect, and its description.
fn describe(error: &Error, is_proxied: bool) -> (FailureCause, String) {
    if let Some(failure) = failure::own_failure(error) {
        return if is_proxied {
            let reason = format!("the proxy cannot be used: {}", failure.detail);
            (FailureCause::Proxy, reason)
        } else {
            (failure.cause, failure.detail.clone())
        };
    }
    match error {
        Error::Timeout(_) if is_proxied => (
            FailureCause::Timeout,
            "connecting through the proxy took too long".to_owned(),
        ),
        Error::Timeout(_) => (FailureCause::Timeout, "connecting took too long".to_owned()),
        Error::ConnectProxyFailed(reason) => (FailureCause::Proxy, proxy_refusal(reason)),
        Error::InvalidProxyUrl => (FailureCause::Proxy, "the proxy refused".to_owned()),
        Error::Io(io) if io.kind() == io::ErrorKind::InvalidData => {
            let reason = tls_failure::io_reason(io);
            (FailureCause::Tls, format!("TLS failed: {reason}"))
        }
        Error::Tls(tls) => (FailureCause::Tls, format!("TLS failed: {tls}")),
        Error::Io(io) if is_proxied => (
            FailureCause::Proxy,
            format!("connecting to the proxy failed: {}", io.kind()),
        ),
        _ if is_proxied => (
            FailureCause::Proxy,
            "the proxy cannot be reached".to_owned(),
        ),
        Error::Io(io) => (
            FailureCause::Connect,
            format!("connecting failed: {}", io.kind()),
        ),
        _ => (FailureCause::Connect, "connecting failed".to_owned()),
    }
}

/// Describes the refusal of an HTTP proxy. Its status follows the last slash in ureq's reason.
fn proxy_refusal(reason: &str) -> String {
    let status: Option<u16> = reason
        .rsplit('/')
        .next()
        .and_then(|status| status.parse().ok());
    match status {
        Some(407) => {
            "the proxy refused with HTTP 407: it requires a user and a password, or other ones"
                .to_owned()
        }
        Some(status) => format!("the proxy refused with HTTP {status}"),
        None => "the proxy refused".to_owned(),
    }
}
