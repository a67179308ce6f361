//! Checks the scheme and the host of a prefix.

use alloc::format;
use alloc::string::String;
use core::net::IpAddr;

use super::CheckReport;
use super::everyday::is_everyday_host;
use super::warning::Warning;
use crate::link::Link;
use crate::punycode::encode_host;

const FIELD: &str = "prefix";

/// Top-level domains that developers report as a cause of 85066 although the console accepts them.
const REPORTED_DOMAINS: [&str; 3] = ["ink", "media", "plus"];

/// Top-level domains of private networks.
const LOCAL_DOMAINS: [&str; 9] = [
    "local",
    "localhost",
    "localdomain",
    "lan",
    "internal",
    "intranet",
    "corp",
    "home",
    "test",
];

/// Warns of what is odd about scheme and host. Returns whether a closer look was needed.
pub(super) fn check_host(report: &mut CheckReport, link: &Link<'_>) -> bool {
    let is_everyday = matches!(link.scheme, "https" | "http")
        && is_everyday_host(link.authority)
        && has_everyday_top(link.authority);
    if !is_everyday {
        warn_of_host(report, link);
    }
    !is_everyday
}

/// Whether a host in lower case ends with the label of a public top-level domain.
fn has_everyday_top(host: &str) -> bool {
    host.rsplit_once('.').is_some_and(|(_, top)| {
        !REPORTED_DOMAINS.contains(&top)
            && !LOCAL_DOMAINS.contains(&top)
            && !top.ends_with(|letter: char| letter.is_ascii_digit())
    })
}

fn warn_of_host(report: &mut CheckReport, link: &Link<'_>) {
    let (host, port) = link.host_and_port();
    if let Some(port) = port {
        report.warn(FIELD, &Warning::Port { port });
    }
    let is_wildcard = host.contains(['*', '{', '<', '%']);
    let has_upper_case = |text: &str| text.contains(|letter: char| letter.is_ascii_uppercase());
    let is_written_anew = is_wildcard || !host.is_ascii();
    if has_upper_case(link.scheme) || (!is_written_anew && has_upper_case(host)) {
        let scheme = link.scheme.to_ascii_lowercase();
        let lower = format!("{scheme}://{}", host.to_ascii_lowercase());
        report.warn(FIELD, &Warning::UpperCase { lower });
    }
    if is_wildcard {
        report.warn(FIELD, &Warning::WildcardHost { host });
    } else if let Some(address) = address_of(host) {
        report.warn(FIELD, &Warning::IpAddress { address });
    } else {
        warn_of_name(report, host);
    }
}

fn warn_of_name(report: &mut CheckReport, host: &str) {
    let ascii = (!host.is_ascii()).then(|| encode_host(host));
    let name = ascii.iter().flatten().next().map_or(host, String::as_str);
    let is_below = |top: &str| {
        let last = name.rsplit_once('.').map(|(_, last)| last);
        last.is_some_and(|last| last.eq_ignore_ascii_case(top))
    };
    if let Some(domain) = REPORTED_DOMAINS.into_iter().find(|top| is_below(top)) {
        report.warn(FIELD, &Warning::ReportedDomain { domain });
    }
    if !name.contains('.') || LOCAL_DOMAINS.into_iter().any(is_below) {
        report.warn(FIELD, &Warning::LocalHost { host });
    }
    if let Some(ascii) = ascii {
        report.warn(FIELD, &Warning::InternationalHost { host, ascii });
    }
}

fn address_of(host: &str) -> Option<IpAddr> {
    let v6 = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    match v6 {
        Some(v6) => v6.parse().map(IpAddr::V6).ok(),
        None => host.parse().map(IpAddr::V4).ok(),
    }
}
