//! Where a problem shows: everywhere, at some addresses, or in some answers.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::SocketAddr;

use super::observation::Fetch;
use crate::named;

named! {
    /// Where a problem shows.
    pub enum Extent {
        /// At each address, in each answer; or it is about the rule and not about an address.
        Everywhere = "everywhere",
        /// At all IPv6 addresses, and at no IPv4 address.
        Ipv6Only = "ipv6_only",
        /// At all IPv4 addresses, and at no IPv6 address.
        Ipv4Only = "ipv4_only",
        /// At one or some of several addresses.
        SomeAddresses = "some_addresses",
        /// In some of the answers of the same address.
        SomeAnswers = "some_answers",
    }
}

/// Where a problem shows, with the numbers.
pub(super) struct Share {
    pub(super) extent: Extent,
    /// The addresses that have the problem.
    pub(super) addresses: Vec<SocketAddr>,
    /// E.g. `1 of 3 answers`. `None` if it shows everywhere.
    pub(super) text: Option<String>,
}

/// Returns at which of `all` fetches a problem shows, if it shows at the `affected` ones.
pub(super) fn share(all: &[&Fetch], affected: &[&Fetch]) -> Share {
    let addresses = addresses_of(affected);
    if affected.len() >= all.len() {
        return Share {
            extent: Extent::Everywhere,
            addresses,
            text: None,
        };
    }
    let at = |fetches: &[&Fetch], address| {
        let fetches = fetches.iter();
        fetches.filter(|fetch| fetch.address == address).count()
    };
    let answers: usize = addresses.iter().map(|&address| at(all, address)).sum();
    let all_addresses = addresses_of(all);
    if answers > affected.len() {
        let place = if all_addresses.len() > 1 {
            let (some, many) = (addresses.len(), all_addresses.len());
            format!(" at {some} of {many} addresses")
        } else {
            String::new()
        };
        return Share {
            extent: Extent::SomeAnswers,
            addresses,
            text: Some(format!("{} of {answers} answers{place}", affected.len())),
        };
    }
    let text = format!("{} of {} addresses", addresses.len(), all_addresses.len());
    let is_affected = |address: &SocketAddr| addresses.contains(address);
    let is_split = |is_first: fn(&SocketAddr) -> bool| {
        let mut all = all_addresses.iter();
        all.all(|address| is_affected(address) == is_first(address))
    };
    let extent = if is_split(SocketAddr::is_ipv6) {
        Extent::Ipv6Only
    } else if is_split(SocketAddr::is_ipv4) {
        Extent::Ipv4Only
    } else {
        Extent::SomeAddresses
    };
    Share {
        extent,
        addresses,
        text: Some(text),
    }
}

fn addresses_of(fetches: &[&Fetch]) -> Vec<SocketAddr> {
    let mut addresses = Vec::new();
    for fetch in fetches {
        if !addresses.contains(&fetch.address) {
            addresses.push(fetch.address);
        }
    }
    addresses
}
