use std::net::IpAddr;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use jumpqr_core::call::FailureCause;
use ureq::Timeout;
use ureq::config::{Config, IpFamily};
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;
use ureq::unversioned::transport::time::Duration as UreqDuration;

use super::deadline::{deadline, is_cancelled, next_wait};
use super::dns_cache::DnsCache;
use super::failure;

/// Resolves names, remembers what it found, and marks its errors as coming before anything was sent.
#[derive(Debug)]
pub(super) struct RememberingResolver {
    pub(super) addresses: Arc<DnsCache<ResolvedSocketAddrs>>,
}

impl Resolver for RememberingResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        _: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let host = uri.host().unwrap_or_default();
        let scheme = uri.scheme_str().unwrap_or_default();
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        if let Some(addresses) = self.addresses.get(scheme, authority, Instant::now()) {
            return Ok(addresses);
        }
        let addresses = if is_address(host) {
            look_up(uri, config)
        } else {
            let within = config.timeouts().connect.unwrap_or(Duration::MAX);
            let (uri, config) = (uri.clone(), config.clone());
            aside(within, move || look_up(&uri, &config))
        };
        let addresses = addresses.map_err(|error| match error {
            ureq::Error::Other(_) => error,
            ureq::Error::Timeout(_) => not_resolved(FailureCause::Timeout, host, config),
            _ => not_resolved(FailureCause::Dns, host, config),
        })?;
        let found = addresses.clone();
        self.addresses.put(scheme, authority, found, Instant::now());
        Ok(addresses)
    }
}

fn not_resolved(cause: FailureCause, host: &str, config: &Config) -> ureq::Error {
    let form = match config.ip_family() {
        IpFamily::Any => "",
        IpFamily::Ipv4Only => " to an IPv4 address, the only version that ip_version allows",
        IpFamily::Ipv6Only => " to an IPv6 address, the only version that ip_version allows",
    };
    let what = format!("the host {host} could not be resolved{form}");
    failure::not_sent(cause, what)
}

/// Whether it is one already, as in `127.0.0.1` and `[::1]`.
fn is_address(host: &str) -> bool {
    let bare = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(host);
    bare.parse::<IpAddr>().is_ok()
}

/// Looks it up, for as long as the system takes.
fn look_up(uri: &Uri, config: &Config) -> Result<ResolvedSocketAddrs, ureq::Error> {
    let without_end = NextTimeout {
        after: UreqDuration::NotHappening,
        ..NextTimeout::default()
    };
    DefaultResolver::default().resolve(uri, config, without_end)
}

/// Looks it up within this time, and within what is left for the request: on a thread of its own, since the system cannot be
/// told when to stop.
fn aside<A: Send + 'static>(
    within: Duration,
    look_up: impl FnOnce() -> Result<A, ureq::Error> + Send + 'static,
) -> Result<A, ureq::Error> {
    let begun = Instant::now();
    let (sender, receiver) = channel();
    thread::Builder::new()
        .name("jumpqr-dns".to_owned())
        // Nobody listens any more where it took too long.
        .spawn(move || drop(sender.send(look_up())))?;
    loop {
        let left = deadline()
            .saturating_duration_since(Instant::now())
            .min(within.saturating_sub(begun.elapsed()));
        if left.is_zero() {
            return Err(ureq::Error::Timeout(Timeout::Global));
        }
        match receiver.recv_timeout(next_wait(left)) {
            Ok(addresses) => return addresses,
            Err(RecvTimeoutError::Timeout) if is_cancelled() => {
                return Err(failure::cancelled_before_sending());
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Err(ureq::Error::HostNotFound),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use ureq::Timeout;

    use super::super::deadline::with_deadline;
    use super::super::failure::is_cancelled;
    use super::{aside, is_address};
    use crate::cancel::Cancel;

    #[test]
    fn what_is_an_address_already_is_known() {
        assert!(is_address("127.0.0.1") && is_address("[::1]"));
        assert!(!is_address("localhost") && !is_address("127.0.0.1.example.cn"));
    }

    #[test]
    fn a_look_up_that_hangs_is_left_when_its_time_is_over_or_by_the_caller() {
        let (short, hour) = (Duration::from_millis(30), Duration::from_secs(3600));
        for (after, within, caller) in [
            (short, hour, Cancel::default()),
            (hour, short, Cancel::default()),
            (hour, hour, Cancel::with_check(|| true)),
        ] {
            let (_sender, hanging) = channel();
            let error = with_deadline(after, &caller, || {
                aside::<()>(within, move || hanging.recv().unwrap())
            });
            let error = error.unwrap_err();
            assert_eq!(is_cancelled(&error), caller.is_cancelled());
            let timed_out = matches!(error, ureq::Error::Timeout(Timeout::Global));
            assert_eq!(timed_out, !caller.is_cancelled(), "{error:?}");
        }
    }
}
