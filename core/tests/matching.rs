//! Properties of matching, for any rules and any links.

use std::cmp::Reverse;

use jumpqr_core::check::{FindingCode, check_prefix, propose_prefix};
use jumpqr_core::matching::{
    Candidate, Neighbours, RuleSet, covers, launch_query, occupies, undocumented_equivalence,
};
use jumpqr_core::rule::RuleState;
use jumpqr_core::verification_file::location;
use jumpqr_core::{OpenVersion, OrdinaryLinkRule, PermitSubRule};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// Links that often match one another: few hosts, few letters, short paths and queries.
fn any_link() -> impl Strategy<Value = String> {
    let scheme = select(&["http", "https", "HTTP"][..]);
    let host = select(&["h.cn", "g.cn", "h.cn:80", "H.cn"][..]);
    let path = prop_oneof![Just(String::new()), "(/[ab食]{0,2}){1,4}"];
    let query = prop_oneof![2 => Just(String::new()), 3 => "\\?[a食=?/]{0,4}"];
    let fragment = prop_oneof![6 => Just(""), 1 => Just("#"), 1 => Just("#/a?b")];
    (scheme, host, path, query, fragment).prop_map(|(scheme, host, path, query, fragment)| {
        format!("{scheme}://{host}{path}{query}{fragment}")
    })
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), any_link(), "[htps:/?#@\\[\\]a食%]{0,16}"]
}

fn candidate((prefix, state): (String, Option<RuleState>)) -> Candidate {
    let mut candidate = Candidate::new(prefix);
    candidate.state = state;
    candidate
}

fn any_candidate() -> impl Strategy<Value = Candidate> {
    let prefix = prop_oneof![8 => any_link(), 1 => any_text()];
    (prefix, option::of(select(RuleState::ALL))).prop_map(candidate)
}

/// A link, and rules that often cover it: beginnings of the link.
fn rules_and_link() -> impl Strategy<Value = (Vec<Candidate>, String)> {
    any_link().prop_flat_map(|link| {
        let ends: Vec<usize> = link.char_indices().map(|(end, _)| end).collect();
        let text = link.clone();
        let above =
            select(ends).prop_map(move |end| text.get(..end).unwrap_or_default().to_owned());
        let above = (above, option::of(select(RuleState::ALL))).prop_map(candidate);
        let rule = prop_oneof![2 => above, 1 => any_candidate()];
        (vec(rule, 0..16), Just(link))
    })
}

/// A rule is more specific if its base is longer, then if its query is longer.
fn specificity(prefix: &str) -> (usize, usize) {
    let whole = prefix.split_once('#').map_or(prefix, |(whole, _)| whole);
    let (base, query) = whole.split_once('?').unwrap_or((whole, ""));
    (base.len(), query.len())
}

/// Looks for the most specific rule that covers `link`, rule by rule. Of equals, it prefers a
/// published one.
fn scan<'a>(rules: &'a [Candidate], link: &str, published_only: bool) -> Option<&'a Candidate> {
    rules
        .iter()
        .filter(|rule| covers(&rule.prefix, link).is_ok())
        .filter(|rule| rule.is_effective() || !published_only)
        .max_by_key(|rule| (specificity(&rule.prefix), rule.is_effective()))
}

/// The order of the nearest rules: the most bytes in common after the scheme, in which the domain
/// ends with a zero byte, then the same scheme, then http, https and the others, then alphabetical.
fn nearness(prefix: &str, link: &str) -> (Reverse<usize>, bool, usize, String) {
    let key = |text: &str| {
        let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
        let schemes = ["http", "https"];
        let scheme = schemes
            .iter()
            .position(|known| *known == scheme)
            .unwrap_or(2);
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (domain, rest) = rest.split_at(end);
        (scheme, format!("{}\0{rest}", domain.to_ascii_lowercase()))
    };
    let ((scheme, prefix), (scanned, link)) = (key(prefix), key(link));
    let common = prefix.bytes().zip(link.bytes()).take_while(|(a, b)| a == b);
    (Reverse(common.count()), scheme != scanned, scheme, prefix)
}

