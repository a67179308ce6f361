//! The time that is left for connecting.

use ureq::unversioned::transport::time::{Duration, Instant};
use ureq::unversioned::transport::{ConnectionDetails, NextTimeout};

/// Returns what is left of the connect timeout. ureq starts each part of connecting (TCP, a proxy,
/// TLS) with the whole timeout; here they share it.
pub(super) fn time_left(details: &ConnectionDetails<'_>) -> NextTimeout {
    let mut timeout = details.timeout;
    if let (Duration::Exact(after), Instant::Exact(begun)) = (timeout.after, details.now) {
        timeout.after = Duration::Exact(after.saturating_sub(begun.elapsed()));
    }
    timeout
}
