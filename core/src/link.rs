//! Cuts a link into its parts and keeps every byte.
//!
//! WeChat compares links as text. What it does with case, ports or percent-encoding is documented
//! nowhere. A parser that normalises would change what is compared and what is sent, so this one
//! only finds the borders of the parts.

/// The parts of a link. Each is a slice of the whole text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Link<'a> {
    /// The text before `://`, e.g. `https`.
    pub(crate) scheme: &'a str,
    /// Host and port as written, e.g. `m.example.cn:8443`.
    pub(crate) authority: &'a str,
    /// The text from the first `/` to the query; empty if there is no path.
    pub(crate) path: &'a str,
    /// The text after the first `?`.
    pub(crate) query: Option<&'a str>,
    /// The text after the first `#`.
    pub(crate) fragment: Option<&'a str>,
    /// The text before the query or fragment: scheme, authority and path.
    pub(crate) base: &'a str,
}

/// Whether `text` is an http(s) URL that names a host.
///
/// ```
/// use jumpqr_core::matching::is_link;
///
/// assert!(is_link("https://m.example.cn/table/7"));
/// assert!(!is_link("m.example.cn/table/7"));
/// ```
#[must_use]
pub fn is_link(text: &str) -> bool {
    Link::cut_http(text).is_some()
}

impl<'a> Link<'a> {
    /// Cuts `text`. Returns `None` if it has no scheme or no authority.
    pub(crate) fn cut(text: &'a str) -> Option<Self> {
        let (before_fragment, fragment) = match text.split_once('#') {
            Some((before, fragment)) => (before, Some(fragment)),
            None => (text, None),
        };
        let (base, query) = match before_fragment.split_once('?') {
            Some((base, query)) => (base, Some(query)),
            None => (before_fragment, None),
        };
        // The scheme ends near the beginning. `str::find` would spend more time on preparing its
        // search than on the search itself.
        let end_of_scheme = base.as_bytes().windows(3).position(|at| at == b"://")?;
        let (scheme, rest) = base.split_at_checked(end_of_scheme)?;
        let rest = rest.strip_prefix("://")?;
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        (!scheme.is_empty() && !authority.is_empty()).then_some(Self {
            scheme,
            authority,
            path,
            query,
            fragment,
            base,
        })
    }

    /// Cuts `text` if its scheme is `http` or `https`, in any case.
    pub(crate) fn cut_http(text: &'a str) -> Option<Self> {
        Self::cut(text).filter(|link| {
            let schemes = ["http", "https"];
            schemes
                .iter()
                .any(|scheme| link.scheme.eq_ignore_ascii_case(scheme))
        })
    }

    /// Returns the host without user information and port.
    pub(crate) fn host(&self) -> &'a str {
        let host_port = self
            .authority
            .rsplit_once('@')
            .map_or(self.authority, |(_, host_port)| host_port);
        match host_port.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            _ => host_port,
        }
    }

    /// Returns the port as written, e.g. `8443`.
    pub(crate) fn port(&self) -> Option<&'a str> {
        match self.authority.rsplit_once(':') {
            Some((_, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
                Some(port).filter(|port| !port.is_empty())
            }
            _ => None,
        }
    }

    /// Returns the query; empty if there is no query.
    pub(crate) fn query_text(&self) -> &'a str {
        self.query.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::Link;

    #[test]
    fn borders_are_found_and_bytes_are_kept() {
        let link = Link::cut("HTTPS://M.example.cn:8443/a%20/b?x=1?y=/2#f?g").unwrap();
        assert_eq!(link.scheme, "HTTPS");
        assert_eq!(link.authority, "M.example.cn:8443");
        assert_eq!(link.host(), "M.example.cn");
        assert_eq!(link.port(), Some("8443"));
        assert_eq!(link.path, "/a%20/b");
        assert_eq!(link.query, Some("x=1?y=/2"));
        assert_eq!(link.fragment, Some("f?g"));
        assert_eq!(link.base, "HTTPS://M.example.cn:8443/a%20/b");
    }

    #[test]
    fn a_text_without_scheme_or_host_is_not_a_link() {
        for text in ["", "example.cn/a", "https:///a", "://h/a", "/a?b=https://h"] {
            assert_eq!(Link::cut(text), None, "{text}");
        }
    }

    #[test]
    fn ipv6_hosts_keep_their_colons() {
        let link = Link::cut("http://[::1]/a").unwrap();
        assert_eq!((link.host(), link.port()), ("[::1]", None));
        let link = Link::cut("http://u:p@[::1]:80/a").unwrap();
        assert_eq!((link.host(), link.port()), ("[::1]", Some("80")));
    }
}
