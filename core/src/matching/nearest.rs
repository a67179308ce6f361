//! Finds the listed prefix that resembles a prefix that is not listed.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::text::edit_distance;

/// The largest edit distance between a prefix and one that was probably meant.
const MAX_EDITS: usize = 3;

/// The longest differing part that is compared, in characters. The cost grows with its square.
const MAX_DIFFERENCE: usize = 64;

/// Returns the listed prefix that most resembles `prefix`, if one resembles it at all.
///
/// Prefixes that differ only in surrounding spaces, a trailing `/`, the scheme, or the case of the
/// host come first. Then come prefixes that differ only in the query or fragment, then prefixes
/// with a small edit distance. Among equals, the smallest edit distance decides, then the order of
/// the list.
///
/// ```
/// use jumpqr_core::matching::nearest_prefix;
///
/// let listed = ["https://m.example.cn/s58/", "https://m.example.cn/table/"];
/// assert_eq!(nearest_prefix("http://m.example.cn/s58", listed), Some(listed[0]));
/// assert_eq!(nearest_prefix("https://other.example.cn/", listed), None);
/// ```
pub fn nearest_prefix<'a>(
    prefix: &str,
    listed: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let asked = Folded::new(prefix);
    listed
        .into_iter()
        .filter_map(|listed| Some((asked.difference(&Folded::new(listed))?, listed)))
        .min_by_key(|(difference, _)| *difference)
        .map(|(_, listed)| listed)
}

/// The difference between two prefixes. The first variant is the smallest difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Difference {
    /// Spaces, trailing `/`, scheme, case of the host: people leave these out or confuse them.
    Form(usize),
    /// The query or fragment.
    Query(usize),
    /// A few characters.
    Edits(usize),
}

/// A prefix without the parts that people leave out or confuse.
struct Folded<'a> {
    whole: &'a str,
    /// Host in lower case, and path without trailing `/`.
    base: String,
    /// Query and fragment, with `?` and `#`.
    rest: &'a str,
}

impl<'a> Folded<'a> {
    fn new(prefix: &'a str) -> Self {
        let whole = prefix.trim();
        let (base, rest) = whole.split_at(whole.find(['?', '#']).unwrap_or(whole.len()));
        let base = base.split_once("://").map_or(base, |(_, after)| after);
        let (host, path) = base.split_at(base.find('/').unwrap_or(base.len()));
        let base = format!(
            "{}{}",
            host.to_ascii_lowercase(),
            path.trim_end_matches('/')
        );
        Self { whole, base, rest }
    }

    fn difference(&self, other: &Folded<'_>) -> Option<Difference> {
        let edits = edits(self.whole, other.whole);
        if self.base == other.base {
            // If the edit distance is too expensive to compute, it counts as large.
            let edits = edits.unwrap_or(usize::MAX);
            return Some(if self.rest == other.rest {
                Difference::Form(edits)
            } else {
                Difference::Query(edits)
            });
        }
        let folded = format!("{}{}", self.base, self.rest);
        let other_folded = format!("{}{}", other.base, other.rest);
        let edits = self::edits(&folded, &other_folded)?;
        let most = (folded.chars().count() / 8).clamp(1, MAX_EDITS);
        (edits <= most).then_some(Difference::Edits(edits))
    }
}

/// Returns the edit distance; `None` if the differing part is too long to compare.
fn edits(a: &str, b: &str) -> Option<usize> {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let same = |pairs: &mut dyn Iterator<Item = (&char, &char)>| {
        pairs.take_while(|(one, other)| one == other).count()
    };
    let start = same(&mut a.iter().zip(&b));
    let (a, b) = (a.get(start..)?, b.get(start..)?);
    let end = same(&mut a.iter().rev().zip(b.iter().rev()));
    let (a, b) = (a.get(..a.len() - end)?, b.get(..b.len() - end)?);
    (a.len().max(b.len()) <= MAX_DIFFERENCE).then(|| edit_distance(a, b))
}

#[cfg(test)]
mod tests {
    use super::nearest_prefix;

    #[test]
    fn the_nearest_listed_prefix_is_returned() {
        let listed = [
            "https://m.example.cn/s58/",
            "https://m.example.cn/s5/",
            "https://m.example.cn/table?id=1",
            "http://weixin.qq.com/q/kZgfwMTm72W",
            "https://m.example.cn",
        ];
        for (prefix, nearest) in [
            // A trailing slash, a scheme, the case of the host, spaces.
            ("https://m.example.cn/s58", Some(listed[0])),
            ("http://m.example.cn/s58/", Some(listed[0])),
            ("m.example.cn/s58", Some(listed[0])),
            ("HTTPS://M.Example.CN/s58", Some(listed[0])),
            (" https://m.example.cn/s58/ ", Some(listed[0])),
            ("https://weixin.qq.com/q/kZgfwMTm72W", Some(listed[3])),
            ("https://m.example.cn/", Some(listed[4])),
            // A query.
            ("https://m.example.cn/s58/?t=1", Some(listed[0])),
            ("https://m.example.cn/table?id=12345678", Some(listed[2])),
            ("https://m.example.cn/table", Some(listed[2])),
            ("https://m.example.cn/s58/#top", Some(listed[0])),
            // A few characters.
            ("https://m.exmaple.cn/s58/", Some(listed[0])),
            ("https://m.example.cn/S58/", Some(listed[0])),
            ("http://weixin.qq.com/q/kZgfwMTm72w", Some(listed[3])),
            // Others.
            ("https://other.example.com/s58/", None),
            ("https://m.example.cn/parcel/", None),
            ("", None),
        ] {
            assert_eq!(nearest_prefix(prefix, listed), nearest, "{prefix}");
        }
    }

    #[test]
    fn of_two_equally_near_prefixes_the_first_is_returned() {
        let listed = ["https://h.cn/a1", "https://h.cn/a2"];
        assert_eq!(nearest_prefix("https://h.cn/a3", listed), Some(listed[0]));
        assert_eq!(nearest_prefix("https://h.cn/a3", []), None);
    }

    #[test]
    fn a_very_long_prefix_costs_little() {
        let long = format!("https://h.cn/{}", "a".repeat(1 << 20));
        let other = format!("https://h.cn/{}", "b".repeat(1 << 20));
        assert_eq!(nearest_prefix(&long, [other.as_str()]), None);
        let slash = format!("{long}/");
        assert_eq!(nearest_prefix(&long, [slash.as_str()]), Some(&*slash));
    }
}
