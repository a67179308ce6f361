use std::io;
use std::net::IpAddr;

/// Why a sandbox did not start, or did not do what it was told.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// The sandbox has known credentials and no TLS, so it listens on loopback only.
    #[error("the address {0} is not a loopback address; use 127.0.0.1 or ::1")]
    NotLoopback(IpAddr),
    /// The port cannot be had.
    #[error("cannot listen on port {port}; use another, or 0 for any free one")]
    Bind {
        /// The port asked for.
        port: u16,
        /// What the operating system says.
        source: io::Error,
    },
    /// The operating system gave no thread or no reactor.
    #[error("cannot start the server's thread")]
    Start(#[source] io::Error),
    /// There is no account with this appid.
    #[error(
        "the sandbox has no account {0}; add it with put_account or PUT /sandbox/accounts/APPID"
    )]
    UnknownAccount(String),
    /// There is no platform with this component_appid.
    #[error(
        "the sandbox has no platform {0}; add it with put_platform or PUT /sandbox/platforms/COMPONENT_APPID"
    )]
    UnknownPlatform(String),
    /// There is no such thing, or nothing at this path.
    #[error("{0}")]
    NotFound(String),
    /// The path exists, but not with this method.
    #[error("{0}")]
    WrongMethod(String),
    /// What was asked for makes no sense; the text names the field and what to do.
    #[error("{0}")]
    Invalid(String),
}

impl SandboxError {
    /// The HTTP status with which a control endpoint answers this.
    #[must_use]
    pub fn http_status(&self) -> u16 {
        match self {
            Self::UnknownAccount(_) | Self::UnknownPlatform(_) | Self::NotFound(_) => 404,
            Self::WrongMethod(_) => 405,
            Self::NotLoopback(_) | Self::Invalid(_) => 400,
            Self::Bind { .. } | Self::Start(_) => 500,
        }
    }
}
