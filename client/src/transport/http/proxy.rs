//! Chooses the proxy for a host from the variables of the environment, as curl does. The caller
//! passes the variables in: this file does not read the environment.
//!
//! Source: curl's manual page, sections "ENVIRONMENT" and "PROXY PROTOCOL PREFIXES", and
//! `CURLOPT_NOPROXY(3)`.

use std::net::IpAddr;

use ureq::Proxy;

use crate::base_url::{split_port, strip_brackets};

/// Why the URL of a proxy cannot be used, without the URL itself.
type Reason = &'static str;

/// The proxy of one scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Choice {
    /// No variable is set: hosts are called directly.
    Direct,
    /// Hosts are called through this proxy.
    Proxy(Proxy),
    /// Variables are set, and the value of none is usable. A direct request could show the token to
    /// a network that the caller wants to avoid, so there is no request.
    Unusable,
}

/// The proxy of the environment for one scheme, and the variables that were ignored, with the
/// reasons.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct EnvironmentProxy {
    pub(super) choice: Choice,
    pub(super) ignored: Vec<(&'static str, Reason)>,
}

/// Chooses the proxy for hosts with https, or with plain http. `variable` returns the value of a
/// variable.
///
/// The variable of the scheme has priority over `all_proxy`, and lower case over upper case. An
/// empty variable counts as unset. `HTTP_PROXY` is ignored in a CGI script, where it is the header
/// `Proxy` of an incoming request.
pub(super) fn read_environment(
    https: bool,
    variable: impl Fn(&str) -> Option<String>,
) -> EnvironmentProxy {
    let is_cgi = variable("REQUEST_METHOD").is_some();
    let names: &[&'static str] = match (https, is_cgi) {
        (true, _) => &["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"],
        (false, false) => &["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"],
        (false, true) => &["http_proxy", "all_proxy", "ALL_PROXY"],
    };
    let mut ignored = Vec::new();
    for name in names {
        let value = variable(name).unwrap_or_default();
        if value.trim().is_empty() {
            continue;
        }
        match parse(value.trim()) {
            Ok(proxy) => {
                let choice = Choice::Proxy(proxy);
                return EnvironmentProxy { choice, ignored };
            }
            Err(reason) => ignored.push((*name, reason)),
        }
    }
    let choice = if ignored.is_empty() {
        Choice::Direct
    } else {
        Choice::Unusable
    };
    EnvironmentProxy { choice, ignored }
}

/// Parses the URL of a proxy. A URL without a scheme names an HTTP proxy.
pub(super) fn parse(url: &str) -> Result<Proxy, Reason> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    let scheme = match scheme.to_ascii_lowercase().as_str() {
        "http" => "http",
        "socks5" | "socks" => "socks5",
        "socks5h" => "socks5h",
        "https" => {
            return Err(
                "a proxy over https is not supported; give its address over http://, or a SOCKS \
                 proxy",
            );
        }
        "socks4" | "socks4a" => {
            return Err("SOCKS 4 is not supported; give a SOCKS 5 or an HTTP proxy");
        }
        _ => return Err("its scheme is not http, socks5 or socks5h"),
    };
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    if authority.contains(['/', '?', '#']) {
        return Err(
            "there is more in it than user, password, host and port; percent-encode signs in the \
             password",
        );
    }
    let host_and_port = authority
        .rsplit_once('@')
        .map_or(authority, |(_, after)| after);
    let (host, port) = split_port(host_and_port);
    if host.is_empty() {
        return Err("it names no host");
    }
    // ureq would use the default port instead.
    if port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return Err("its port is not a number from 0 to 65535");
    }
    Proxy::new(&format!("{scheme}://{authority}"))
        .map_err(|_| "it cannot be parsed; give http://[user:password@]host[:port]")
}

/// Returns whether a host is called directly according to `no_proxy`, which is `*` or a list of
/// entries, separated by commas or white space.
///
/// `qq.com` and `.qq.com` match that host and its subdomains; `10.0.0.0/8` and `fd00::/8` match
/// addresses. An entry with a port matches only that port.
pub(super) fn is_excluded(no_proxy: &str, host: &str, port: u16) -> bool {
    let host = strip_brackets(host).trim_end_matches('.');
    let address: Option<IpAddr> = host.parse().ok();
    no_proxy
        .split(|letter: char| letter == ',' || letter.is_whitespace())
        .filter(|entry| !entry.is_empty())
        .any(|entry| {
            if entry == "*" {
                return true;
            }
            let is_address = entry.parse::<IpAddr>().is_ok();
            let (entry, entry_port) = match split_port(entry) {
                (name, Some(digits)) if !is_address => match digits.parse::<u16>() {
                    Ok(entry_port) => (name, Some(entry_port)),
                    Err(_) => (entry, None),
                },
                _ => (entry, None),
            };
            if entry_port.is_some_and(|entry_port| entry_port != port) {
                return false;
            }
            match address {
                Some(address) => is_in_network(strip_brackets(entry), address),
                None => is_in_domain(entry, host),
            }
        })
}

