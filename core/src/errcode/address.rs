//! The IP address in an `errmsg`.

use core::net::IpAddr;

/// Returns the address that the call came from, in the form that WeChat's console accepts.
///
/// Real texts: `invalid ip 203.0.113.9 ipv6 ::ffff:203.0.113.9, not in whitelist`, `access clientip
/// is not registered requestIP: 203.0.113.9`. The console accepts the IPv4 form. If there is only
/// an IPv6 address, it is returned unchanged.
pub(crate) fn address_in(errmsg: &str) -> Option<IpAddr> {
    errmsg
        .split(|letter: char| !letter.is_ascii_hexdigit() && !matches!(letter, '.' | ':'))
        .filter_map(|word| {
            let bare = word.trim_matches(['.', ':']);
            word.parse::<IpAddr>().or_else(|_| bare.parse()).ok()
        })
        .map(|address| address.to_canonical())
        .find(|address| !address.is_unspecified())
}

#[cfg(test)]
mod tests {
    use super::address_in;

    #[test]
    fn the_address_is_found_in_the_form_that_the_console_accepts() {
        for (errmsg, address) in [
            (
                "invalid ip 203.0.113.9 ipv6 ::ffff:203.0.113.9, not in whitelist",
                Some("203.0.113.9"),
            ),
            (
                "invalid ip ipv6 ::ffff:203.0.113.9, not in whitelist",
                Some("203.0.113.9"),
            ),
            (
                "access clientip is not registered hint: [a1] requestIP: 203.0.113.9",
                Some("203.0.113.9"),
            ),
            (
                "requestIP:203.0.113.9. rid: 65d4a50b-5675444c-1831de24",
                Some("203.0.113.9"),
            ),
            (
                "invalid ip 2001:db8::9, not in whitelist",
                Some("2001:db8::9"),
            ),
            ("invalid ip 203.0.113.**** ipv6 ::", None),
            ("access clientip is not registered", None),
            ("", None),
        ] {
            let found = address_in(errmsg).map(|address| address.to_string());
            assert_eq!(found.as_deref(), address, "{errmsg}");
        }
    }
}
