//! The target `matcher`: the index of rules, compared with a scan over all rules. The scan
//! implements the three sentences of the official page literally.

use std::collections::BTreeSet;
use std::ptr;

use jumpqr_core::check::propose_prefix;
use jumpqr_core::matching::{
    Candidate, Mismatch, Neighbours, RuleSet, covers, launch_query, occupies,
    undocumented_equivalence,
};
use jumpqr_core::rule::RuleState;
use jumpqr_core::verification_file::location;
use percent_encoding::percent_decode_str;

/// The input is text in lines. The first line is the scanned link. Each other line is a rule: one
/// character for its state (`1` not published, `2` published, else not known), and its prefix.
pub fn matcher(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    let mut lines = text.split('\n');
    let link = lines.next().unwrap_or_default();
    let rules: Vec<Candidate> = lines.map(parse_rule).collect();
    check_index(&rules, link);
    for rule in &rules {
        check_pair(&rule.prefix, link);
    }
    check_launch_query(link, u64::try_from(input.len()).unwrap_or_default());
}

fn parse_rule(line: &str) -> Candidate {
    let mut letters = line.chars();
    let state = match letters.next() {
        Some('1') => Some(RuleState::Unpublished),
        Some('2') => Some(RuleState::Published),
        _ => None,
    };
    let mut candidate = Candidate::new(letters.as_str());
    candidate.state = state;
    candidate
}

/// A link in the terms of the official page: the part before the query, and the query (empty if
/// there is none).
#[derive(PartialEq, Eq, Clone, Copy)]
struct Parts<'a> {
    base: &'a str,
    query: &'a str,
    /// Whether this is the code of a charging pile, all of which is the base.
    is_pile: bool,
}

impl<'a> Parts<'a> {
    /// Parses a link; `None` if it is neither an http(s) URL nor the code of a charging pile.
    fn parse(text: &'a str) -> Option<Self> {
        if let Some(code) = text.strip_prefix("hlht://") {
            return (!code.is_empty()).then_some(Self {
                base: text,
                query: "",
                is_pile: true,
            });
        }
        let whole = text.split('#').next()?;
        let (base, query) = whole.split_once('?').unwrap_or((whole, ""));
        let (scheme, rest) = base.split_once("://")?;
        let host = rest.split('/').next()?;
        let is_http = ["http", "https"].contains(&scheme.to_ascii_lowercase().as_str());
        (is_http && !host.is_empty()).then_some(Self {
            base,
            query,
            is_pile: false,
        })
    }

    /// Returns whether a rule with these parts covers the link. Either both have the same base, and
    /// the link's query begins with the rule's. Or the rule ends with `/`, and the link is below
    /// it.
    fn covers(self, link: Self) -> bool {
        let same = self.base == link.base && link.query.starts_with(self.query);
        let below = !self.is_pile && self.query.is_empty() && self.ends_with_slash();
        same || (below && link.base.starts_with(self.base))
    }

    /// Returns the rank of a covering rule: the longer base is more specific, then the longer
    /// query.
    fn specificity(self) -> (usize, usize) {
        (self.base.len(), self.query.len())
    }

    fn ends_with_slash(self) -> bool {
        self.base.ends_with('/')
    }
}

/// Finds the most specific rule that covers the link, with a scan. Of equal rules, an effective one
/// wins.
fn scan<'a>(rules: &'a [Candidate], link: &str, only_effective: bool) -> Option<Found<'a>> {
    let link = Parts::parse(link)?;
    let covering = rules.iter().filter_map(|rule| {
        let parts = Parts::parse(&rule.prefix)?;
        let counts = rule.is_effective() || !only_effective;
        (counts && parts.covers(link)).then_some(Found {
            parts,
            effective: rule.is_effective(),
        })
    });
    covering.max_by_key(|found| (found.parts.specificity(), found.effective))
}

/// The properties by which two hits are equal.
#[derive(PartialEq, Eq)]
struct Found<'a> {
    parts: Parts<'a>,
    effective: bool,
}

impl<'a> Found<'a> {
    fn from_rule(rule: Option<&'a Candidate>) -> Option<Self> {
        let rule = rule?;
        let parts = Parts::parse(&rule.prefix);
        let parts = parts.unwrap_or_else(|| panic!("the hit rule is not a link: {rule:?}"));
        Some(Self {
            parts,
            effective: rule.is_effective(),
        })
    }
}

fn check_index(rules: &[Candidate], link: &str) {
    let hit = scan(rules, link, false);
    let opens = hit.as_ref().is_some_and(|hit| hit.effective);
    let shadowed = if opens { None } else { scan(rules, link, true) };
    // The order of the rules makes no difference.
    for rules in [rules.to_vec(), rules.iter().rev().cloned().collect()] {
        let set = RuleSet::new(rules.clone());
        assert_eq!(set.rules(), rules);
        let found = set.match_url(link);
        assert!(
            Found::from_rule(found.hit) == hit,
            "{:?} of {rules:?} for {link:?}",
            found.hit
        );
        assert!(
            Found::from_rule(found.shadowed) == shadowed,
            "{:?} of {rules:?} for {link:?}",
            found.shadowed
        );
        assert_eq!(found.opens(), opens);
        check_neighbours(&set, link);
        let explained: Vec<_> = set.explain(link).collect();
        assert_eq!(explained.len(), rules.len());
        for (rule, (explained, reason)) in rules.iter().zip(explained) {
            assert_eq!(rule, explained);
            assert_eq!(reason, covers(&rule.prefix, link));
        }
    }
}

