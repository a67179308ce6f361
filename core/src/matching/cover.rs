//! Compares one rule with one link.

use alloc::borrow::{Cow, ToOwned};
use alloc::format;
use alloc::string::String;

use percent_encoding::percent_decode_str;

use crate::link::{CHARGING_PILE, Link};
use crate::named;

named! {
    /// Why a rule does not cover a link: the reasons of the official table.
    #[non_exhaustive]
    pub enum Mismatch {
        /// The rule's prefix is neither an http(s) URL nor an hlht:// code.
        RuleNotALink = "rule_not_a_link" =>
            "the rule is neither an http(s) URL nor an hlht:// code; \
             a prefix begins with http:// or https:// and names a host",
        /// The scanned text is neither an http(s) URL nor an hlht:// code.
        LinkNotALink = "link_not_a_link" =>
            "the scanned text is neither an http(s) URL nor an hlht:// code; \
             a link begins with http:// or https:// and names a host",
        /// One is http, the other https.
        SchemeDiffers = "scheme_differs" =>
            "the schemes differ; http and https need a rule each",
        /// The domains are not the same.
        DomainDiffers = "domain_differs" =>
            "the domains differ; each domain, subdomains included, needs a rule of its own",
        /// The codes of two charging piles differ.
        TextDiffers = "text_differs" =>
            "the texts differ; an hlht:// code is compared as a whole, so each code needs a rule \
             of its own",
        /// The link's path is neither the rule's path nor below it.
        NotASubPath = "not_a_sub_path" =>
            "the link's path is neither the rule's path nor below it; \
             a rule covers whole path segments only",
        /// The link's path is below the rule's path, but the rule does not end with `/`.
        NoTrailingSlash = "no_trailing_slash" =>
            "the link is below the rule's path, but the rule does not end with `/`; \
             to cover sub-paths, let it end with `/`, without a query",
        /// The link's query does not begin with the rule's query.
        QueryNotAPrefix = "query_not_a_prefix" =>
            "the link's query does not begin with the rule's query; \
             the order of the fields matters",
    }

    /// Returns what happened and what to do.
    pub message -> &'static str
}

/// Checks whether the rule `prefix` covers `link`. The error says why it does not.
///
/// ```
/// use jumpqr_core::matching::{Mismatch, covers};
///
/// assert_eq!(covers("https://www.qq.com/a/", "https://www.qq.com/a/b?c=1"), Ok(()));
/// assert_eq!(
///     covers("https://www.qq.com/a/b", "https://www.qq.com/a/b/123"),
///     Err(Mismatch::NoTrailingSlash)
/// );
/// ```
pub fn covers(prefix: &str, link: &str) -> Result<(), Mismatch> {
    let rule = Link::cut_scanned(prefix).ok_or(Mismatch::RuleNotALink)?;
    rule_covers(&rule, link)
}

/// Checks whether `rule` covers `link`, as [`covers`] does. A rule that is compared with several
/// links is cut only once.
pub(crate) fn rule_covers(rule: &Link<'_>, link: &str) -> Result<(), Mismatch> {
    let link = Link::cut_scanned(link).ok_or(Mismatch::LinkNotALink)?;
    if rule.scheme != link.scheme {
        return Err(Mismatch::SchemeDiffers);
    }
    if rule.authority != link.authority {
        return Err(if rule.is_charging_pile() {
            Mismatch::TextDiffers
        } else {
            Mismatch::DomainDiffers
        });
    }
    let below = link.path.strip_prefix(rule.path);
    let below = below.ok_or(Mismatch::NotASubPath)?;
    // A rule with a query ends with the query, so it covers its own path only.
    let covers_below = rule.path.ends_with('/') && rule.query_text().is_empty();
    if !below.is_empty() && !covers_below {
        return Err(if below.starts_with('/') || rule.path.ends_with('/') {
            Mismatch::NoTrailingSlash
        } else {
            Mismatch::NotASubPath
        });
    }
    if !link.query_text().starts_with(rule.query_text()) {
        return Err(Mismatch::QueryNotAPrefix);
    }
    Ok(())
}

/// Whether it can be seen at once that `rule` covers its own prefix followed by `rest`. If not,
/// [`rule_covers`] decides.
pub(crate) fn covers_extension(rule: &Link<'_>, rest: &str) -> bool {
    if rule.fragment.is_some() {
        return false;
    }
    let ends_path = rest.is_empty() || rest.starts_with(['?', '#']);
    rule.query.is_some() || rule.path.ends_with('/') || ends_path
}

