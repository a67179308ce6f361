use alloc::string::String;

use crate::error::OwnCode;
use crate::named;

/// Why there is no response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendFailure {
    /// What failed.
    pub cause: FailureCause,
    /// Whether a part of the request may have been sent. If so, a write may have been applied.
    pub sent: bool,
    /// What happened, for a person. It must not contain the URL, which has the token in it.
    pub detail: String,
}

impl SendFailure {
    /// Makes a failure before anything was sent.
    pub fn before_sending(cause: FailureCause, detail: impl Into<String>) -> Self {
        Self {
            cause,
            sent: false,
            detail: detail.into(),
        }
    }

    /// Makes a failure after some or all of the request may have been sent.
    pub fn after_sending(cause: FailureCause, detail: impl Into<String>) -> Self {
        Self {
            cause,
            sent: true,
            detail: detail.into(),
        }
    }
}

named! {
    /// What failed between a request and its response.
    #[non_exhaustive]
    pub enum FailureCause {
        /// The name of the host could not be resolved.
        Dns = "dns" => OwnCode::DnsFailed,
        /// No connection could be made.
        Connect = "connect" => OwnCode::ConnectFailed,
        /// The proxy refused the request, or could not be used.
        Proxy = "proxy" => OwnCode::ProxyFailed,
        /// The TLS handshake failed.
        Tls = "tls" => OwnCode::TlsFailed,
        /// The timeout ended.
        Timeout = "timeout" => OwnCode::Timeout,
        /// The connection broke, or the response is not HTTP.
        ConnectionLost = "connection_lost" => OwnCode::ConnectionLost,
        /// The response is larger than the limit.
        BodyTooLarge = "body_too_large" => OwnCode::BodyTooLarge,
        /// The request cannot be sent at all, for example because its URL is invalid.
        Refused = "refused" => OwnCode::InvalidConfig,
        /// The caller cancelled the call.
        Cancelled = "cancelled" => OwnCode::Cancelled,
    }

    pub(super) code -> OwnCode
}
