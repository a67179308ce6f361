use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;

use super::cover::{Mismatch, covers};
use crate::link::Link;
use crate::rule::SERVICE_ACCOUNT_PREFIX;

/// Returns the prefix of a rule that would cover `link`; `None` if the text is not a link.
///
/// If a small change of the `nearest` rule's prefix covers the link, it is that prefix with the
/// change. Otherwise it is the link without its query if it has one, and the folder of the link if
/// it has none.
///
/// ```
/// use jumpqr_core::matching::{Mismatch, propose_prefix};
///
/// let link = "https://m.example.cn/table/7";
/// let nearest = Some(("https://m.example.cn/table", Mismatch::NoTrailingSlash));
/// assert_eq!(propose_prefix(link, nearest).unwrap(), "https://m.example.cn/table/");
/// ```
#[must_use]
pub fn propose_prefix(link: &str, nearest: Option<(&str, Mismatch)>) -> Option<String> {
    let cut = Link::cut_scanned(link)?;
    let changed = nearest.and_then(|(prefix, reason)| change(prefix, reason, &cut));
    if let Some(changed) = changed.filter(|prefix| covers(prefix, link).is_ok()) {
        return Some(changed);
    }
    let is_whole = cut.is_charging_pile() || link.starts_with(SERVICE_ACCOUNT_PREFIX);
    let end = match cut.path.rfind('/') {
        Some(slash) if cut.query.is_none() && !is_whole => cut.path.len() - slash - 1,
        _ => 0,
    };
    Some(cut.base.get(..cut.base.len() - end)?.to_owned())
}

/// Changes what keeps the rule `prefix` from covering a link.
fn change(prefix: &str, reason: Mismatch, link: &Link<'_>) -> Option<String> {
    let rule = Link::cut_scanned(prefix)?;
    match reason {
        Mismatch::SchemeDiffers => {
            let rest = prefix.get(rule.scheme.len()..)?;
            Some(format!("{}{rest}", link.scheme))
        }
        Mismatch::NoTrailingSlash => Some(format!("{}/", rule.base.trim_end_matches('/'))),
        Mismatch::QueryNotAPrefix => Some(rule.base.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::propose_prefix;
    use crate::matching::{Mismatch, covers};

    #[test]
    fn the_nearest_rule_is_changed_as_little_as_possible() {
        for (link, nearest, proposed) in [
            ("https://h.cn/t/7", "http://h.cn/t/", "https://h.cn/t/"),
            ("https://h.cn/t/7", "https://h.cn/t", "https://h.cn/t/"),
            (
                "https://h.cn/t/7?a=1",
                "https://h.cn/t?a=1",
                "https://h.cn/t/",
            ),
            ("https://h.cn/t?a=2", "https://h.cn/t?a=1", "https://h.cn/t"),
        ] {
            let reason = covers(nearest, link).unwrap_err();
            let found = propose_prefix(link, Some((nearest, reason)));
            assert_eq!(found.as_deref(), Some(proposed), "{nearest}");
        }
    }

    #[test]
    fn without_a_near_rule_the_part_that_differs_from_code_to_code_is_left_out() {
        for (link, proposed) in [
            ("https://h.cn/t/7", "https://h.cn/t/"),
            ("https://h.cn/t/", "https://h.cn/t/"),
            ("https://h.cn/t?id=7", "https://h.cn/t"),
            ("https://h.cn", "https://h.cn"),
            ("https://h.cn/7#a", "https://h.cn/"),
            (
                "http://weixin.qq.com/q/kZgfwMTm72W",
                "http://weixin.qq.com/q/kZgfwMTm72W",
            ),
            ("hlht://1.MA1/", "hlht://1.MA1/"),
        ] {
            assert_eq!(propose_prefix(link, None).as_deref(), Some(proposed));
            // A rule that no small change helps is no better than none.
            let far = Some(("http://g.cn/", Mismatch::SchemeDiffers));
            assert_eq!(propose_prefix(link, far).as_deref(), Some(proposed));
        }
        assert_eq!(propose_prefix("table 7", None), None);
    }
}
