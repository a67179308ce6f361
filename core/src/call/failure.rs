use alloc::string::String;

use crate::error::{Error, OwnCode};
use crate::named;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendFailure {
    /// What failed.
    pub cause: FailureCause,
    /// Whether any of the request may have been sent: if so, a write may have been applied.
    pub sent: bool,
    /// What happened, for a person. It must not hold the URL, which has the token in it.
    pub detail: String,
}

impl SendFailure {
    /// Nothing was sent.
    pub fn before_sending(cause: FailureCause, detail: impl Into<String>) -> Self {
        Self {
            cause,
            sent: false,
            detail: detail.into(),
        }
    }

    /// Some or all of the request may have been sent.
    pub fn after_sending(cause: FailureCause, detail: impl Into<String>) -> Self {
        Self {
            cause,
            sent: true,
            detail: detail.into(),
        }
    }

    pub(super) fn into_error(self) -> Error {
        Error::new(self.cause.code(), self.detail)
    }
}

named! {
    /// What failed between a request and its answer.
    #[non_exhaustive]
    pub enum FailureCause {
        /// The host's name could not be resolved.
        Dns = "dns" => OwnCode::DnsFailed,
        /// No connection.
        Connect = "connect" => OwnCode::ConnectFailed,
        /// The proxy refused, or could not be used.
        Proxy = "proxy" => OwnCode::ProxyFailed,
        /// TLS could not be agreed on.
        Tls = "tls" => OwnCode::TlsFailed,
        /// It took too long.
        Timeout = "timeout" => OwnCode::Timeout,
        /// The connection broke, or what came is not HTTP.
        ConnectionLost = "connection_lost" => OwnCode::ConnectionLost,
        /// The answer is larger than the limit.
        BodyTooLarge = "body_too_large" => OwnCode::BodyTooLarge,
        /// The request cannot be sent at all, for example because its URL is not one.
        Refused = "refused" => OwnCode::InvalidConfig,
        /// The caller cancelled the call.
        Cancelled = "cancelled" => OwnCode::Cancelled,
    }

    code -> OwnCode
}
