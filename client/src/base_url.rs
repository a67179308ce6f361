//! The hosts that requests are sent to: over https, or over plain http to this machine. Plain http
//! to another machine must be allowed by the caller.

use std::net::IpAddr;

use jumpqr_core::check::{Finding, FindingCode};

/// The domain of `api.weixin.qq.com` and of its hosts for regions and for disaster recovery.
const WECHAT_DOMAIN: &str = "weixin.qq.com";

/// The longest base URL, in bytes. It fits into the head of a request, besides the longest
/// credential.
pub(crate) const LONGEST_BASE_URL: usize = 512;

/// A host to call, e.g. `https://api.weixin.qq.com`, without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BaseUrl(String);

impl BaseUrl {
    /// Checks the `url` of a setting. It is kept as it is, without slashes at its end.
    pub(crate) fn parse(setting: &str, url: &str, allow_http: bool) -> Result<Self, Finding> {
        let refuse = |reason: &str| {
            let message = format!("{reason}; give https:// and a host");
            Err(Finding::new(setting, FindingCode::NotHttpUrl, message))
        };
        if url.len() > LONGEST_BASE_URL {
            let message = format!("has {} bytes; give at most {LONGEST_BASE_URL}", url.len());
            return Err(Finding::new(setting, FindingCode::TooLarge, message));
        }
        let Some((scheme, rest)) = url.split_once("://") else {
            return refuse("is not a URL");
        };
        let authority = rest.split('/').next().unwrap_or_default();
        if authority.is_empty() {
            return refuse("names no host");
        }
        if authority.contains('@') {
            return refuse("holds a user name");
        }
        if rest.contains(['?', '#'])
            || rest.contains(|letter: char| letter.is_whitespace() || letter.is_control())
        {
            return refuse("has a query, a fragment or white space");
        }
        // Some libraries ignore an invalid port and use the default one: the secret would go to
        // another server.
        let (_, port) = split_port(authority);
        if port.is_some_and(|port| port.parse::<u16>().is_err()) {
            return refuse("has a port that is not a number from 0 to 65535");
        }
        match scheme.to_ascii_lowercase().as_str() {
            "https" => {}
            "http" if allow_http || is_loopback(authority) => {}
            "http" => {
                let message = "would send the access token in clear text; give https:// and a \
                               host, or allow plain http if it is a proxy in your own network";
                return Err(Finding::new(setting, FindingCode::NotHttps, message));
            }
            _ => return refuse("has a scheme that is neither https nor http"),
        }
        Ok(Self(url.trim_end_matches('/').to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns host, port and path if the host is not WeChat's own. WeChat's hosts all issue the
    /// same tokens. The tokens of another host are stored under another key.
    pub(crate) fn custom_host(&self) -> Option<&str> {
        let (_, rest) = self.0.split_once("://")?;
        let authority = rest.split('/').next()?;
        let (host, _) = split_port(authority);
        let is_wechat = host
            .to_ascii_lowercase()
            .strip_suffix(WECHAT_DOMAIN)
            .is_some_and(|name| name.ends_with('.'));
        (!is_wechat).then_some(rest)
    }
}

/// Returns whether `authority`, a host with or without a port, is this machine.
pub(crate) fn is_loopback(authority: &str) -> bool {
    let (host, _) = split_port(authority);
    let host = strip_brackets(host);
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// Splits host and port. Colons in the brackets of an IPv6 address do not begin a port.
pub(crate) fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

/// Returns the host without the brackets of an IPv6 address.
pub(crate) fn strip_brackets(host: &str) -> &str {
    host.strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::{BaseUrl, LONGEST_BASE_URL};

    #[test]
    fn https_is_allowed_anywhere_and_plain_http_to_this_machine() {
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
        let long = format!("https://h/{}", "p".repeat(LONGEST_BASE_URL));
        for url in [
            &long,
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
    fn plain_http_to_another_machine_must_be_allowed() {
        let base = BaseUrl::parse("base_url", "http://proxy.intra:8080/wechat//", true).unwrap();
        assert_eq!(base.as_str(), "http://proxy.intra:8080/wechat");
    }

    #[test]
    fn a_host_that_is_not_wechats_own_is_custom() {
        let custom_host = |url| {
            let base = BaseUrl::parse("base_url", url, false).unwrap();
            base.custom_host().map(str::to_owned)
        };
        assert_eq!(custom_host("https://api.weixin.qq.com"), None);
        assert_eq!(custom_host("https://SH.api.weixin.qq.com:443/"), None);
        let host = |url| custom_host(url).unwrap();
        assert_eq!(host("https://notweixin.qq.com"), "notweixin.qq.com");
        assert_eq!(host("http://127.0.0.1:8080/"), "127.0.0.1:8080");
        assert_eq!(
            host("https://proxy.cn/weixin.qq.com"),
            "proxy.cn/weixin.qq.com"
        );
    }
}
