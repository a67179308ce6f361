//! Finds the rules that come nearest to a link that they do not cover.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::iter;
use core::mem::take;

use super::Candidate;
use super::cover::{Mismatch, covers};

/// An index that finds the rules nearest to a link, without looking at the others.
///
/// The nearest rule is the one that has the most bytes in common with the beginning of the link.
/// The scheme does not count, and neither does the case of the domain. Among equally near rules,
/// those with the link's scheme come first, then the order is alphabetical.
///
/// ```
/// use jumpqr_core::matching::{Candidate, Mismatch, Neighbours, RuleSet};
///
/// let prefixes = ["https://a.cn/", "https://www.qq.com/b", "https://www.qq.com/a/b?id=1"];
/// let rules = RuleSet::new(prefixes.map(Candidate::new));
/// let neighbours = Neighbours::new(rules.rules());
/// let (nearest, reason) = neighbours.nearest("https://www.qq.com/a/b?id=2").next().unwrap();
/// assert_eq!(nearest.prefix, "https://www.qq.com/a/b?id=1");
/// assert_eq!(reason, Mismatch::QueryNotAPrefix);
/// ```
#[derive(Debug, Clone)]
pub struct Neighbours<'r> {
    /// The rules of each scheme: http, https, any other.
    by_scheme: [Vec<Keyed<'r>>; 3],
}

/// A rule, and the text that is compared.
#[derive(Debug, Clone)]
struct Keyed<'r> {
    key: String,
    rule: &'r Candidate,
}

impl<'r> Neighbours<'r> {
    /// Indexes `rules`.
    #[must_use]
    pub fn new(rules: &'r [Candidate]) -> Self {
        let mut by_scheme = [const { Vec::new() }; 3];
        for rule in rules {
            let (scheme, key) = place(&rule.prefix);
            if let Some(keyed) = by_scheme.get_mut(scheme) {
                keyed.push(Keyed { key, rule });
            }
        }
        for keyed in &mut by_scheme {
            // The sort is stable: equal keys keep the order in which the rules were given.
            keyed.sort_by(|one, other| one.key.cmp(&other.key));
        }
        Self { by_scheme }
    }

    /// Returns the rules that do not cover `link`, each with the reason, the nearest first.
    pub fn nearest<'s>(
        &'s self,
        link: &'s str,
    ) -> impl Iterator<Item = (&'r Candidate, Mismatch)> + use<'s, 'r> {
        let (scheme, key) = place(link);
        let same = self.by_scheme.get(scheme);
        let others = self.by_scheme.iter().enumerate();
        let others = others.filter_map(move |(other, keyed)| (other != scheme).then_some(keyed));
        let mut remaining: Vec<_> = same
            .into_iter()
            .chain(others)
            .map(|keyed| Remaining::around(&key, keyed))
            .collect();
        let groups = iter::from_fn(move || {
            let nearest = remaining.iter().filter_map(|rules| rules.likeness(&key));
            let likeness = nearest.max()?;
            let mut group = Vec::new();
            for rules in &mut remaining {
                group.extend(rules.take(&key, likeness));
            }
            Some(group)
        });
        groups
            .flatten()
            .flatten()
            .filter_map(move |keyed| Some((keyed.rule, covers(&keyed.rule.prefix, link).err()?)))
    }
}

/// The rules of one scheme that were not returned yet: those before the link, in the order of the
/// keys, and those after it. In both, the rule next to the link is most like it.
struct Remaining<'s, 'r> {
    before: &'s [Keyed<'r>],
    after: &'s [Keyed<'r>],
}

