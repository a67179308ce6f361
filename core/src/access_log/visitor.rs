//! Tells who has sent a request, as far as its line tells.

use core::net::{IpAddr, SocketAddr};

use super::entry::Entry;
use crate::preflight::special_range;

/// The user agents of preflights contain this.
const PREFLIGHT_AGENT: &str = "jumpqr/";

/// What [`special_range`] says of the addresses from which WeChat's requests cannot come.
const LOCAL_RANGES: [&str; 5] = [
    "loopback",
    "private",
    "link-local",
    "carrier-grade NAT",
    "unspecified",
];

/// Who has sent a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Visitor {
    /// A preflight, by its user agent.
    Preflight,
    /// An address that is not on the public internet: somebody in the own network, or a proxy.
    Local,
    /// A public address, but the log has no user agent. It may be a preflight.
    Unknown,
    /// Somebody else. The name of the file is random, so this is most likely WeChat.
    Stranger,
}

impl Visitor {
    /// Returns who has sent the request of a line.
    pub(super) fn of(entry: &Entry<'_>) -> Self {
        match entry.user_agent.as_deref() {
            Some(agent) if agent.contains(PREFLIGHT_AGENT) => Self::Preflight,
            _ if is_local(&entry.address) => Self::Local,
            None => Self::Unknown,
            Some(_) => Self::Stranger,
        }
    }
}

/// Whether an address is not on the public internet. A name is public, except for `localhost`.
pub(super) fn is_local(address: &str) -> bool {
    let with_port = || Some(address.parse::<SocketAddr>().ok()?.ip());
    match address.parse::<IpAddr>().ok().or_else(with_port) {
        Some(address) => {
            special_range(address.to_canonical()).is_some_and(|range| LOCAL_RANGES.contains(&range))
        }
        None => address.eq_ignore_ascii_case("localhost"),
    }
}
