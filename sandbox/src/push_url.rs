//! The address that the sandbox pushes to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::http::Uri;

use crate::error::SandboxError;

/// A checked `http` URL on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PushUrl {
    text: String,
    /// The `Host` header.
    pub(crate) host: String,
    /// The addresses to try, in order. No name is looked up.
    pub(crate) addresses: Vec<SocketAddr>,
    path_and_query: String,
}

impl PushUrl {
    /// Parses a URL. It must be `http` on loopback: pushes have secrets, and a sandbox must not send
    /// requests to other machines.
    pub(crate) fn parse(text: &str) -> Result<Self, SandboxError> {
        Self::read(text).ok_or_else(|| {
            SandboxError::Invalid(format!(
                "push_url is {text:?}; give an http:// URL on this machine, for example \
                 http://127.0.0.1:8000/wechat: the sandbox pushes to loopback addresses only"
            ))
        })
    }

    fn read(text: &str) -> Option<Self> {
        let uri: Uri = text.parse().ok()?;
        let authority = uri.authority()?;
        if uri.scheme_str() != Some("http") || text.contains(['@', '#']) {
            return None;
        }
        let host = authority.host();
        let port = match authority.as_str().strip_prefix(host)? {
            "" => 80,
            port => port.strip_prefix(':')?.parse().ok()?,
        };
        let addresses = loopback_addresses(host)?;
        Some(Self {
            text: text.to_owned(),
            host: authority.to_string(),
            addresses: addresses
                .into_iter()
                .map(|address| SocketAddr::new(address, port))
                .collect(),
            path_and_query: uri.path_and_query()?.to_string(),
        })
    }

    /// Returns the URL as it was given.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns path and query of a request, with these fields at the end of the query.
    pub(crate) fn target(&self, query: &str) -> String {
        let separator = if self.path_and_query.contains('?') {
            '&'
        } else {
            '?'
        };
        format!("{}{separator}{query}", self.path_and_query)
    }
}

/// Returns the addresses of a host of this machine; `None` for any other host.
fn loopback_addresses(host: &str) -> Option<Vec<IpAddr>> {
    let name = host.to_ascii_lowercase();
    if name == "localhost" || name.ends_with(".localhost") {
        return Some(vec![
            IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(Ipv6Addr::LOCALHOST),
        ]);
    }
    let address = name.trim_start_matches('[').trim_end_matches(']');
    let address: IpAddr = address.parse().ok()?;
    address
        .to_canonical()
        .is_loopback()
        .then(|| vec![address.to_canonical()])
}

#[cfg(test)]
mod tests {
    use super::PushUrl;

    #[test]
    fn only_an_http_url_on_loopback_is_accepted() {
        for (url, address) in [
            ("http://127.0.0.1:8000/wechat", "127.0.0.1:8000"),
            ("http://127.9.9.9", "127.9.9.9:80"),
            ("http://LOCALHOST:1/", "127.0.0.1:1"),
            ("http://shop.localhost:1/", "127.0.0.1:1"),
            ("http://[::1]:2/", "[::1]:2"),
            ("http://[::ffff:127.0.0.1]:2/", "127.0.0.1:2"),
        ] {
            let parsed = PushUrl::parse(url).unwrap();
            assert_eq!(parsed.addresses[0].to_string(), address, "{url}");
            assert_eq!(parsed.as_str(), url);
        }
        for url in [
            "",
            "/wechat",
            "127.0.0.1:8000",
            "https://127.0.0.1/",
            "ftp://127.0.0.1/",
            "http://10.0.0.1/",
            "http://0.0.0.0/",
            "http://[::2]/",
            "http://p.example.cn/",
            "http://localhost.example.cn/",
            "http://127.0.0.1.example.cn/",
            "http://p.example.cn@127.0.0.1/",
            "http://127.0.0.1:/",
            "http://127.0.0.1:x/",
            "http://127.0.0.1:70000/",
            "http://127.0.0.1/a b",
        ] {
            assert!(PushUrl::parse(url).is_err(), "{url}");
        }
    }

    #[test]
    fn the_query_of_a_push_follows_that_of_the_url() {
        for (url, target) in [
            ("http://127.0.0.1", "/?nonce=1"),
            ("http://127.0.0.1/wechat", "/wechat?nonce=1"),
            ("http://127.0.0.1/wechat?shop=1", "/wechat?shop=1&nonce=1"),
        ] {
            assert_eq!(PushUrl::parse(url).unwrap().target("nonce=1"), target);
        }
    }
}