fn essence(rule: Option<&Candidate>) -> Option<((usize, usize), bool)> {
    rule.map(|rule| (specificity(&rule.prefix), rule.is_effective()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn the_index_finds_what_a_scan_finds(
        (rules, link) in prop_oneof![
            3 => rules_and_link(),
            1 => (vec(any_candidate(), 0..24), any_text()),
        ],
    ) {
        let set = RuleSet::new(rules.clone());
        let found = set.match_url(&link);
        let hit = scan(&rules, &link, false);
        prop_assert_eq!(essence(found.hit), essence(hit));
        let opens = hit.is_some_and(Candidate::is_effective);
        prop_assert_eq!(found.opens(), opens);
        let shadowed = hit.filter(|_| !opens).and_then(|_| scan(&rules, &link, true));
        prop_assert_eq!(essence(found.shadowed), essence(shadowed));
        for rule in found.hit.into_iter().chain(found.shadowed) {
            prop_assert_eq!(covers(&rule.prefix, &link), Ok(()));
        }
        for (rule, (explained, reason)) in rules.iter().zip(set.explain(&link)) {
            prop_assert_eq!(rule, explained);
            prop_assert_eq!(reason, covers(&rule.prefix, &link));
        }
    }

    #[test]
    fn a_link_that_a_rule_covers_is_hit(rules in vec(any_candidate(), 0..12), link in any_link()) {
        let mut rules = rules;
        rules.push(Candidate::new(&link));
        let found = RuleSet::new(rules);
        prop_assert!(found.match_url(&link).hit.is_some());
    }

    #[test]
    fn the_index_of_neighbours_finds_what_a_sort_finds(
        (rules, link) in prop_oneof![
            3 => rules_and_link(),
            1 => (vec(any_candidate(), 0..24), any_text()),
        ],
    ) {
        let neighbours = Neighbours::new(&rules);
        let found: Vec<_> = neighbours.nearest(&link).collect();
        let missed = rules.iter().filter_map(|rule| {
            Some((rule, covers(&rule.prefix, &link).err()?))
        });
        let mut missed: Vec<_> = missed.collect();
        missed.sort_by_key(|(rule, _)| nearness(&rule.prefix, &link));
        prop_assert_eq!(found, missed);
    }

    #[test]
    fn a_proposed_prefix_covers_the_link_and_passes_the_check((rules, link) in rules_and_link()) {
        let neighbours = Neighbours::new(&rules);
        let nearest = neighbours.nearest(&link).next();
        let nearest = nearest.map(|(rule, reason)| (rule.prefix.as_str(), reason));
        let proposed = propose_prefix(&link, nearest);
        if let Some(prefix) = proposed {
            prop_assert_eq!(covers(&prefix, &link), Ok(()));
            let report = check_prefix(&prefix);
            prop_assert!(report.violations.is_empty() && report.warnings.is_empty());
        }
    }

    #[test]
    fn no_text_makes_matching_panic(
        prefix in any_text(),
        link in any_text(),
        time in any::<u64>(),
    ) {
        let covered = covers(&prefix, &link).is_ok();
        if covered {
            prop_assert!(undocumented_equivalence(&prefix, &link));
        }
        if let Some(location) = location(&prefix, "FILE.txt") {
            prop_assert!(location.ends_with("/FILE.txt"));
        }
        prop_assert_eq!(occupies(&prefix, &link), link.starts_with(&prefix));
        let query = launch_query(&link, time);
        prop_assert!(query.is_ascii() && query.starts_with("q="));
        prop_assert_eq!(query.matches(['&', '=']).count(), 3);
    }

    #[test]
    fn a_rule_covers_itself_and_its_own_test_links(
        prefix in any_link(),
        more in "[a-z0-9=&食/]{0,8}",
    ) {
        let prefix = prefix.split('#').next().unwrap_or_default();
        let extended = if prefix.contains('?') {
            format!("{prefix}{more}")
        } else if prefix.ends_with('/') {
            format!("{prefix}{more}?{more}")
        } else {
            format!("{prefix}?{more}")
        };
        let links = [prefix.to_owned(), extended];
        for link in &links {
            prop_assert_eq!(covers(prefix, link), Ok(()), "{} {}", prefix, link);
        }
        let rule = OrdinaryLinkRule::new(
            prefix,
            "pages/a",
            OpenVersion::Trial,
            PermitSubRule::NotOccupied,
        );
        let report = rule.debug_url(links).check();
        prop_assert!(report.is_valid(), "{:?}", report);
        prop_assert!(
            !report.warnings.iter().any(|w| w.code == FindingCode::UndocumentedEquivalence)
        );
    }

    /// A rule never covers a link with another scheme, another host, or a path beside its own.
    #[test]
    fn a_link_that_differs_before_the_query_is_not_covered(rule in any_link(), link in any_link()) {
        let base = |text: &str| text.split(['?', '#']).next().unwrap_or_default().to_owned();
        if covers(&rule, &link).is_ok() {
            prop_assert!(base(&link).starts_with(&base(&rule)));
        }
    }
}
