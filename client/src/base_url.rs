//! Where requests go: https, or plain http to this machine, or to where the caller says.

use std::net::IpAddr;

use jumpqr_core::error::{Error, OwnCode, Result};

/// A host to call, e.g. `https://api.weixin.qq.com`, without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BaseUrl(String);

impl BaseUrl {
    /// Takes `url` as it is, but for slashes at its end.
    pub(crate) fn parse(url: &str, allow_http: bool) -> Result<Self> {
        let refuse = |what: &str| {
            Err(Error::new(
                OwnCode::InvalidConfig,
                format!("base_url: {what}; give https:// and a host"),
            ))
        };
        let Some((scheme, rest)) = url.split_once("://") else {
            return refuse("it is not a URL");
        };
        let authority = rest.split('/').next().unwrap_or_default();
        if authority.is_empty() {
            return refuse("it names no host");
        }
        if authority.contains('@') {
            return refuse("it holds a user name");
        }
        if rest.contains(['?', '#'])
            || rest.contains(|letter: char| letter.is_whitespace() || letter.is_control())
        {
            return refuse("it has a query, a fragment or white space");
        }
        match scheme {
            "https" => {}
            "http" if allow_http || is_loopback(authority) => {}
            "http" => {
                return refuse(
                    "plain http would send the access token in clear text; it is allowed to this machine, or with allow_http for a proxy in your own network",
                );
            }
            _ => return refuse("its scheme is neither https nor http"),
        }
        Ok(Self(url.trim_end_matches('/').to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether `authority`, a host with or without a port, is this machine.
pub(crate) fn is_loopback(authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::BaseUrl;

    #[test]
    fn https_anywhere_and_http_only_to_this_machine() {
        for url in [
            "https://api.weixin.qq.com",
            "https://proxy.intra/wechat/",
            "http://127.0.0.1:8080",
            "http://localhost",
            "http://[::1]:80/",
        ] {
            assert!(BaseUrl::parse(url, false).is_ok(), "{url}");
        }
        for url in [
            "http://api.weixin.qq.com",
            "http://127.0.0.1.example.com",
            "http://localhost.example.com:80",
            "ftp://api.weixin.qq.com",
            "api.weixin.qq.com",
            "https://",
            "https:///path",
            "https://user@h",
            "https://h?a=b",
            "https://h\r\nX: y",
        ] {
            assert!(BaseUrl::parse(url, false).is_err(), "{url}");
        }
    }

    #[test]
    fn http_elsewhere_takes_the_callers_word() {
        let base = BaseUrl::parse("http://proxy.intra:8080/wechat//", true).unwrap();
        assert_eq!(base.as_str(), "http://proxy.intra:8080/wechat");
    }
}
