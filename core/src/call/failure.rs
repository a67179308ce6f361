use crate::error::{Error, OwnCode};

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

/// What failed between a request and its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailureCause {
    /// The host's name could not be resolved.
    Dns,
    /// No connection.
    Connect,
    /// The proxy refused, or could not be used.
    Proxy,
    /// TLS could not be agreed on.
    Tls,
    /// It took too long.
    Timeout,
    /// The connection broke, or what came is not HTTP.
    ConnectionLost,
    /// The answer is larger than the limit.
    BodyTooLarge,
    /// The request cannot be sent at all, for example because its URL is not one.
    Refused,
    /// The caller cancelled the call.
    Cancelled,
}

impl FailureCause {
    /// Every cause.
    pub const ALL: [Self; 9] = [
        Self::Dns,
        Self::Connect,
        Self::Proxy,
        Self::Tls,
        Self::Timeout,
        Self::ConnectionLost,
        Self::BodyTooLarge,
        Self::Refused,
        Self::Cancelled,
    ];

    const fn code(self) -> OwnCode {
        match self {
            Self::Dns => OwnCode::DnsFailed,
            Self::Connect => OwnCode::ConnectFailed,
            Self::Proxy => OwnCode::ProxyFailed,
            Self::Tls => OwnCode::TlsFailed,
            Self::Timeout => OwnCode::Timeout,
            Self::ConnectionLost => OwnCode::ConnectionLost,
            Self::BodyTooLarge => OwnCode::BodyTooLarge,
            Self::Refused => OwnCode::InvalidConfig,
            Self::Cancelled => OwnCode::Cancelled,
        }
    }
}
