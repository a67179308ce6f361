//! Refuses requests that a web page in the user's browser could send.
//!
//! A browser can reach the sandbox on loopback. A page of any site can post to `127.0.0.1`. It can
//! also give its own host name the address 127.0.0.1 (DNS rebinding), and then read the responses.
//! The browser names the host in `Host`, and the page in `Origin` and `Sec-Fetch-Site`. A page
//! cannot change these headers.
//!
//! A page of another site may lead the browser to the pages on which a merchant authorises a
//! platform, because platforms do. To open them changes nothing.

use std::net::IpAddr;

use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Method, Version};

use crate::error::SandboxError;
use crate::wechat::authorization_page;

/// The hosts of WeChat that the proxy routes to the sandbox. Source: WeChat's page on the domains
/// of its interfaces.
pub(super) const WECHAT_HOSTS: [&str; 5] = [
    "api.weixin.qq.com",
    "api2.weixin.qq.com",
    "sh.api.weixin.qq.com",
    "sz.api.weixin.qq.com",
    "hk.api.weixin.qq.com",
];

/// The values of `Sec-Fetch-Site` without a page of another site. `none` means that a person typed
/// the address.
const OWN_SITES: [&str; 2] = ["same-origin", "none"];

/// The host of a request, or a host that the user has allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Host {
    /// In lower case, without a dot at the end.
    name: String,
    port: Option<u16>,
}

impl Host {
    /// Parses `NAME` or `NAME:PORT`. An IPv6 address must be in brackets.
    pub(crate) fn parse_allowed(text: &str) -> Result<Self, SandboxError> {
        Self::parse(text).ok_or_else(|| {
            SandboxError::Invalid(format!(
                "the host {text:?} cannot be allowed: give NAME or NAME:PORT, \
                 without a scheme or a path"
            ))
        })
    }

    /// Parses a `Host` header, or the host in an `Origin` header or a URL.
    fn parse(text: &str) -> Option<Self> {
        let authority: Authority = text.parse().ok().filter(|_| !text.contains('@'))?;
        let host = authority.host();
        let port = authority.port().map(|port| port.as_u16());
        // The crate `http` accepts a port that is not a number.
        if port.is_none() && text.len() > host.len() {
            return None;
        }
        let name = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        (!name.is_empty()).then_some(Self { name, port })
    }

    /// Whether it is this machine. `localhost` and its subdomains always are: browsers do not ask a
    /// DNS server about them.
    fn is_loopback(&self) -> bool {
        let address = self.name.trim_start_matches('[').trim_end_matches(']');
        self.name == "localhost"
            || self.name.ends_with(".localhost")
            || address
                .parse::<IpAddr>()
                .is_ok_and(|address| address.to_canonical().is_loopback())
    }
}

/// The hosts under which the sandbox may be called.
#[derive(Debug, Clone)]
pub(crate) struct Hosts {
    port: u16,
    allowed: Vec<Host>,
}

impl Hosts {
    /// Accepts loopback hosts with the sandbox's own port, and the `allowed` hosts.
    pub(crate) fn new(port: u16, allowed: Vec<Host>) -> Self {
        Self { port, allowed }
    }

    /// Checks the headers of a request. The error says why a web page could have sent it.
    ///
    /// In a tunnel of the proxy, only WeChat's hosts name the sandbox.
    pub(super) fn check(&self, head: &Parts, is_tunnelled: bool) -> Result<(), String> {
        let names_sandbox = |authority: &str| {
            if is_tunnelled {
                is_wechat(authority)
            } else {
                self.names_sandbox(authority)
            }
        };
        self.check_host(head, names_sandbox)?;
        let origins = header_values(&head.headers, "origin").filter(|origin| {
            let mut schemes = ["http://", "https://"].into_iter();
            let host = schemes.find_map(|scheme| origin.strip_prefix(scheme));
            !host.is_some_and(names_sandbox)
        });
        let may_come_from_elsewhere = opens_authorization_page(head);
        let sites = header_values(&head.headers, "sec-fetch-site")
            .filter(|site| !may_come_from_elsewhere && !OWN_SITES.contains(&site.as_str()));
        let origins = origins.map(|origin| ("Origin", origin));
        let sites = sites.map(|site| ("Sec-Fetch-Site", site));
        match origins.chain(sites).next() {
            None => Ok(()),
            Some((header, value)) => Err(format!(
                "{header} is {value:?}: a web page of another origin sent this request; the \
                 sandbox answers programs"
            )),
        }
    }

