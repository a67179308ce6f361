//! Resolving names, with a cache, and with a deadline that the system's resolver does not have.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jumpqr_core::call::FailureCause;
use ureq::Timeout;
use ureq::config::{Config, IpFamily};
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use super::deadline::{deadline, is_cancelled, next_wait, with_timeout};
use super::dns_cache::DnsCache;
use super::failure;
use crate::base_url::strip_brackets;
use crate::on_thread::{NotDone, on_thread_until};

/// Resolves names and caches the addresses. Its errors say that nothing was sent.
#[derive(Debug, Default)]
pub(super) struct CachingResolver {
    pub(super) addresses: Arc<DnsCache<ResolvedSocketAddrs>>,
}

impl Resolver for CachingResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        _: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let host = uri.host().unwrap_or_default();
        let scheme = uri.scheme_str().unwrap_or_default();
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        // A proxy's authority begins with user and password.
        let authority = authority
            .rsplit_once('@')
            .map_or(authority, |(_, host)| host);
        if let Some(addresses) = self.addresses.get(scheme, authority, Instant::now()) {
            return Ok(addresses);
        }
        let addresses = if is_address(host) {
            look_up(uri, config)
        } else {
            let timeout = config.timeouts().connect.unwrap_or(Duration::MAX);
            let (uri, config) = (uri.clone(), config.clone());
            with_timeout(timeout, || run_on_thread(move || look_up(&uri, &config)))
        };
        let addresses = addresses.map_err(|error| match error {
            ureq::Error::Other(_) => error,
            ureq::Error::Timeout(_) => resolve_error(FailureCause::Timeout, host, config),
            _ => resolve_error(FailureCause::Dns, host, config),
        })?;
        let found = addresses.clone();
        self.addresses.put(scheme, authority, found, Instant::now());
        Ok(addresses)
    }
}

fn resolve_error(cause: FailureCause, host: &str, config: &Config) -> ureq::Error {
    let form = match config.ip_family() {
        IpFamily::Any => "",
        IpFamily::Ipv4Only => " to an IPv4 address, the only version that ip_version allows",
        IpFamily::Ipv6Only => " to an IPv6 address, the only version that ip_version allows",
    };
    let reason = format!("the host {host} could not be resolved{form}");
    failure::error_before_sending(cause, reason)
}

/// Returns whether the host is an address, such as `127.0.0.1` or `[::1]`.
fn is_address(host: &str) -> bool {
    strip_brackets(host).parse::<IpAddr>().is_ok()
}

/// Looks the host up, however long the system takes.
fn look_up(uri: &Uri, config: &Config) -> Result<ResolvedSocketAddrs, ureq::Error> {
    DefaultResolver::default().resolve(uri, config, NextTimeout::default())
}

/// Runs a look-up until the deadline of the request, or its cancel. It runs on a thread of its own,
/// because the system's resolver has no timeout.
fn run_on_thread<A: Send + 'static>(
    look_up: impl FnOnce() -> Result<A, ureq::Error> + Send + 'static,
) -> Result<A, ureq::Error> {
    let left = || deadline().saturating_duration_since(Instant::now());
    let is_over = || left().is_zero() || is_cancelled();
    on_thread_until("jumpqr-dns", is_over, || next_wait(left()), look_up).unwrap_or_else(
        |not_done| {
            Err(match not_done {
                NotDone::WaitIsOver if left().is_zero() => ureq::Error::Timeout(Timeout::Global),
                NotDone::WaitIsOver => failure::cancel_error(false),
                NotDone::NoThread(error) => error.into(),
                NotDone::Panicked => ureq::Error::HostNotFound,
            })
        },
    )
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::time::{Duration, Instant};

    use ureq::Timeout;
    use ureq::config::Config;
    use ureq::unversioned::resolver::Resolver;
    use ureq::unversioned::transport::NextTimeout;

    use super::super::deadline::with_deadline;
    use super::super::failure::is_cancelled;
    use super::{CachingResolver, is_address, run_on_thread};
    use crate::cancel::Cancel;

    #[test]
    fn the_cache_keeps_no_password_of_a_proxy() {
        let resolver = CachingResolver::default();
        let uri = "http://user:hunter2@127.0.0.1:3128".parse().unwrap();
        let soon = Instant::now() + Duration::from_secs(60);
        with_deadline(soon, &Cancel::default(), || {
            resolver
                .resolve(&uri, &Config::default(), NextTimeout::default())
                .unwrap();
        });
        let shown = format!("{resolver:?}");
        assert!(shown.contains("127.0.0.1:3128"), "{shown}");
        assert!(!shown.contains("hunter2"), "{shown}");
    }

    #[test]
    fn an_address_needs_no_look_up() {
        assert!(is_address("127.0.0.1") && is_address("[::1]"));
        assert!(!is_address("localhost") && !is_address("127.0.0.1.example.cn"));
    }

    #[test]
    fn a_look_up_that_hangs_ends_at_the_deadline_or_when_it_is_cancelled() {
        let (short, hour) = (Duration::from_millis(30), Duration::from_secs(3600));
        for (timeout, cancel) in [
            (short, Cancel::default()),
            (hour, Cancel::with_check(|| true)),
        ] {
            let (_sender, hanging) = channel();
            let error = with_deadline(Instant::now() + timeout, &cancel, || {
                run_on_thread::<()>(move || hanging.recv().unwrap())
            });
            let error = error.unwrap_err();
            assert_eq!(is_cancelled(&error), cancel.is_cancelled());
            let timed_out = matches!(error, ureq::Error::Timeout(Timeout::Global));
            assert_eq!(timed_out, !cancel.is_cancelled(), "{error:?}");
        }
    }
}
