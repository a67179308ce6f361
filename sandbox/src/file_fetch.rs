//! How the sandbox fetches the verification file of an account.

use std::net::SocketAddr;
use std::time::Duration;

use jumpqr_fetch::PreflightOptions;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::SandboxError;

/// About how long WeChat waits for the file, as in a preflight.
const TIMEOUT: Duration = Duration::from_secs(6);

/// The longest timeout.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(60);

/// How the sandbox fetches the verification file of an account, as WeChat does.
///
/// ```
/// use jumpqr_sandbox::{FileFetch, MINI_PROGRAM_APPID, Sandbox};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let sandbox = Sandbox::start()?;
/// // The web server on this machine, whatever the host of the rule is.
/// let fetch = FileFetch::default().connect_to(["127.0.0.1:8080".parse()?]);
/// sandbox.fetch_file(MINI_PROGRAM_APPID, fetch)?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct FileFetch {
    /// The address to connect to instead of the one that DNS gives, private or not. Of several, the
    /// first is used.
    #[serde(deserialize_with = "read_addresses")]
    pub connect_to: Vec<SocketAddr>,
    /// Whether an address of DNS may be private.
    pub allow_private: bool,
    /// The timeout of the fetch.
    #[serde(
        rename = "timeout_ms",
        serialize_with = "write_ms",
        deserialize_with = "read_ms"
    )]
    pub timeout: Duration,
    /// Certificates of authorities in PEM, to trust in addition to Mozilla's. They count only with
    /// `connect_to`.
    pub extra_tls_roots: Option<String>,
}

impl Default for FileFetch {
    /// The addresses are those of DNS, and public. The timeout is 6 seconds, about WeChat's.
    fn default() -> Self {
        Self {
            connect_to: Vec::new(),
            allow_private: false,
            timeout: TIMEOUT,
            extra_tls_roots: None,
        }
    }
}

impl FileFetch {
    /// Sets the address to connect to instead of the one that DNS gives, e.g. of a web server on
    /// this machine.
    #[must_use]
    pub fn connect_to(mut self, addresses: impl IntoIterator<Item = SocketAddr>) -> Self {
        self.connect_to = addresses.into_iter().collect();
        self
    }

    /// Sets whether an address of DNS may be private.
    #[must_use]
    pub fn allow_private(mut self, is_allowed: bool) -> Self {
        self.allow_private = is_allowed;
        self
    }

    /// Sets the timeout, up to a minute; by default 6 seconds.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets certificates of authorities in PEM, for a web server on this machine.
    #[must_use]
    pub fn extra_tls_roots(mut self, pem: impl Into<String>) -> Self {
        self.extra_tls_roots = Some(pem.into());
        self
    }

    /// Refuses values that cannot be used.
    pub(crate) fn check(&self) -> Result<(), SandboxError> {
        if self.timeout < Duration::from_millis(1) || self.timeout > LONGEST_TIMEOUT {
            return Err(SandboxError::Invalid(format!(
                "timeout_ms is {}; give 1 to {}",
                self.timeout.as_millis(),
                LONGEST_TIMEOUT.as_millis()
            )));
        }
        match self.options().check().into_iter().next() {
            None => Ok(()),
            Some(finding) => Err(SandboxError::Invalid(finding.to_string())),
        }
    }

    pub(crate) fn options(&self) -> PreflightOptions {
        let options = PreflightOptions::default()
            .connect_to(self.connect_to.iter().copied())
            .allow_private(self.allow_private)
            .fetch_timeout(self.timeout)
            // For the wrong places, which are looked at after the right one.
            .timeout(self.timeout * 2);
        match &self.extra_tls_roots {
            None => options,
            Some(pem) => options.extra_tls_roots(pem.as_bytes()),
        }
    }
}

fn read_addresses<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<SocketAddr>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    let addresses = texts.iter().enumerate().map(|(place, text)| {
        text.parse().map_err(|_| {
            D::Error::custom(format!(
                "connect_to[{place}] is {text:?}; give an IP address and a port, e.g. \
                 127.0.0.1:8080"
            ))
        })
    });
    addresses.collect()
}

fn write_ms<S: Serializer>(timeout: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    u64::try_from(timeout.as_millis())
        .unwrap_or(u64::MAX)
        .serialize(serializer)
}

fn read_ms<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let ms = i64::deserialize(deserializer)?;
    // `check` refuses 0.
    Ok(Duration::from_millis(u64::try_from(ms).unwrap_or_default()))
}
