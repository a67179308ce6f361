//! Splits an `errmsg` into its parts.

use alloc::borrow::Cow;
use alloc::vec::Vec;

/// The parts of an `errmsg`.
///
/// The request id is at the end, as `rid: ` and three groups of 8 hex digits. The separators before
/// it vary (`text rid: x`, `text, rid: x`, `limit rid:x`). Responses from before 2020 have
/// `hint: [..]` or `hints: [..]` instead. Other text may follow it, such as
/// `requestIP: 203.0.113.9`.
///
/// ```
/// use jumpqr_core::errcode::Errmsg;
///
/// let errmsg = Errmsg::parse("illegal prefix rid: 634bfc67-005fc671-503d9355");
/// assert_eq!(errmsg.text, "illegal prefix");
/// assert_eq!(errmsg.rid, Some("634bfc67-005fc671-503d9355"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errmsg<'a> {
    /// The text without rid and hint; often empty.
    pub text: Cow<'a, str>,
    /// The request id that WeChat's support asks for.
    pub rid: Option<&'a str>,
    /// The text between the brackets of `hint: [..]`.
    pub hint: Option<&'a str>,
}

impl<'a> Errmsg<'a> {
    /// Splits `errmsg`. If it has neither rid nor hint, all of it is text.
    #[must_use]
    pub fn parse(errmsg: &'a str) -> Self {
        let (text, rid) = match cut_rid(errmsg) {
            Some((text, rid)) => (text, Some(rid)),
            None => (errmsg, None),
        };
        let Some((before, hint, after)) = cut_hint(text) else {
            return Self {
                text: trim_separator(text).into(),
                rid,
                hint: None,
            };
        };
        let parts = [trim_separator(before), trim_separator(after)];
        let text = match parts {
            [text, ""] | ["", text] => text.into(),
            _ => parts.join(" ").into(),
        };
        Self {
            text,
            rid,
            hint: Some(hint),
        }
    }
}

/// Removes the separator before the next part.
fn trim_separator(text: &str) -> &str {
    text.trim().trim_end_matches([',', ' '])
}

fn cut_rid(errmsg: &str) -> Option<(&str, &str)> {
    let (text, rid) = errmsg.rsplit_once("rid:")?;
    let rid = rid.trim();
    is_rid(rid).then_some((text, rid))
}

/// Whether a text has the form of a request id: three groups of 8 hex digits.
pub(crate) fn is_rid(text: &str) -> bool {
    let groups = text
        .split('-')
        .filter(|group| group.len() == 8 && group.bytes().all(|byte| byte.is_ascii_hexdigit()));
    text.len() == 26 && groups.count() == 3
}

/// Returns the request ids in a text, each once: in an `errmsg`, a log, or the output of a command.
///
/// ```
/// use jumpqr_core::errcode::find_rids;
///
/// let text = "errcode 85066: illegal prefix rid: 634bfc67-005fc671-503d9355, see the log";
/// assert_eq!(find_rids(text), ["634bfc67-005fc671-503d9355"]);
/// ```
#[must_use]
pub fn find_rids(text: &str) -> Vec<&str> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    let mut rids = Vec::new();
    for word in text.split(|letter| !is_part(letter)) {
        if is_rid(word) && !rids.contains(&word) {
            rids.push(word);
        }
    }
    rids
}

/// Returns the text before the hint, the text in its brackets, and the text after it.
fn cut_hint(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("hint")?;
    let rest = rest.strip_prefix('s').unwrap_or(rest).strip_prefix(':')?;
    let rest = rest.trim_start().strip_prefix('[')?;
    let (hint, after) = rest.split_once(']')?;
    Some((before, hint.trim(), after))
}

#[cfg(test)]
mod tests {
    use super::{Errmsg, find_rids};

    #[test]
    fn request_ids_are_found_among_other_words_each_once() {
        const RID: &str = "634bfc67-005fc671-503D9355";
        const OTHER: &str = "6385a099-716a0cba-20058893";
        for (text, rids) in [
            (RID, &[RID][..]),
            ("illegal prefix rid: 634bfc67-005fc671-503D9355", &[RID]),
            ("limit rid:634bfc67-005fc671-503D9355", &[RID]),
            (r#"{"errmsg":" rid: 634bfc67-005fc671-503D9355"}"#, &[RID]),
            ("错误634bfc67-005fc671-503D9355。", &[RID]),
            (
                "634bfc67-005fc671-503D9355\n6385a099-716a0cba-20058893 634bfc67-005fc671-503D9355",
                &[RID, OTHER],
            ),
            ("", &[]),
            ("rid", &[]),
            ("634bfc67-005fc671-503d935", &[]),
            ("634bfc67-005fc671-503d9355-1", &[]),
            ("x634bfc67-005fc671-503d9355", &[]),
            ("634bfc67-005fc671-503d935g", &[]),
        ] {
            assert_eq!(find_rids(text), rids, "{text}");
        }
    }

    #[test]
    fn every_separator_before_the_rid_is_known() {
        for (errmsg, text) in [
            ("text rid: 5f87eb8a-6ee66b1b-75f60c88", "text"),
            ("text, rid: 5f87eb8a-6ee66b1b-75f60c88", "text"),
            (" rid: 5f87eb8a-6ee66b1b-75f60c88", ""),
            ("limit rid:5f87eb8a-6ee66b1b-75f60c88", "limit"),
        ] {
            let parsed = Errmsg::parse(errmsg);
            assert_eq!(parsed.text, text, "{errmsg}");
            assert_eq!(parsed.rid, Some("5f87eb8a-6ee66b1b-75f60c88"), "{errmsg}");
        }
    }

    #[test]
    fn a_hint_is_taken_out() {
        let parsed = Errmsg::parse("invalid credential, hint: [AbC1 2]");
        assert_eq!(parsed.text, "invalid credential");
        assert_eq!(parsed.hint, Some("AbC1 2"));
        let parsed = Errmsg::parse("retry next minute, hints: [ req_id: QKHmmA06884126 ]");
        assert_eq!(parsed.text, "retry next minute");
        assert_eq!(parsed.hint, Some("req_id: QKHmmA06884126"));
    }

    #[test]
    fn what_follows_a_hint_is_kept() {
        for (errmsg, text) in [
            (
                "access clientip is not registered hint: [x] requestIP: 203.0.113.9",
                "access clientip is not registered requestIP: 203.0.113.9",
            ),
            ("hint: [x] requestIP: 203.0.113.9", "requestIP: 203.0.113.9"),
            ("a, hint: [x] b rid: 5f87eb8a-6ee66b1b-75f60c88", "a b"),
        ] {
            let parsed = Errmsg::parse(errmsg);
            assert_eq!(parsed.text, text, "{errmsg}");
            assert_eq!(parsed.hint, Some("x"), "{errmsg}");
        }
    }

    #[test]
    fn what_only_resembles_a_hint_stays_text() {
        for errmsg in ["hint: none [x]", "hint: [x", "hint [x]"] {
            let parsed = Errmsg::parse(errmsg);
            assert_eq!((&*parsed.text, parsed.hint), (errmsg, None));
        }
    }

    #[test]
    fn what_only_resembles_a_rid_stays_text() {
        for errmsg in [
            "rid: none",
            "grid: 1-2-3",
            "rid: 5f87eb8a-6ee66b1b-75f60c8g",
        ] {
            let parsed = Errmsg::parse(errmsg);
            assert_eq!((&*parsed.text, parsed.rid), (errmsg, None));
        }
    }
}
