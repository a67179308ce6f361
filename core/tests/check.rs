//! Properties of the checks of a rule.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use jumpqr_core::check::{Finding, FindingCode, check_prefix};
use jumpqr_core::matching::covers;
use jumpqr_core::{OpenVersion, OrdinaryLinkRule, PermitSubRule, ServiceAccountRule};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// What people write into links.
const PARTS: [&str; 30] = [
    "/", "/", "?", "&", "=", "=", "#", ":", ".", ",", "a", "id", "{id}", "{", "}", "$", "*",
    "<id>", "[id]", "%s", "%7B", r"\d", "桌", " ", ";", "&amp;", "http://", "@", "A", "1",
];

const HOSTS: [&str; 10] = [
    "m.example.cn",
    "*.h.cn",
    "localhost",
    "M.cn",
    "10.0.0.1",
    "[::1]",
    "食.cn",
    "h.ink",
    "h:80",
    "weixin.qq.com/q",
];

fn text() -> impl Strategy<Value = String> {
    vec(select(&PARTS[..]), 0..9).prop_map(|parts| parts.concat())
}

fn link() -> impl Strategy<Value = String> {
    let start = (select(&["https", "http", "HTTP"][..]), select(&HOSTS[..]));
    (start, text()).prop_map(|((scheme, host), rest)| format!("{scheme}://{host}{rest}"))
}

/// Returns the prefix at the end of a message.
fn proposed(finding: &Finding) -> &str {
    let mut introductions = ["before it: ", "come last: "].into_iter();
    let found = introductions.find_map(|words| finding.message.split_once(words));
    found.unwrap().1
}

proptest! {
    #[test]
    fn each_finding_is_reported_once(
        prefix in link(), page in text(), links in vec(link(), 0..3),
    ) {
        let service = ServiceAccountRule::new(&prefix, "wx1", &page);
        let ordinary =
            OrdinaryLinkRule::new(prefix, page, OpenVersion::Trial, PermitSubRule::NotOccupied);
        for report in [ordinary.debug_url(links).check(), service.check()] {
            let findings = report.violations.iter().chain(&report.warnings);
            let once: BTreeSet<_> = findings
                .clone()
                .map(|finding| (&finding.field, finding.code.name()))
                .collect();
            prop_assert_eq!(findings.count(), once.len(), "{:?}", report);
        }
    }

    #[test]
    fn the_proposed_prefix_covers_the_links_that_were_meant_and_is_right(prefix in link()) {
        let report = check_prefix(&prefix);
        for code in [FindingCode::Placeholder, FindingCode::VariableNotLast] {
            let Some(finding) = report.warnings.iter().find(|finding| finding.code == code) else {
                continue;
            };
            let proposed = proposed(finding);
            prop_assert_eq!(covers(proposed, &prefix), Ok(()), "{}", proposed);
            prop_assert!(!proposed.ends_with('?'), "{}", proposed);
            let codes = check_prefix(proposed).warnings;
            prop_assert!(codes.iter().all(|again| again.code != code), "{}", proposed);
        }
    }
}
