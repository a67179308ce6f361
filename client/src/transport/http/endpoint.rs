//! The parts of a base URL.

use crate::base_url::split_port;

/// The parts of a base URL that was checked when the client was made. It has a scheme and a host,
/// and neither a query nor a slash at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Endpoint<'a> {
    pub(super) base_url: &'a str,
    /// Scheme, host and port, which a request and its connection must share.
    pub(super) origin: &'a str,
    pub(super) is_https: bool,
    /// Host and port.
    pub(super) authority: &'a str,
    /// What stands before the path of each request.
    pub(super) base_path: &'a str,
}

impl<'a> Endpoint<'a> {
    pub(super) fn new(base_url: &'a str) -> Self {
        let is_https = base_url.as_bytes().get(4) != Some(&b':');
        let scheme_length = if is_https { 8 } else { 7 };
        let rest = base_url.get(scheme_length..).unwrap_or_default();
        let authority_length = rest.find('/').unwrap_or(rest.len());
        let (origin, base_path) = base_url
            .split_at_checked(scheme_length + authority_length)
            .unwrap_or((base_url, ""));
        Self {
            base_url,
            origin,
            is_https,
            authority: origin.get(scheme_length..).unwrap_or_default(),
            base_path,
        }
    }

    /// Returns the host and the port.
    pub(super) fn host_and_port(&self) -> (&'a str, u16) {
        let (host, port) = split_port(self.authority);
        let default_port = if self.is_https { 443 } else { 80 };
        let port = port.and_then(|port| port.parse().ok());
        (host, port.unwrap_or(default_port))
    }

    /// Returns the header `Host`: without the port, if it is the default.
    pub(super) fn host_header(&self) -> &'a str {
        let default_port = if self.is_https { ":443" } else { ":80" };
        let without_port = self.authority.strip_suffix(default_port);
        without_port.unwrap_or(self.authority)
    }
}

#[cfg(test)]
mod tests {
    use super::Endpoint;

    #[test]
    fn a_base_url_is_split_into_its_parts() {
        for (base_url, origin, host_header, base_path) in [
            ("https://h", "https://h", "h", ""),
            ("https://h:443/a/b", "https://h:443", "h", "/a/b"),
            ("https://h:80", "https://h:80", "h:80", ""),
            ("HTTP://h:80/a", "HTTP://h:80", "h", "/a"),
            (
                "http://h:8080/https://x",
                "http://h:8080",
                "h:8080",
                "/https://x",
            ),
            ("https://[::1]", "https://[::1]", "[::1]", ""),
            ("https://[::443]:443", "https://[::443]:443", "[::443]", ""),
        ] {
            let endpoint = Endpoint::new(base_url);
            assert_eq!(endpoint.origin, origin);
            assert_eq!(endpoint.host_header(), host_header);
            assert_eq!(endpoint.base_path, base_path);
            let is_https = base_url.starts_with("https");
            assert_eq!(endpoint.is_https, is_https);
        }
    }
}
