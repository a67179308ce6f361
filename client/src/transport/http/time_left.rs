use ureq::unversioned::transport::time::{Duration, Instant};
use ureq::unversioned::transport::{ConnectionDetails, NextTimeout};

/// What is left of the time for connecting: each part of it, a proxy's and that of TLS included,
/// begins with the same.
pub(super) fn time_left(details: &ConnectionDetails<'_>) -> NextTimeout {
    let mut timeout = details.timeout;
    if let (Duration::Exact(after), Instant::Exact(begun)) = (timeout.after, details.now) {
        timeout.after = Duration::Exact(after.saturating_sub(begun.elapsed()));
    }
    timeout
}
