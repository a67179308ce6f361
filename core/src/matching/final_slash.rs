use alloc::format;
use alloc::string::String;

use super::cover::{covers, undocumented_equivalence};
use crate::link::Link;

/// Returns `link` with a `/` at the end of its path, if the rule `prefix` covers that, but not
/// `link`.
///
/// ```
/// use jumpqr_core::matching::add_final_slash;
///
/// let link = "https://m.example.cn/table?id=7";
/// let added = add_final_slash("https://m.example.cn/table/", link);
/// assert_eq!(added.unwrap(), "https://m.example.cn/table/?id=7");
/// ```
#[must_use]
pub fn add_final_slash(prefix: &str, link: &str) -> Option<String> {
    let cut = Link::cut_scanned(link).filter(|link| !link.is_charging_pile())?;
    let rest = link.get(cut.base.len()..)?;
    let added = format!("{}/{rest}", cut.base);
    let is_covered = undocumented_equivalence(prefix, link);
    (!is_covered && covers(prefix, &added).is_ok()).then_some(added)
}

#[cfg(test)]
mod tests {
    use super::add_final_slash;

    #[test]
    fn a_final_slash_is_added_only_if_it_is_all_that_is_missing() {
        for (prefix, link, added) in [
            (
                "https://h.cn/食堂/",
                "https://h.cn/食堂",
                Some("https://h.cn/食堂/"),
            ),
            (
                "https://h.cn/t/",
                "https://h.cn/t?a=1",
                Some("https://h.cn/t/?a=1"),
            ),
            ("https://h.cn/t/", "https://h.cn/t/1", None),
            ("https://h.cn/t/", "https://h.cn/s", None),
            ("https://h.cn/t/", "http://h.cn/t", None),
            ("https://h.cn/", "https://h.cn", None),
            ("hlht://1.MA1/", "hlht://1.MA1", None),
        ] {
            assert_eq!(add_final_slash(prefix, link).as_deref(), added, "{link}");
        }
    }
}
