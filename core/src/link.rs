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

/// Whether WeChat compares the scanned `text` with rules: it is an http(s) URL that names a host, or
/// an `hlht://` code of a charging pile.
///
/// ```
/// use jumpqr_core::matching::is_link;
///
/// assert!(is_link("https://m.example.cn/table/7"));
/// assert!(is_link("hlht://110000000000000001.MA0000000/"));
/// assert!(!is_link("m.example.cn/table/7"));
/// ```
#[must_use]
pub fn is_link(text: &str) -> bool {
    Link::cut_scanned(text).is_some()
}

/// The beginning of the codes of charging piles: `hlht://` (互联互通), the id of the connector, `.`,
/// the id of the operator, `/`.
pub(crate) const CHARGING_PILE: &str = "hlht://";

impl<'a> Link<'a> {
    /// Cuts `text`. Returns `None` if it has no scheme or no authority.
    pub(crate) fn cut(text: &'a str) -> Option<Self> {
        let end_of_scheme = text.as_bytes().windows(3).position(|at| at == b"://")?;
        let (scheme, rest) = text.split_at_checked(end_of_scheme)?;
        let rest = rest.strip_prefix("://")?;
        let (authority, rest) = split_before(rest, |byte| matches!(byte, b'/' | b'?' | b'#'));
        let (path, rest) = split_before(rest, |byte| matches!(byte, b'?' | b'#'));
        let base = text.get(..text.len() - rest.len())?;
        let (query, rest) = match rest.strip_prefix('?') {
            Some(rest) => {
                let (query, rest) = split_before(rest, |byte| byte == b'#');
                (Some(query), rest)
            }
            None => (None, rest),
        };
        let fragment = rest.strip_prefix('#');
        let is_scheme =
            !scheme.is_empty() && !scheme.bytes().any(|byte| matches!(byte, b'?' | b'#'));
        (is_scheme && !authority.is_empty()).then_some(Self {
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
        let link = Self::cut(text)?;
        let scheme = link.scheme;
        let is_http = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
        is_http.then_some(link)
    }

    /// Cuts a text that WeChat compares with rules: an http(s) URL, or the code of a charging pile.
    /// Such a code is compared as a whole, so all of it is the authority.
    pub(crate) fn cut_scanned(text: &'a str) -> Option<Self> {
        let Some(code) = text.strip_prefix(CHARGING_PILE) else {
            return Self::cut_http(text);
        };
        (!code.is_empty()).then_some(Self {
            scheme: "hlht",
            authority: code,
            path: "",
            query: None,
            fragment: None,
            base: text,
        })
    }

    /// Whether this is the code of a charging pile.
    pub(crate) fn is_charging_pile(&self) -> bool {
        self.scheme == "hlht"
    }

    /// Returns the host without user information and port.
    pub(crate) fn host(&self) -> &'a str {
        self.host_and_port().0
    }

    /// Returns the host without user information, and the port as written, e.g. `8443`.
    pub(crate) fn host_and_port(&self) -> (&'a str, Option<&'a str>) {
        let host_port = match split_at_last(self.authority, b'@') {
            Some((_, host_port)) => host_port,
            None => self.authority,
        };
        match split_at_last(host_port, b':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
                (host, Some(port).filter(|port| !port.is_empty()))
            }
            _ => (host_port, None),
        }
    }

    /// Returns the query; empty if there is no query.
    pub(crate) fn query_text(&self) -> &'a str {
        self.query.unwrap_or_default()
    }
}

// The parts of a link are short. The searches of `str` would spend more time on preparing than on
// searching, so these compare byte by byte.

/// Splits `text` before its first ASCII byte for which `is_mark` is true. Without such a byte, the
/// second part is empty.
fn split_before(text: &str, is_mark: impl Fn(u8) -> bool) -> (&str, &str) {
    let end = text.bytes().position(is_mark).unwrap_or(text.len());
    text.split_at(end)
}

/// Splits `text` at its last ASCII byte `mark`, which is in neither part.
fn split_at_last(text: &str, mark: u8) -> Option<(&str, &str)> {
    let end = text.bytes().rposition(|byte| byte == mark)?;
    Some((text.get(..end)?, text.get(end + 1..)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Link;

    #[test]
    fn borders_are_found_and_bytes_are_kept() {
        let link = Link::cut("HTTPS://M.example.cn:8443/a%20/b?x=1?y=/2#f?g").unwrap();
        assert_eq!(link.scheme, "HTTPS");
        assert_eq!(link.authority, "M.example.cn:8443");
        assert_eq!(link.host_and_port(), ("M.example.cn", Some("8443")));
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
        assert_eq!(link.host_and_port(), ("[::1]", None));
        let link = Link::cut("http://u:p@[::1]:80/a").unwrap();
        assert_eq!(link.host_and_port(), ("[::1]", Some("80")));
    }

    /// Cuts `text` in the words of the documentation of [`Link`].
    fn cut_by_definition(text: &str) -> Option<Link<'_>> {
        let (before_fragment, fragment) = match text.split_once('#') {
            Some((before, fragment)) => (before, Some(fragment)),
            None => (text, None),
        };
        let (base, query) = match before_fragment.split_once('?') {
            Some((base, query)) => (base, Some(query)),
            None => (before_fragment, None),
        };
        let (scheme, rest) = base.split_once("://")?;
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        (!scheme.is_empty() && !authority.is_empty()).then_some(Link {
            scheme,
            authority,
            path,
            query,
            fragment,
            base,
        })
    }

    proptest! {
        #[test]
        fn every_text_is_cut_by_definition(text in "(a|中|https?)?(://)?[a中:/?#@.8]{0,12}") {
            let link = Link::cut(&text);
            prop_assert_eq!(link, cut_by_definition(&text));
            if let Some(link) = link {
                let host_port = link.authority.split('@').next_back().unwrap_or_default();
                let (host, port) = link.host_and_port();
                let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
                prop_assert_eq!((host, port), match host_port.rsplit_once(':') {
                    Some((host, "")) => (host, None),
                    Some((host, port)) if is_port(port) => (host, Some(port)),
                    _ => (host_port, None),
                });
            }
        }
    }
}