    /// Checks the hosts of a request. An HTTP/1.0 request may have no host: no browser sends one.
    fn check_host(&self, head: &Parts, names_sandbox: impl Fn(&str) -> bool) -> Result<(), String> {
        let in_target = head.uri.authority().map(ToString::to_string);
        let mut hosts = header_values(&head.headers, "host")
            .chain(in_target)
            .peekable();
        if hosts.peek().is_none() && head.version > Version::HTTP_10 {
            return Err("the request has no Host header; HTTP/1.1 needs one".to_owned());
        }
        match hosts.find(|host| !names_sandbox(host)) {
            None => Ok(()),
            Some(host) => Err(format!(
                "Host is {host:?}, and a web page could have chosen that name; the sandbox answers \
                 as 127.0.0.1:{port}, localhost:{port} and [::1]:{port}. To call it by another \
                 name, start it with that host allowed: jumpqr sandbox --allow-host NAME",
                port = self.port,
            )),
        }
    }

    fn names_sandbox(&self, authority: &str) -> bool {
        let Some(host) = Host::parse(authority) else {
            return false;
        };
        let allows = |allowed: &Host| {
            allowed.name == host.name && (allowed.port.is_none() || allowed.port == host.port)
        };
        let has_own_port = host.port.unwrap_or(80) == self.port;
        (host.is_loopback() && has_own_port) || self.allowed.iter().any(allows)
    }
}

/// Whether a browser opens an authorization page: as a page, not as data for a script.
fn opens_authorization_page(head: &Parts) -> bool {
    let mut modes = header_values(&head.headers, "sec-fetch-mode");
    head.method == Method::GET
        && authorization_page::PATHS.contains(&head.uri.path())
        && modes.any(|mode| mode == "navigate")
}

/// Whether it is one of WeChat's hosts, with the port of HTTPS.
pub(super) fn is_wechat(authority: &str) -> bool {
    Host::parse(authority).is_some_and(|host| {
        WECHAT_HOSTS.contains(&host.name.as_str()) && host.port.is_none_or(|port| port == 443)
    })
}

/// Returns the values of a header. A value that is not UTF-8 becomes a text that matches no host.
fn header_values<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = String> + use<'a> {
    headers
        .get_all(name)
        .into_iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(allowed: &[&str]) -> Hosts {
        let allowed = allowed
            .iter()
            .map(|host| Host::parse_allowed(host).unwrap())
            .collect();
        Hosts::new(8930, allowed)
    }

    #[test]
    fn a_loopback_host_with_the_own_port_names_the_sandbox() {
        let hosts = hosts(&[]);
        for own in [
            "127.0.0.1:8930",
            "127.8.9.10:8930",
            "localhost:8930",
            "LOCALHOST.:8930",
            "shop.localhost:8930",
            "[::1]:8930",
            "[::ffff:127.0.0.1]:8930",
        ] {
            assert!(hosts.names_sandbox(own), "{own}");
        }
        for foreign in [
            "",
            "127.0.0.1",
            "127.0.0.1:8931",
            "127.0.0.1:",
            "127.0.0.1:x",
            "localhost",
            "0.0.0.0:8930",
            "evil.example:8930",
            "127.0.0.1.evil.example:8930",
            "localhost.evil.example:8930",
            "evillocalhost:8930",
            "evil.example@127.0.0.1:8930",
            "127.0.0.1:8930/",
            "[::2]:8930",
        ] {
            assert!(!hosts.names_sandbox(foreign), "{foreign}");
        }
        assert!(Hosts::new(80, Vec::new()).names_sandbox("127.0.0.1"));
    }

    #[test]
    fn an_allowed_host_without_a_port_has_any_port() {
        let hosts = hosts(&["WeChat", "shop.test:9000", "[fd00::1]:80"]);
        for own in [
            "wechat:1",
            "wechat",
            "wechat.:2",
            "shop.test:9000",
            "[fd00::1]:80",
        ] {
            assert!(hosts.names_sandbox(own), "{own}");
        }
        for foreign in ["shop.test", "shop.test:9001", "a.wechat:1", "[fd00::1]:81"] {
            assert!(!hosts.names_sandbox(foreign), "{foreign}");
        }
        for wrong in ["", "http://a", "a/b", "a b", "a@b", "a:", "a:x", "a:70000"] {
            assert!(Host::parse_allowed(wrong).is_err(), "{wrong}");
        }
    }
}
