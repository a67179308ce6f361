//! Where requests go: https, or plain http to this machine, or to where the caller says.

use std::net::IpAddr;

use jumpqr_core::error::{Error, OwnCode, Result};

/// The domain of `api.weixin.qq.com` and of its hosts for regions and for disaster recovery.
const WECHAT_DOMAIN: &str = "weixin.qq.com";

/// A host to call, e.g. `https://api.weixin.qq.com`, without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BaseUrl(String);

impl BaseUrl {
    /// Takes the `url` that a setting has as it is, but for slashes at its end.
    pub(crate) fn parse(setting: &str, url: &str, allow_http: bool) -> Result<Self> {
        let refuse = |what: &str| {
            Err(Error::new(
                OwnCode::InvalidConfig,
                format!("{setting}: {what}; give https:// and a host"),
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
        // A port that is none would be left out by some libraries, and the secret sent to another server.
        if let Some((_, port)) = authority_port(authority) {
            if port.parse::<u16>().is_err() {
                return refuse("its port is not a number from 0 to 65535");
            }
        }
        match scheme.to_ascii_lowercase().as_str() {
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

    /// Host, port and path, unless the host is one of WeChat's own, which all issue the same tokens.
    pub(crate) fn elsewhere(&self) -> Option<&str> {
        let (_, rest) = self.0.split_once("://")?;
        let authority = rest.split('/').next()?;
        let host = authority_port(authority).map_or(authority, |(host, _)| host);
        let is_wechat = host
            .to_ascii_lowercase()
            .strip_suffix(WECHAT_DOMAIN)
            .is_some_and(|name| name.ends_with('.'));
        (!is_wechat).then_some(rest)
    }
}

/// Whether `authority`, a host with or without a port, is this machine.
pub(crate) fn is_loopback(authority: &str) -> bool {
    let host = authority_port(authority).map_or(authority, |(host, _)| host);
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// Host and port; the colons within the brackets of an IPv6 address are none before a port.
pub(crate) fn authority_port(authority: &str) -> Option<(&str, &str)> {
    authority
        .rsplit_once(':')
        .filter(|(_, port)| !port.ends_with(']'))
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
            "https://[::1]",
            "HTTP://127.0.0.1:8080",
        ] {
            assert!(BaseUrl::parse("base_url", url, false).is_ok(), "{url}");
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
            "http://127.0.0.1:99999",
            "https://h:",
            "https://h:80a",
            "https://h\r\nX: y",
        ] {
            assert!(BaseUrl::parse("base_url", url, false).is_err(), "{url}");
        }
    }

    #[test]
    fn http_elsewhere_takes_the_callers_word() {
        let base = BaseUrl::parse("base_url", "http://proxy.intra:8080/wechat//", true).unwrap();
        assert_eq!(base.as_str(), "http://proxy.intra:8080/wechat");
    }

    #[test]
    fn what_is_not_wechat_itself_is_told_apart() {
        let elsewhere = |url| {
            let base = BaseUrl::parse("base_url", url, false).unwrap();
            base.elsewhere().map(str::to_owned)
        };
        assert_eq!(elsewhere("https://api.weixin.qq.com"), None);
        assert_eq!(elsewhere("https://SH.api.weixin.qq.com:443/"), None);
        let host = |url| elsewhere(url).unwrap();
        assert_eq!(host("https://notweixin.qq.com"), "notweixin.qq.com");
        assert_eq!(host("http://127.0.0.1:8080/"), "127.0.0.1:8080");
        assert_eq!(
            host("https://proxy.cn/weixin.qq.com"),
            "proxy.cn/weixin.qq.com"
        );
    }
}
