//! Checks the prefix, in both modes.

use alloc::format;
use alloc::string::ToString;

use percent_encoding::utf8_percent_encode;

use super::everyday::{is_everyday_code, is_everyday_rest};
use super::host::check_host;
use super::placeholder::{Placeholder, find_placeholder};
use super::warning::Warning;
use super::{CheckReport, FindingCode, NON_ASCII, has_white_space};
use crate::link::Link;
use crate::rule::SERVICE_ACCOUNT_PREFIX;

const FIELD: &str = "prefix";

/// Checks the prefix of an ordinary-link rule alone.
///
/// ```
/// use jumpqr_core::check::{FindingCode, check_prefix};
///
/// let report = check_prefix("m.example.cn/table/");
/// assert_eq!(report.violations[0].code, FindingCode::NotHttpUrl);
/// assert!(check_prefix("https://m.example.cn/table/").is_valid());
/// ```
#[must_use]
pub fn check_prefix(prefix: &str) -> CheckReport {
    let mut report = CheckReport::default();
    check_cut_prefix(&mut report, prefix, Link::cut_http(prefix).as_ref());
    report
}

/// Checks the prefix of an ordinary-link rule. `link` is the prefix, cut into its parts.
pub(super) fn check_cut_prefix(report: &mut CheckReport, prefix: &str, link: Option<&Link<'_>>) {
    if prefix.is_empty() {
        report.add(
            FIELD,
            FindingCode::Empty,
            "is empty; give the http(s) URL that the QR codes begin with",
        );
        return;
    }
    let Some(link) = link else {
        report.add(
            FIELD,
            FindingCode::NotHttpUrl,
            "is not an http(s) URL; it begins with http:// or https:// and names a host",
        );
        return;
    };
    let is_host_odd = check_host(report, link);
    if is_service_link(link) {
        report.warn(FIELD, &Warning::ServicePrefix);
    }
    let host_end = link.base.len() - link.path.len();
    let rest = prefix.get(host_end..).unwrap_or_default();
    if is_host_odd || !is_everyday_rest(rest) {
        warn_of_rest(report, prefix, link);
    }
}

/// Whether this is the link of a service account's QR code, with either scheme.
fn is_service_link(link: &Link<'_>) -> bool {
    link.authority == "weixin.qq.com" && link.path.starts_with("/q/")
}

/// Warns of what is odd after the host, and of white space anywhere.
fn warn_of_rest(report: &mut CheckReport, prefix: &str, link: &Link<'_>) {
    // A fragment must go, whatever is in it.
    let kept = prefix.split('#').next().unwrap_or_default();
    if link.fragment.is_some() {
        report.warn(FIELD, &Warning::Fragment);
    }
    if has_white_space(kept) {
        report.warn(FIELD, &Warning::WhiteSpace);
    }
    if !link.path.is_ascii() {
        let encoded = utf8_percent_encode(link.path, NON_ASCII).to_string();
        report.warn(FIELD, &Warning::NonAsciiPath { encoded });
    }
    if !link.query_text().is_ascii() {
        report.warn(FIELD, &Warning::NonAsciiQuery);
    }
    let host_end = link.base.len() - link.path.len();
    let rest = kept.get(host_end..).unwrap_or_default();
    if let Some(Placeholder { before, text }) = find_placeholder(rest) {
        let before = without_placeholder(prefix, host_end + before.len());
        report.warn(FIELD, &Warning::Placeholder { text, before });
    }
    if link.query_text().contains("&amp;") {
        report.warn(FIELD, &Warning::HtmlEscape);
    }
    warn_of_open_value(report, kept, link);
}

/// Returns the longest useful prefix that ends before the placeholder at `start`. In a path, it ends
/// with `/`, because a rule covers whole segments only.
fn without_placeholder(prefix: &str, start: usize) -> &str {
    let before = prefix.get(..start).unwrap_or_default();
    match before.split_once('?') {
        Some((base, "")) => base,
        Some(_) => before.trim_end_matches('?'),
        None => before
            .rfind('/')
            .and_then(|slash| before.get(..=slash))
            .unwrap_or(before),
    }
}

/// Warns of the first parameter without a value that is not the last one.
fn warn_of_open_value(report: &mut CheckReport, prefix: &str, link: &Link<'_>) {
    let Some((parameters, _last)) = link.query_text().rsplit_once('&') else {
        return;
    };
    let mut end = link.base.len() + 1;
    for parameter in parameters.split('&') {
        end += parameter.len();
        if let (Some(name), Some(before)) = (parameter.strip_suffix('='), prefix.get(..end)) {
            report.warn(FIELD, &Warning::VariableNotLast { name, before });
            return;
        }
        end += 1;
    }
}

/// Checks the prefix of a service-account rule alone.
#[must_use]
pub fn check_service_account_prefix(prefix: &str) -> CheckReport {
    let mut report = CheckReport::default();
    if prefix.is_empty() {
        report.add(
            FIELD,
            FindingCode::Empty,
            "is empty; give the service account's parametric QR URL",
        );
        return report;
    }
    let message = match prefix.strip_prefix(SERVICE_ACCOUNT_PREFIX) {
        None => {
            let found = if prefix.starts_with("https://weixin.qq.com/q/") {
                "; it begins with https: change it to http"
            } else if prefix.contains("://weixin.qq.com/r/") {
                "; a /r/ link is not a parametric QR code"
            } else {
                ""
            };
            format!(
                "does not begin with {SERVICE_ACCOUNT_PREFIX}, \
                 as a service account's parametric QR URL does{found}"
            )
        }
        Some("") => format!(
            "names no QR code after {SERVICE_ACCOUNT_PREFIX}; give the whole parametric QR URL"
        ),
        Some(code) => {
            if !is_everyday_code(code) {
                warn_of_code(&mut report, prefix, code);
            }
            return report;
        }
    };
    report.add(FIELD, FindingCode::NotServicePrefix, message);
    report
}

/// Warns of what is odd after the beginning of a parametric QR URL.
fn warn_of_code(report: &mut CheckReport, prefix: &str, code: &str) {
    let kept = code.split(['?', '#']).next().unwrap_or_default();
    let segment = format!("/{code}");
    if let Some(Placeholder { text, .. }) = find_placeholder(&segment) {
        report.warn(FIELD, &Warning::PlaceholderInCode { text });
    }
    if kept.len() < code.len() {
        let without = prefix.strip_suffix(code.get(kept.len()..).unwrap_or_default());
        let without = without.unwrap_or(prefix);
        report.warn(FIELD, &Warning::ServiceQuery { without });
    }
    if has_white_space(kept) {
        report.warn(FIELD, &Warning::StrayWhiteSpace);
    }
}
