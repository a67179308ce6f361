//! Refuses what a web page in the user's browser could send.
//!
//! The sandbox listens on loopback, and so does every browser's reach: a page of any site can post
//! to `127.0.0.1`, or give its own host name the address 127.0.0.1 (DNS rebinding) and read the
//! answers too. A browser names the host in `Host` and the page in `Origin` and `Sec-Fetch-Site`; a
//! page cannot change these headers.

use std::net::{IpAddr, Ipv6Addr};

use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Version, header};

use crate::error::SandboxError;

/// The hosts of WeChat that a tunnel of the proxy leads here. Source: WeChat's page on the domains
/// of its interfaces.
pub(super) const WECHAT_HOSTS: [&str; 5] = [
    "api.weixin.qq.com",
    "api2.weixin.qq.com",
    "sh.api.weixin.qq.com",
    "sz.api.weixin.qq.com",
    "hk.api.weixin.qq.com",
];

/// What `Sec-Fetch-Site` says of a request that no other site's page made. `none` is a person's
/// own: an address typed in.
const OWN_SITE: [&str; 2] = ["same-origin", "none"];

/// A further host that leads to the sandbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AllowedHost {
    /// In lower case, without a dot at the end.
    name: String,
    /// `None` for any.
    port: Option<u16>,
}

impl AllowedHost {
    /// `NAME` or `NAME:PORT`; an IPv6 address in brackets.
    pub(crate) fn parse(text: &str) -> Result<Self, SandboxError> {
        let authority = parse_authority(text).ok_or_else(|| {
            SandboxError::Invalid(format!(
                "the host {text:?} cannot be allowed: give NAME or NAME:PORT, without a scheme or a path"
            ))
        })?;
        Ok(Self {
            name: authority.name,
            port: authority.port,
        })
    }
}

/// The hosts under which the sandbox may be called.
#[derive(Debug, Clone)]
pub(crate) struct Hosts {
    port: u16,
    allowed: Vec<AllowedHost>,
}

impl Hosts {
    /// Loopback with the sandbox's own port, and the `allowed` ones.
    pub(crate) fn new(port: u16, allowed: Vec<AllowedHost>) -> Self {
        Self { port, allowed }
    }

    /// Checks the headers of a request. The error says why a web page could have sent it.
    ///
    /// In a tunnel of the proxy, WeChat's hosts name the sandbox: nobody else's page can be of such
    /// a host there.
    pub(super) fn check(&self, head: &Parts, in_tunnel: bool) -> Result<(), String> {
        let names_sandbox = |authority: &str| {
            if in_tunnel {
                is_wechat(authority)
            } else {
                self.names_sandbox(authority)
            }
        };
        self.check_host(head, names_sandbox)?;
        for origin in values(&head.headers, header::ORIGIN.as_str()) {
            let own = ["http://", "https://"]
                .iter()
                .find_map(|scheme| origin.strip_prefix(scheme))
                .is_some_and(names_sandbox);
            if !own {
                return Err(format!(
                    "Origin is {origin:?}: a web page of another origin sent this request; the sandbox answers programs"
                ));
            }
        }
        for site in values(&head.headers, "sec-fetch-site") {
            if !OWN_SITE.contains(&site.as_str()) {
                return Err(format!(
                    "Sec-Fetch-Site is {site:?}: a web page of another origin sent this request; the sandbox answers programs"
                ));
            }
        }
        Ok(())
    }

    /// A request of HTTP/1.0 may name no host: no browser sends such a request.
    fn check_host(&self, head: &Parts, names_sandbox: impl Fn(&str) -> bool) -> Result<(), String> {
        let in_target = head.uri.authority().map(ToString::to_string);
        let hosts: Vec<String> = values(&head.headers, header::HOST.as_str())
            .chain(in_target)
            .collect();
        if hosts.is_empty() && head.version > Version::HTTP_10 {
            return Err("the request has no Host header; HTTP/1.1 needs one".to_owned());
        }
        match hosts.iter().find(|host| !names_sandbox(host)) {
            None => Ok(()),
            Some(host) => Err(format!(
                "Host is {host:?}, and a web page could have chosen that name; the sandbox answers as 127.0.0.1:{port}, \
                 localhost:{port} and [::1]:{port}. To call it by another name, start it with that host allowed: \
                 jumpqr sandbox --allow-host NAME",
                port = self.port,
            )),
        }
    }

    fn names_sandbox(&self, authority: &str) -> bool {
        let Some(named) = parse_authority(authority) else {
            return false;
        };
        let is_own = is_loopback(&named.name) && named.port.unwrap_or(80) == self.port;
        is_own
            || self.allowed.iter().any(|allowed| {
                allowed.name == named.name && (allowed.port.is_none() || allowed.port == named.port)
            })
    }
}

/// Whether it is one of WeChat's hosts, with the port of HTTPS.
pub(super) fn is_wechat(authority: &str) -> bool {
    parse_authority(authority).is_some_and(|named| {
        WECHAT_HOSTS.contains(&named.name.as_str()) && named.port.is_none_or(|port| port == 443)
    })
}

/// A host and a port, as `Host`, `Origin` and URLs have them.
struct Named {
    name: String,
    port: Option<u16>,
}

fn parse_authority(text: &str) -> Option<Named> {
    if text.contains('@') {
        return None;
    }
    let authority: Authority = text.parse().ok()?;
    let name = authority.host();
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    // `http` lets a port pass that is not a number.
    let port = match authority.port() {
        None if text.len() == authority.host().len() => None,
        None => return None,
        Some(port) => Some(port.as_u16()),
    };
    (!name.is_empty()).then_some(Named { name, port })
}

/// `localhost` and the names below it always lead to this machine: browsers ask no DNS server about
/// them.
fn is_loopback(name: &str) -> bool {
    if name == "localhost" || name.ends_with(".localhost") {
        return true;
    }
    let bracketed = name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'));
    match bracketed {
        Some(address) => address
            .parse::<Ipv6Addr>()
            .is_ok_and(|address| IpAddr::from(address).to_canonical().is_loopback()),
        None => name
            .parse::<std::net::Ipv4Addr>()
            .is_ok_and(|address| address.is_loopback()),
    }
}

/// What is not UTF-8 becomes a text that is no host and no origin.
fn values<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = String> + use<'a> {
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
            .map(|host| AllowedHost::parse(host).unwrap())
            .collect();
        Hosts::new(8930, allowed)
    }

    #[test]
    fn loopback_with_the_own_port_names_the_sandbox() {
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
    fn an_allowed_host_has_any_port_or_its_own() {
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
            assert!(AllowedHost::parse(wrong).is_err(), "{wrong}");
        }
    }
}