/// Whether the rule `prefix` with `permit_sub_rule` 2 keeps other accounts from adding the rule
/// `other`. It does if `other` begins with `prefix`, as text.
///
/// ```
/// use jumpqr_core::matching::occupies;
///
/// assert!(occupies("https://wx.qq.com/mp?id=123", "https://wx.qq.com/mp?id=1234"));
/// ```
#[must_use]
pub fn occupies(prefix: &str, other: &str) -> bool {
    other.starts_with(prefix)
}

/// Whether `prefix` would cover `link` if WeChat ignored some differences that no page mentions:
/// the case of scheme and host, a default port, `http://host` and `http://host/`, percent-encoded
/// and raw characters. The same is true of more text after an `hlht://` code that ends with `/`.
///
/// If this is true and [`covers`] fails, only WeChat knows the result.
#[must_use]
pub fn undocumented_equivalence(prefix: &str, link: &str) -> bool {
    let is_charging_pile = prefix.starts_with(CHARGING_PILE);
    covers(prefix, link).is_ok()
        || covers(&fold(prefix), &fold(link)).is_ok()
        || is_charging_pile && prefix.ends_with('/') && link.starts_with(prefix)
}

/// Removes the differences that [`undocumented_equivalence`] ignores.
fn fold(text: &str) -> Cow<'_, str> {
    let Some(link) = Link::cut(text) else {
        return Cow::Borrowed(text);
    };
    let scheme = link.scheme.to_ascii_lowercase();
    let mut authority = link.authority.to_ascii_lowercase();
    let default_port = if scheme == "http" { ":80" } else { ":443" };
    if let Some(without_port) = authority.strip_suffix(default_port) {
        authority.truncate(without_port.len());
    }
    let path = if link.path.is_empty() { "/" } else { link.path };
    let decoded_path = decode(path);
    let query = link.query_text();
    let decoded_query = decode(query);
    let mark = if query.is_empty() { "" } else { "?" };
    Cow::Owned(format!(
        "{scheme}://{authority}{decoded_path}{mark}{decoded_query}"
    ))
}

/// Decodes `text`, except for the characters that would move the borders of a link's parts: `/`,
/// `?` and `#`.
fn decode(text: &str) -> String {
    let mut pieces = text.split('%');
    let mut kept = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let code = piece.get(..2).unwrap_or_default();
        let is_border = ["2F", "3F", "23"]
            .iter()
            .any(|border| code.eq_ignore_ascii_case(border));
        kept.push_str(if is_border { "%25" } else { "%" });
        kept.push_str(piece);
    }
    // Each byte becomes one character, because a prefix may end in the middle of a character.
    percent_decode_str(&kept).map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{covers, covers_extension, undocumented_equivalence};
    use crate::link::Link;

    #[test]
    fn differences_that_no_page_mentions_are_ignored() {
        for (prefix, link) in [
            ("https://h.cn/a", "HTTPS://H.CN/a"),
            ("https://h.cn/a", "https://h.cn:443/a"),
            ("http://h.cn", "http://h.cn/"),
            ("https://h.cn/%61/", "https://h.cn/a/b"),
            ("https://h.cn/a?n=%E4%B8%AD", "https://h.cn/a?n=中&m=1"),
            ("https://H.cn/a?n=%E4%B8", "https://h.cn/a?n=%E4%B8%AD"),
            ("https://h.cn/a?%%", "https://h.cn/a?%%cF"),
            ("hlht://1.MA1/", "hlht://1.MA1/0173"),
        ] {
            assert!(undocumented_equivalence(prefix, link), "{prefix} {link}");
        }
    }

    #[test]
    fn an_encoded_border_is_not_a_border() {
        for (prefix, link) in [
            ("https://h.cn/a", "https://h.cn/a%3Fb"),
            ("https://h.cn/a/", "https://h.cn/a%2fb"),
            ("https://h.cn/a", "https://h.cn/a%23b"),
            ("hlht://1.MA1/", "hlht://2.MA1/"),
        ] {
            assert!(!undocumented_equivalence(prefix, link), "{prefix} {link}");
        }
    }

    proptest! {
        #[test]
        fn an_extension_that_is_covered_at_once_is_covered(
            prefix in "https://h(\\.cn)?[a/?#&=]{0,5}", rest in "[a/?#&=.@:]{0,5}"
        ) {
            let rule = Link::cut_http(&prefix).unwrap();
            if covers_extension(&rule, &rest) {
                prop_assert_eq!(covers(&prefix, &format!("{prefix}{rest}")), Ok(()));
            }
        }
    }
}