/// Reads the variable for [`is_excluded`].
pub(super) fn read_no_proxy(variable: impl Fn(&str) -> Option<String>) -> String {
    let values = ["no_proxy", "NO_PROXY"].map(variable).into_iter().flatten();
    let mut values = values.filter(|value| !value.trim().is_empty());
    values.next().unwrap_or_default()
}

/// Returns whether the host is the entry, or a subdomain of it.
fn is_in_domain(entry: &str, host: &str) -> bool {
    let entry = entry.trim_start_matches('.').trim_end_matches('.');
    let Some(begin) = host.len().checked_sub(entry.len()) else {
        return false;
    };
    let (Some(subdomain), Some(end)) = (host.get(..begin), host.get(begin..)) else {
        return false;
    };
    !entry.is_empty()
        && end.eq_ignore_ascii_case(entry)
        && (subdomain.is_empty() || subdomain.ends_with('.'))
}

/// Returns whether the entry is the address, or a network with the address.
fn is_in_network(entry: &str, address: IpAddr) -> bool {
    let (network, bits) = match entry.split_once('/') {
        Some((network, bits)) => (network, Some(bits.parse::<u32>().unwrap_or(u32::MAX))),
        None => (entry, None),
    };
    let (differing, length) = match (network.parse(), address) {
        (Ok(IpAddr::V4(network)), IpAddr::V4(address)) => {
            (u128::from(network.to_bits() ^ address.to_bits()), u32::BITS)
        }
        (Ok(IpAddr::V6(network)), IpAddr::V6(address)) => {
            (network.to_bits() ^ address.to_bits(), u128::BITS)
        }
        _ => return false,
    };
    length
        .checked_sub(bits.unwrap_or(length))
        .is_some_and(|others| differing.checked_shr(others).unwrap_or(0) == 0)
}

#[cfg(test)]
mod tests {
    use super::{Choice, is_excluded, parse, read_environment, read_no_proxy};

    /// Returns the proxy's host and port, or why no proxy is used, and the ignored variables.
    fn choose(https: bool, variables: &[(&str, &str)]) -> (String, Vec<&'static str>) {
        let found = read_environment(https, |name| value(variables, name));
        let choice = match found.choice {
            Choice::Direct => "direct".to_owned(),
            Choice::Unusable => "unusable".to_owned(),
            Choice::Proxy(proxy) => format!("{}:{}", proxy.host(), proxy.port()),
        };
        let ignored = found.ignored.iter().map(|(name, _)| *name);
        (choice, ignored.collect())
    }

    fn value(variables: &[(&str, &str)], name: &str) -> Option<String> {
        let found = variables.iter().find(|(variable, _)| *variable == name);
        found.map(|(_, value)| (*value).to_owned())
    }