/// Checks that every rule that does not cover the link is found once, and that the proposed rule
/// covers it.
fn check_neighbours(set: &RuleSet, link: &str) {
    let neighbours = Neighbours::new(set.rules());
    let found: Vec<_> = neighbours.nearest(link).collect();
    for (rule, reason) in &found {
        assert_eq!(covers(&rule.prefix, link), Err(*reason));
    }
    let places: BTreeSet<_> = found.iter().map(|(rule, _)| ptr::from_ref(*rule)).collect();
    let missed = set.explain(link).filter(|(_, covered)| covered.is_err());
    assert_eq!(places.len(), found.len());
    assert_eq!(places.len(), missed.count());
    let nearest = found
        .first()
        .map(|(rule, reason)| (rule.prefix.as_str(), *reason));
    let proposed = propose_prefix(link, nearest);
    assert!(proposed.is_none() || Parts::parse(link).is_some());
    assert!(proposed.is_none_or(|prefix| covers(&prefix, link).is_ok()));
}

/// Checks one rule and one link: the reason is true, and the advice in its message helps.
fn check_pair(prefix: &str, link: &str) {
    let (rule, scanned) = (Parts::parse(prefix), Parts::parse(link));
    let reason = covers(prefix, link).err();
    let covered = rule
        .zip(scanned)
        .is_some_and(|(rule, link)| rule.covers(link));
    assert_eq!(reason.is_none(), covered, "{prefix:?} {link:?}: {reason:?}");
    let (Some(rule), Some(scanned)) = (rule, scanned) else {
        let expected = match rule {
            None => Mismatch::RuleNotALink,
            Some(_) => Mismatch::LinkNotALink,
        };
        return assert_eq!(reason, Some(expected), "{prefix:?} {link:?}");
    };
    if rule.is_pile || scanned.is_pile {
        let expected = match (rule.is_pile, scanned.is_pile) {
            (true, true) if prefix == link => None,
            (true, true) => Some(Mismatch::TextDiffers),
            _ => Some(Mismatch::SchemeDiffers),
        };
        return assert_eq!(reason, expected, "{prefix:?} {link:?}");
    }
    let scheme = |parts: Parts<'_>| parts.base.split("://").next().map(str::to_owned);
    let host = |parts: Parts<'_>| parts.base.split('/').nth(2).map(str::to_owned);
    let same_scheme = scheme(rule) == scheme(scanned);
    let same_host = host(rule) == host(scanned);
    let with_slash = format!("{}/", rule.base.trim_end_matches('/'));
    let would_be_below = Parts::parse(&with_slash).is_some_and(|folder| folder.covers(scanned));
    let holds = match reason {
        None => undocumented_equivalence(prefix, link),
        Some(Mismatch::SchemeDiffers) => !same_scheme,
        Some(Mismatch::DomainDiffers) => same_scheme && !same_host,
        Some(Mismatch::QueryNotAPrefix) => rule.base == scanned.base,
        Some(Mismatch::NoTrailingSlash) => same_host && would_be_below,
        Some(Mismatch::NotASubPath) => {
            let beside = !scanned.base.starts_with(rule.base);
            same_host && (beside || (!rule.ends_with_slash() && !would_be_below))
        }
        Some(_) => false,
    };
    assert!(holds, "{prefix:?} {link:?}: {reason:?}");

    assert_eq!(
        occupies(prefix, link),
        link.as_bytes().starts_with(prefix.as_bytes())
    );
    let Some(url) = location(prefix, "FILE.txt") else {
        panic!("no location for the file of {prefix:?}");
    };
    // The file must be in the folder of the prefix.
    let folder = url.strip_suffix("FILE.txt").unwrap_or_default();
    let base = rule.base;
    assert!(
        base.starts_with(folder) || format!("{base}/") == folder,
        "{url:?} for {prefix:?}"
    );
    assert!(!base.strip_prefix(folder).unwrap_or_default().contains('/'));
}

/// Checks that the launch query contains the link as it was scanned.
fn check_launch_query(link: &str, scancode_time: u64) {
    let query = launch_query(link, scancode_time);
    let fields: Vec<_> = query.split('&').collect();
    let [q, time] = fields.as_slice() else {
        panic!("{query:?} for {link:?}");
    };
    let decoded = q.strip_prefix("q=").map(percent_decode_str);
    let decoded: Vec<u8> = decoded.into_iter().flatten().collect();
    assert_eq!(decoded, link.as_bytes());
    assert_eq!(*time, format!("scancode_time={scancode_time}"));
}
