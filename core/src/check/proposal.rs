use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;

use super::prefix::{check_prefix, check_service_account_prefix};
use crate::link::Link;
use crate::matching::{Mismatch, covers};
use crate::rule::SERVICE_ACCOUNT_PREFIX;

/// Returns the prefix of a rule that would cover `link`. `None` if the text is not a link, or if
/// the check of a rule has a finding about every such prefix, as it has if the link names a port.
///
/// If a small change of the `nearest` rule's prefix covers the link, it is that prefix with the
/// change. Otherwise it is the link without its query if it has one, and the folder of the link if
/// it has none. If the check has a finding about that, it is the nearest folder above without one.
///
/// ```
/// use jumpqr_core::check::propose_prefix;
/// use jumpqr_core::matching::Mismatch;
///
/// let link = "https://m.example.cn/table/7";
/// let nearest = Some(("https://m.example.cn/table", Mismatch::NoTrailingSlash));
/// assert_eq!(propose_prefix(link, nearest).unwrap(), "https://m.example.cn/table/");
/// assert_eq!(propose_prefix("https://m.example.cn:443/table/7", nearest), None);
/// ```
#[must_use]
pub fn propose_prefix(link: &str, nearest: Option<(&str, Mismatch)>) -> Option<String> {
    let cut = Link::cut_scanned(link)?;
    let is_good = |prefix: &str| covers(prefix, link).is_ok() && has_no_finding(prefix);
    let changed = nearest.and_then(|(prefix, reason)| change(prefix, reason, &cut));
    if let Some(changed) = changed.filter(|prefix| is_good(prefix)) {
        return Some(changed);
    }
    let is_service_link = cut.authority == "weixin.qq.com" && cut.path.starts_with("/q/");
    if cut.is_charging_pile() || is_service_link {
        return is_good(cut.base).then(|| cut.base.to_owned());
    }
    let whole = cut.query.is_some().then_some(cut.base);
    let no_path = cut.path.is_empty().then_some(cut.base);
    let slashes = cut.path.rmatch_indices('/');
    let folders = slashes.filter_map(|(slash, _)| {
        let end = cut.base.len() - cut.path.len() + slash;
        cut.base.get(..=end)
    });
    whole
        .into_iter()
        .chain(no_path)
        .chain(folders)
        .find(|prefix| is_good(prefix))
        .map(ToOwned::to_owned)
}

/// Whether the check of a rule has nothing to say about the prefix. The codes of charging piles are
/// not checked: rules for them are made on the console.
fn has_no_finding(prefix: &str) -> bool {
    if Link::cut_scanned(prefix).is_some_and(|link| link.is_charging_pile()) {
        return true;
    }
    let report = if prefix.starts_with(SERVICE_ACCOUNT_PREFIX) {
        check_service_account_prefix(prefix)
    } else {
        check_prefix(prefix)
    };
    report.violations.is_empty() && report.warnings.is_empty()
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
            // The check warns of the raw characters and of the placeholder.
            ("https://h.cn/食堂/7", "https://h.cn/"),
            ("https://h.cn/t/{id}?a=1", "https://h.cn/t/"),
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

    #[test]
    fn a_prefix_that_the_check_warns_of_is_not_proposed() {
        for link in [
            "https://h.cn:443/a",
            "https://H.cn/a",
            "HTTPS://h.cn/a?b=1",
            "https://192.0.2.1/a",
            "https://h.ink/a",
            "https://weixin.qq.com/q/kZgfwMTm72W",
        ] {
            for nearest in ["https://h.cn/a", "http://h.cn/a", "https://h.cn/"] {
                let reason = covers(nearest, link).unwrap_err();
                assert_eq!(
                    propose_prefix(link, Some((nearest, reason))),
                    None,
                    "{link}"
                );
            }
            assert_eq!(propose_prefix(link, None), None, "{link}");
        }
    }
}
