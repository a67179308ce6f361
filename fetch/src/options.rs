use std::net::SocketAddr;
use std::time::Duration;

use jumpqr_core::check::{Finding, FindingCode};

use crate::tls::read_roots;

/// How a preflight looks.
///
/// ```
/// use std::time::Duration;
///
/// use jumpqr_fetch::PreflightOptions;
///
/// // A rehearsal with a server on this machine.
/// let options = PreflightOptions::default()
///     .timeout(Duration::from_secs(5))
///     .connect_to(["127.0.0.1:8080".parse()?]);
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PreflightOptions {
    /// The timeout of everything together.
    pub timeout: Duration,
    /// The timeout of each fetch, and of the look-up of the host.
    pub fetch_timeout: Duration,
    /// Whether addresses that are not public are looked at.
    pub allow_private: bool,
    /// Whether ports other than 80 for http and 443 for https are looked at.
    pub allow_port: bool,
    /// The addresses to connect to instead of those that DNS gives. If there are any, private
    /// addresses and ports are permitted.
    pub connect_to: Vec<SocketAddr>,
    /// Certificates of authorities in PEM, to trust in addition to Mozilla's. They count only with
    /// `connect_to`: WeChat does not trust them.
    pub extra_tls_roots: Option<Vec<u8>>,
}

impl Default for PreflightOptions {
    /// 20 seconds for everything, 6 seconds for each fetch, and nothing else is permitted.
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(20),
            fetch_timeout: Duration::from_secs(6),
            allow_private: false,
            allow_port: false,
            connect_to: Vec::new(),
            extra_tls_roots: None,
        }
    }
}

impl PreflightOptions {
    /// Sets the timeout of everything together; by default 20 seconds.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets the timeout of each fetch; by default 6 seconds, which is about WeChat's own.
    #[must_use]
    pub fn fetch_timeout(mut self, timeout: Duration) -> Self {
        self.fetch_timeout = timeout;
        self
    }

    /// Permits addresses that are not public. Do not permit them for prefixes of strangers.
    #[must_use]
    pub fn allow_private(mut self, is_allowed: bool) -> Self {
        self.allow_private = is_allowed;
        self
    }

    /// Permits ports other than 80 for http and 443 for https. Do not permit them for prefixes of
    /// strangers.
    #[must_use]
    pub fn allow_port(mut self, is_allowed: bool) -> Self {
        self.allow_port = is_allowed;
        self
    }

    /// Sets the addresses to connect to instead of those that DNS gives: for a rehearsal, or if DNS
    /// gives other addresses here than in public.
    #[must_use]
    pub fn connect_to(mut self, addresses: impl IntoIterator<Item = SocketAddr>) -> Self {
        self.connect_to = addresses.into_iter().collect();
        self
    }

    /// Sets certificates of authorities in PEM, to trust in a rehearsal.
    #[must_use]
    pub fn extra_tls_roots(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.extra_tls_roots = Some(pem.into());
        self
    }

    /// Returns what is wrong with the options, apart from the timeouts.
    #[must_use]
    pub fn check(&self) -> Vec<Finding> {
        let field = "extra_tls_roots";
        let finding = match &self.extra_tls_roots {
            None => None,
            Some(_) if self.connect_to.is_empty() => Some(
                "counts only in a rehearsal, and WeChat does not trust these authorities; give \
                 connect_to, or leave it out"
                    .to_owned(),
            ),
            Some(pem) => read_roots(pem).err(),
        };
        let finding = finding.map(|message| Finding::new(field, FindingCode::Unusable, message));
        finding.into_iter().collect()
    }

    /// Whether an address that is not public may be looked at.
    pub(crate) fn any_address(&self) -> bool {
        self.allow_private || !self.connect_to.is_empty()
    }

    /// Whether a port other than the scheme's may be looked at.
    pub(crate) fn any_port(&self) -> bool {
        self.allow_port || !self.connect_to.is_empty()
    }
}
