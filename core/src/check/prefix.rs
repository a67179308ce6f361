//! Checks the prefix, in both modes.

use alloc::format;

use super::field::warn_of_white_space;
use super::{CheckReport, FindingCode};
use crate::link::Link;
use crate::rule::SERVICE_ACCOUNT_PREFIX;

/// Top-level domains that developers report as a cause of 85066 although the console accepts them.
const REPORTED_DOMAINS: [&str; 3] = [".ink", ".media", ".plus"];

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
    let field = "prefix";
    if prefix.is_empty() {
        report.add(
            field,
            FindingCode::Empty,
            "is empty; give the http(s) URL that the QR codes begin with",
        );
        return;
    }
    let Some(link) = link else {
        report.add(
            field,
            FindingCode::NotHttpUrl,
            "is not an http(s) URL; it begins with http:// or https:// and names a host",
        );
        return;
    };
    warn_of_reported_causes(report, field, link);
    if link.fragment.is_some() {
        report.add(
            field,
            FindingCode::Fragment,
            "has a fragment (`#…`); what WeChat does with it is not documented, leave it out",
        );
    }
    let remedy = "percent-encode it as in the printed code, or remove it";
    warn_of_white_space(report, field, prefix, remedy);
}

fn warn_of_reported_causes(report: &mut CheckReport, field: &str, link: &Link<'_>) {
    if !link.query_text().is_ascii() {
        report.add(
            field,
            FindingCode::NonAsciiQuery,
            "has raw non-ASCII characters in the query, a reported cause of 85066; \
             percent-encode them, or end the prefix before them",
        );
    }
    let (host, port) = link.host_and_port();
    if let Some(domain) = REPORTED_DOMAINS
        .iter()
        .find(|domain| ends_with_ignoring_case(host, domain))
    {
        report.add(
            field,
            FindingCode::ReportedDomain,
            format!(
                "is on a {domain} domain, a reported cause of 85066; \
                 if WeChat refuses it, use another domain"
            ),
        );
    }
    if let Some(port) = port {
        report.add(
            field,
            FindingCode::Port,
            format!("names the port {port}, a reported cause of 85066; leave the port out"),
        );
    }
}

fn ends_with_ignoring_case(text: &str, end: &str) -> bool {
    let start = text.len().checked_sub(end.len());
    let tail = start.and_then(|start| text.get(start..));
    tail.is_some_and(|tail| tail.eq_ignore_ascii_case(end))
}

/// Checks the prefix of a service-account rule alone.
#[must_use]
pub fn check_service_account_prefix(prefix: &str) -> CheckReport {
    let mut report = CheckReport::default();
    let field = "prefix";
    if prefix.is_empty() {
        report.add(
            field,
            FindingCode::Empty,
            "is empty; give the service account's parametric QR URL",
        );
        return report;
    }
    let message = if !prefix.starts_with(SERVICE_ACCOUNT_PREFIX) {
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
    } else if prefix.len() == SERVICE_ACCOUNT_PREFIX.len() {
        format!("names no QR code after {SERVICE_ACCOUNT_PREFIX}; give the whole parametric QR URL")
    } else {
        return report;
    };
    report.add(field, FindingCode::NotServicePrefix, message);
    report
}
