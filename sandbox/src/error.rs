use std::fmt;
use std::io;
use std::net::IpAddr;

/// Why a sandbox did not start, or refused a method call or a control request.
#[derive(Debug)]
#[non_exhaustive]
pub enum SandboxError {
    /// The sandbox has known credentials and no TLS, so it listens on loopback only.
    NotLoopback(IpAddr),
    /// The sandbox cannot listen on the port.
    Bind {
        /// The requested port.
        port: u16,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The operating system did not provide a thread or an event queue.
    Start(io::Error),
    /// There is no account with this appid.
    UnknownAccount(String),
    /// There is no platform with this component_appid.
    UnknownPlatform(String),
    /// There is no endpoint at this path, or the object in the path does not exist.
    NotFound(String),
    /// The endpoint does not accept this method.
    WrongMethod(String),
    /// A value is not valid. The text names the field and says what to do.
    Invalid(String),
}

impl SandboxError {
    /// Returns the HTTP status of the control response that reports this error.
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

impl fmt::Display for SandboxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotLoopback(address) => write!(
                f,
                "the address {address} is not a loopback address; use 127.0.0.1 or ::1"
            ),
            Self::Bind { port, source } => write!(
                f,
                "cannot listen on port {port}; use another, or 0 for any free one: {source}"
            ),
            Self::Start(source) => write!(f, "cannot start the server's thread: {source}"),
            Self::UnknownAccount(appid) => write!(
                f,
                "the sandbox has no account {appid}; \
                 add it with put_account or PUT /sandbox/accounts/APPID"
            ),
            Self::UnknownPlatform(component_appid) => write!(
                f,
                "the sandbox has no platform {component_appid}; \
                 add it with put_platform or PUT /sandbox/platforms/COMPONENT_APPID"
            ),
            Self::NotFound(text) | Self::WrongMethod(text) | Self::Invalid(text) => {
                f.write_str(text)
            }
        }
    }
}

/// The text of a [`SandboxError`] includes its cause, so it has no `source`.
impl std::error::Error for SandboxError {}

/// Refuses JSON that is not of the expected type.
impl From<serde_json::Error> for SandboxError {
    fn from(error: serde_json::Error) -> Self {
        Self::Invalid(error.to_string())
    }
}