impl<'s, 'r> Remaining<'s, 'r> {
    fn around(key: &str, keyed: &'s [Keyed<'r>]) -> Self {
        let (before, after) = split_where(keyed, |rule| rule.key.as_str() < key);
        Self { before, after }
    }

    /// Returns how many bytes the rule that is most like the link has in common with it.
    fn likeness(&self, key: &str) -> Option<usize> {
        let next = [self.before.last(), self.after.first()];
        let next = next.into_iter().flatten();
        next.map(|rule| count_common(&rule.key, key)).max()
    }

    /// Removes the rules that have at least `likeness` bytes in common with the link.
    fn take(&mut self, key: &str, likeness: usize) -> [&'s [Keyed<'r>]; 2] {
        let common = key.as_bytes().get(..likeness).unwrap_or_default();
        let before;
        (self.before, before) = split_where(self.before, |rule| rule.key.as_bytes() < common);
        let is_alike = |rule: &Keyed<'_>| rule.key.as_bytes().starts_with(common);
        let after = take(&mut self.after);
        let (taken, rest) = split_where(after, is_alike);
        self.after = rest;
        [before, taken]
    }
}

/// Splits `keyed` behind its rules at the beginning for which `is_first` is true.
fn split_where<'s, 'r>(
    keyed: &'s [Keyed<'r>],
    is_first: impl Fn(&Keyed<'r>) -> bool,
) -> (&'s [Keyed<'r>], &'s [Keyed<'r>]) {
    keyed.split_at(keyed.partition_point(is_first))
}

fn count_common(one: &str, other: &str) -> usize {
    let pairs = iter::zip(one.bytes(), other.bytes());
    pairs.take_while(|(one, other)| one == other).count()
}

/// Returns the list that a rule or link with this text belongs to, and its key. A zero byte ends
/// the domain, so that the same domain is nearer than one that only begins like it.
fn place(text: &str) -> (usize, String) {
    let (scheme, rest) = match text.split_once("://") {
        Some(("http", rest)) => (0, rest),
        Some(("https", rest)) => (1, rest),
        Some((_, rest)) => (2, rest),
        None => (2, text),
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (domain, rest) = rest.split_at(end);
    (scheme, format!("{}\0{rest}", domain.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::Neighbours;
    use crate::matching::{Candidate, Mismatch};

    fn nearest(prefixes: &[&str], link: &str) -> Vec<(String, Mismatch)> {
        let rules: Vec<_> = prefixes.iter().copied().map(Candidate::new).collect();
        let neighbours = Neighbours::new(&rules);
        let found = neighbours.nearest(link);
        found
            .map(|(rule, reason)| (rule.prefix.clone(), reason))
            .collect()
    }

    #[test]
    fn the_rule_with_the_most_in_common_comes_first() {
        let link = "https://m.example.cn/table/7?seat=2";
        let prefixes = [
            "not a link",
            "https://s.example.cn/a/",
            "https://m.example.cn.example.com/table/7?seat=2",
            "https://m.example.cn/shop/",
            "https://M.example.cn/tables/",
            "https://m.example.cn/table/7?seat=3",
            "https://m.example.cn/table/",
        ];
        let found = nearest(&prefixes, link);
        let expected = [
            (
                "https://m.example.cn/table/7?seat=3",
                Mismatch::QueryNotAPrefix,
            ),
            ("https://M.example.cn/tables/", Mismatch::DomainDiffers),
            ("https://m.example.cn/shop/", Mismatch::NotASubPath),
            (
                "https://m.example.cn.example.com/table/7?seat=2",
                Mismatch::DomainDiffers,
            ),
            ("https://s.example.cn/a/", Mismatch::DomainDiffers),
            ("not a link", Mismatch::RuleNotALink),
        ];
        let expected = expected.map(|(prefix, reason)| (prefix.to_owned(), reason));
        assert_eq!(found, expected);
    }

    #[test]
    fn of_equally_near_rules_those_with_the_same_scheme_come_first() {
        let prefixes = [
            "http://h.cn/aa",
            "https://h.cn/ab",
            "hlht://h.cn/",
            "https://h.cn/aa",
        ];
        let found = nearest(&prefixes, "https://h.cn/ac");
        let order: Vec<_> = found.iter().map(|(prefix, _)| prefix.as_str()).collect();
        let expected = [
            "https://h.cn/aa",
            "https://h.cn/ab",
            "http://h.cn/aa",
            "hlht://h.cn/",
        ];
        assert_eq!(order, expected);
    }
}
