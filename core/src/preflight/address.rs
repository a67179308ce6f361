//! Which addresses are on the public internet. WeChat reaches no others, and a service that looks
//! at a stranger's prefix must not be led to others.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Returns whether the address is on the public internet: not private, and not special in any way.
///
/// ```
/// use jumpqr_core::preflight::is_public;
///
/// assert!(is_public("1.2.4.8".parse().unwrap()));
/// assert!(!is_public("169.254.169.254".parse().unwrap()));
/// ```
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    special_range(address).is_none()
}

/// Returns what the range of an address is for, if it is not the public internet. Source: IANA's
/// registries of special-purpose addresses.
#[must_use]
pub fn special_range(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => special_range_v4(address),
        IpAddr::V6(address) => special_range_v6(address),
    }
}

fn special_range_v4(address: Ipv4Addr) -> Option<&'static str> {
    Some(match address.octets() {
        [0, ..] => "unspecified",
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => "private",
        [127, ..] => "loopback",
        // A cloud's metadata and its agents are here, or in a range that looks public.
        [169, 254, 169, 254] | [100, 100, 100, 200] | [168, 63, 129, 16] => "cloud metadata",
        [169, 254, ..] => "link-local",
        [100, 64..=127, ..] => "carrier-grade NAT",
        [192, 0, 0, _] => "IETF protocols",
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => "documentation",
        [192, 88, 99, _] => "6to4 relay",
        [198, 18..=19, ..] => "benchmarking",
        [224..=239, ..] => "multicast",
        [255, 255, 255, 255] => "broadcast",
        [240..=255, ..] => "reserved",
        _ => return None,
    })
}

fn special_range_v6(address: Ipv6Addr) -> Option<&'static str> {
    Some(match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => "unspecified",
        [0, 0, 0, 0, 0, 0, 0, 1] => "loopback",
        [0, 0, 0, 0, 0, 0xffff, ..] => "IPv4-mapped",
        [0, 0, 0, 0, 0, 0, ..] => "IPv4-compatible",
        // NAT64 and 6to4.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
            return special_range_v4(v4(high, low));
        }
        [0x64, 0xff9b, 1, ..] => "local NAT64",
        // Teredo: the server's address, and the client's with all bits inverted.
        [0x2001, 0, server_high, server_low, _, _, high, low] => {
            let server = special_range_v4(v4(server_high, server_low));
            return server.or_else(|| special_range_v4(v4(!high, !low)));
        }
        [0x2001, 2, 0, ..] => "benchmarking",
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => "documentation",
        [0x2001, ..=0x1ff, ..] => "IETF protocols",
        [0x2000..=0x3fff, ..] => return None,
        [0xfc00..=0xfdff, ..] => "private",
        [0xfe80..=0xfebf, ..] => "link-local",
        [0xfec0..=0xfeff, ..] => "site-local",
        [0xff00..=0xffff, ..] => "multicast",
        // Nothing else is assigned to hosts.
        _ => "reserved",
    })
}

/// Returns the IPv4 address in two segments of an IPv6 address.
const fn v4(high: u16, low: u16) -> Ipv4Addr {
    let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
    Ipv4Addr::new(a, b, c, d)
}