    #[test]
    fn the_first_usable_variable_of_the_scheme_counts() {
        type Row<'a> = (bool, &'a [(&'a str, &'a str)], &'a str, &'a [&'a str]);
        let rows: &[Row<'_>] = &[
            (true, &[], "direct", &[]),
            (true, &[("HTTPS_PROXY", "")], "direct", &[]),
            (true, &[("HTTP_PROXY", "http://a:1")], "direct", &[]),
            (false, &[("HTTPS_PROXY", "http://a:1")], "direct", &[]),
            (false, &[("HTTP_PROXY", "http://a:1")], "a:1", &[]),
            (true, &[("HTTPS_PROXY", " a:1\n")], "a:1", &[]),
            (
                true,
                &[("ALL_PROXY", "socks5://a"), ("HTTPS_PROXY", "http://b:2")],
                "b:2",
                &[],
            ),
            (
                true,
                &[("ALL_PROXY", "http://a:1"), ("all_proxy", "http://b:2")],
                "b:2",
                &[],
            ),
            (
                true,
                &[("HTTPS_PROXY", "http://a:1"), ("https_proxy", "http://b:2")],
                "b:2",
                &[],
            ),
            (
                true,
                &[("https_proxy", ""), ("HTTPS_PROXY", "http://b:2")],
                "b:2",
                &[],
            ),
            (true, &[("ALL_PROXY", "socks://a")], "a:1080", &[]),
            (
                true,
                &[("HTTPS_PROXY", "ftp://a:1"), ("ALL_PROXY", "http://b:2")],
                "b:2",
                &["HTTPS_PROXY"],
            ),
            // What is not UTF-8 in a variable becomes U+FFFD.
            (
                true,
                &[("https_proxy", "http://pr\u{fffd}xy:1")],
                "unusable",
                &["https_proxy"],
            ),
            (
                true,
                &[("https_proxy", "quic://a"), ("all_proxy", "http://a:99999")],
                "unusable",
                &["https_proxy", "all_proxy"],
            ),
            // CGI: the variable is a header of the request.
            (
                false,
                &[("HTTP_PROXY", "http://a:1"), ("REQUEST_METHOD", "GET")],
                "direct",
                &[],
            ),
            (
                false,
                &[
                    ("HTTP_PROXY", "http://a:1"),
                    ("http_proxy", "http://b:2"),
                    ("REQUEST_METHOD", "GET"),
                ],
                "b:2",
                &[],
            ),
        ];
        for (https, variables, host, ignored) in rows {
            let (found, unusable) = choose(*https, variables);
            assert_eq!(found, *host, "{variables:?}");
            assert_eq!(unusable, *ignored, "{variables:?}");
        }
    }

    #[test]
    fn a_proxy_that_cannot_be_used_is_refused_with_the_reason() {
        for (url, reason) in [
            ("https://a:1", "over https"),
            ("socks4://a:1", "SOCKS 4"),
            ("ftp://a:1", "scheme"),
            ("http://", "host"),
            ("http://:8080", "host"),
            ("http://u:P4SS@a:x", "port"),
            ("http://a:99999", "port"),
            ("http://a:", "port"),
            ("http://u:P4#SS@a:1", "percent-encode"),
            ("http://u:P4/SS@a:1", "percent-encode"),
            ("http://u:P4%ffSS@a:1", "cannot be parsed"),
            ("http://u:P4 SS@a:1", "cannot be parsed"),
        ] {
            let found = parse(url).unwrap_err();
            assert!(found.contains(reason), "{url}: {found}");
        }
        let proxy = parse("http://u:p%40ss@[::1]:3128/").unwrap();
        assert_eq!((proxy.host(), proxy.port()), ("[::1]", 3128));
        assert_eq!(proxy.password(), Some("p@ss"));
    }

    #[test]
    fn hosts_of_no_proxy_are_called_directly() {
        for (list, host, is_direct) in [
            ("", "api.weixin.qq.com", false),
            ("*", "api.weixin.qq.com", true),
            ("api.weixin.qq.com", "api.weixin.qq.com", true),
            ("API.Weixin.QQ.com", "api.weixin.qq.com", true),
            ("api.weixin.qq.com.", "api.weixin.qq.com", true),
            ("qq.com", "api.weixin.qq.com", true),
            (".qq.com", "api.weixin.qq.com", true),
            (".qq.com", "qq.com", true),
            ("q.com", "api.weixin.qq.com", false),
            ("weixin.qq.com", "qq.com", false),
            ("localhost, api.weixin.qq.com", "api.weixin.qq.com", true),
            ("localhost api.weixin.qq.com", "api.weixin.qq.com", true),
            (" ,,localhost", "api.weixin.qq.com", false),
            (".", "api.weixin.qq.com", false),
            ("api.weixin.qq.com:443", "api.weixin.qq.com", true),
            ("qq.com:443", "api.weixin.qq.com", true),
            ("api.weixin.qq.com:8443", "api.weixin.qq.com", false),
            ("10.0.0.0/8", "10.1.2.3", true),
            ("10.0.0.0/8", "11.1.2.3", false),
            ("10.0.0.0/33", "10.0.0.0", false),
            ("10.0.0.0/x", "10.0.0.0", false),
            ("0.0.0.0/0", "8.8.8.8", true),
            ("10.1.2.3", "10.1.2.3", true),
            ("10.1.2.3:443", "10.1.2.3", true),
            ("10.1.2.3:80", "10.1.2.3", false),
            ("2.3", "10.1.2.3", false),
            ("10.0.0.0/8", "10.example.com", false),
            ("fd00::/8", "[fd12::1]", true),
            ("fd00::/8", "[fe80::1]", false),
            ("::/0", "[fe80::1]", true),
            ("fe80::1", "[fe80::1]", true),
            ("[fe80::1]:443", "[fe80::1]", true),
            ("[fe80::1]:80", "[fe80::1]", false),
        ] {
            let found = is_excluded(list, host, 443);
            assert_eq!(found, is_direct, "{list:?} {host}");
        }
    }

    #[test]
    fn an_empty_no_proxy_does_not_hide_the_one_in_the_other_case() {
        for (variables, list) in [
            (&[("NO_PROXY", ""), ("no_proxy", "a")][..], "a"),
            (&[("no_proxy", " "), ("NO_PROXY", "b")], "b"),
            (&[("no_proxy", "a"), ("NO_PROXY", "b")], "a"),
            (&[], ""),
        ] {
            assert_eq!(read_no_proxy(|name| value(variables, name)), list);
        }
    }
}
