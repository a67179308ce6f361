//! Checks the page of the Mini Program, `path`.

use super::everyday::is_everyday_page;
use super::warning::Warning;
use super::{CheckReport, FindingCode, has_white_space};

const FIELD: &str = "path";

/// The suffixes of a page's files, and the one that the page has in links of official accounts.
const SUFFIXES: [&str; 4] = [".html", ".wxml", ".vue", ".js"];

pub(super) fn check_page(report: &mut CheckReport, page: &str) {
    if page.trim_start().is_empty() {
        report.add(
            FIELD,
            FindingCode::Empty,
            "is empty; give the Mini Program page to open, e.g. pages/index/index",
        );
    } else if page.starts_with('/') || !is_everyday_page(page) {
        warn_of_page(report, page);
    }
}

fn warn_of_page(report: &mut CheckReport, page: &str) {
    if has_white_space(page) {
        report.warn(FIELD, &Warning::StrayWhiteSpace);
    }
    if page.starts_with('#') || page.contains("://") || page.contains('\\') {
        report.warn(FIELD, &Warning::NotAPage);
        return;
    }
    let (before_query, query) = match page.split_once(['?', '#']) {
        Some((before, query)) => (before, Some(query)),
        None => (page, None),
    };
    let suffix = SUFFIXES
        .into_iter()
        .find(|suffix| before_query.ends_with(suffix));
    let stem = suffix.and_then(|suffix| before_query.strip_suffix(suffix));
    let has_slash = page.starts_with('/');
    let page = stem.unwrap_or(before_query).trim_start_matches('/');
    if has_slash {
        report.warn(FIELD, &Warning::PageSlash { page });
    }
    if let Some(suffix) = suffix {
        report.warn(FIELD, &Warning::PageSuffix { suffix, page });
    }
    if query.is_some() {
        report.warn(FIELD, &Warning::PageQuery { page });
    }
}
