//! Checks the test links, `debug_url`.

use alloc::format;
use alloc::string::{String, ToString};

use percent_encoding::utf8_percent_encode;

use super::everyday::is_everyday_rest;
use super::placeholder::find_placeholder;
use super::warning::Warning;
use super::{CheckReport, FindingCode, NON_ASCII, has_white_space};
use crate::link::Link;
use crate::matching::{covers_extension, rule_covers, undocumented_equivalence};

/// The number of test links that a rule may have. Source: the official page of addJumpQRCode.
pub const MAX_DEBUG_URLS: usize = 5;

/// Checks the test links. `rule` is the prefix, cut into its parts.
pub(super) fn check_test_links(
    report: &mut CheckReport,
    prefix: &str,
    rule: Option<&Link<'_>>,
    links: &[String],
) {
    if links.len() > MAX_DEBUG_URLS {
        report.add(
            "debug_url",
            FindingCode::TooMany,
            format!("has {} links; keep at most {MAX_DEBUG_URLS}", links.len()),
        );
    }
    let Some(rule) = rule else {
        return; // The check of the prefix has reported it.
    };
    for (index, link) in links.iter().enumerate() {
        // What is odd about the prefix is not reported again.
        let extension = link.strip_prefix(prefix);
        let rest = extension.unwrap_or_else(|| after_scheme(link));
        if extension.is_some_and(|rest| covers_extension(rule, rest) && is_everyday_rest(rest)) {
            continue;
        }
        let field = || format!("debug_url[{index}]");
        if let Err(mismatch) = rule_covers(rule, link) {
            let difference = mismatch.message();
            if undocumented_equivalence(prefix, link) {
                report.warn(field(), &Warning::UndocumentedEquivalence { difference });
            } else {
                let message = format!("is not covered by the prefix (85068): {difference}");
                report.add(field(), FindingCode::OutsideRule, message);
            }
        }
        for warning in warnings(link, rest) {
            report.warn(field(), &warning);
        }
    }
}

/// Returns what is odd about a link. `rest` is the part to look at.
fn warnings<'a>(link: &str, rest: &'a str) -> impl Iterator<Item = Warning<'a>> {
    let is_joined = is_joined(rest);
    let white_space = (!is_joined && has_white_space(rest)).then_some(Warning::WhiteSpace);
    let placeholder = find_placeholder(rest).map(|placeholder| Warning::PlaceholderInLink {
        text: placeholder.text,
    });
    let non_ascii = (!is_joined && !rest.is_ascii()).then(|| Warning::NonAsciiLink {
        encoded: utf8_percent_encode(link, NON_ASCII).to_string(),
    });
    [
        is_joined.then_some(Warning::JoinedLinks),
        white_space,
        placeholder,
        non_ascii,
    ]
    .into_iter()
    .flatten()
}

/// Whether another link begins after a comma or the like.
fn is_joined(text: &str) -> bool {
    text.match_indices("http").any(|(start, _)| {
        let (before, link) = text.split_at_checked(start).unwrap_or_default();
        let is_link = link.starts_with("http://") || link.starts_with("https://");
        is_link && before.ends_with(is_separator)
    })
}

/// Whether people write this character between two links.
fn is_separator(letter: char) -> bool {
    matches!(letter, ',' | ';' | '|' | '，' | '；' | '、') || letter.is_whitespace()
}

fn after_scheme(link: &str) -> &str {
    link.split_once("://").map_or(link, |(_, rest)| rest)
}
