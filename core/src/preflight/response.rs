//! Judges one response from the right place.

use super::PreflightCode;
use super::content;
use super::observation::{Fetch, Outcome, Response};
use crate::link::Link;
use crate::wechat_fetch::{SLOW_MS, TOO_SLOW_MS, is_refusal};

/// What the paths and hosts of logins contain, in lower case.
const SIGNS_OF_LOGIN: [&str; 8] = [
    "login", "logon", "signin", "sign-in", "sign_in", "passport", "oauth", "sso",
];

/// Returns what is wrong with the response of a fetch, and whether WeChat refuses it. `None` if it
/// is right.
pub(super) fn problem(fetch: &Fetch, expected: &[u8]) -> Option<PreflightCode> {
    let response = match &fetch.outcome {
        Outcome::Response(response) => response,
        Outcome::Failed { failure, .. } => return Some(failure.code()),
        Outcome::NotTried { .. } => return None,
    };
    let problem = match response.status {
        200 => content::problem(response, expected),
        status => Some(status_problem(status, fetch, response, expected)),
    };
    let is_too_slow = fetch.times.whole_ms.is_some_and(|ms| ms >= TOO_SLOW_MS);
    problem.or(is_too_slow.then_some(PreflightCode::TooSlow))
}

/// Returns what WeChat may not like about a fetch that has the content.
pub(super) fn warnings(fetch: &Fetch) -> impl Iterator<Item = PreflightCode> {
    let is_slow = fetch.times.whole_ms.is_some_and(|ms| ms > SLOW_MS);
    let is_untyped = match &fetch.outcome {
        Outcome::Response(response) => response
            .field("content-type")
            .is_none_or(|value| value.trim_ascii().is_empty()),
        Outcome::Failed { .. } | Outcome::NotTried { .. } => false,
    };
    let slow = is_slow.then_some(PreflightCode::Slow);
    let untyped = is_untyped.then_some(PreflightCode::NoContentType);
    slow.into_iter().chain(untyped)
}

fn status_problem(
    status: u16,
    fetch: &Fetch,
    response: &Response,
    expected: &[u8],
) -> PreflightCode {
    match status {
        304 => PreflightCode::NotModified,
        300..=399 => match response.field("location") {
            Some(location) => redirect_problem(&fetch.url, location),
            None => PreflightCode::Redirect,
        },
        _ if content::is_within(&response.body, expected) => PreflightCode::ContentWithoutOk,
        404 | 410 => PreflightCode::NotFound,
        _ if is_refusal(status) => PreflightCode::Forbidden,
        500..=599 => PreflightCode::ServerError,
        _ => PreflightCode::OtherStatus,
    }
}

fn redirect_problem(url: &str, location: &[u8]) -> PreflightCode {
    let location = core::str::from_utf8(location).unwrap_or_default();
    // Only the place counts: a login is often told in its query where the visitor came from.
    let place = location.split(['?', '#']).next().unwrap_or_default();
    let place = place.to_ascii_lowercase();
    if SIGNS_OF_LOGIN.iter().any(|sign| place.contains(sign)) {
        return PreflightCode::RedirectToLogin;
    }
    let (Some(from), Some(to)) = (Link::cut_http(url), Link::cut_http(location)) else {
        return PreflightCode::Redirect;
    };
    let (from_host, to_host) = (from.host(), to.host());
    let has_www = |long: &str, short: &str| {
        let www = long
            .get(..4)
            .is_some_and(|www| www.eq_ignore_ascii_case("www."));
        www && long
            .get(4..)
            .is_some_and(|rest| rest.eq_ignore_ascii_case(short))
    };
    let becomes_https =
        from.scheme.eq_ignore_ascii_case("http") && to.scheme.eq_ignore_ascii_case("https");
    if has_www(from_host, to_host) || has_www(to_host, from_host) {
        PreflightCode::RedirectToWww
    } else if becomes_https && from_host.eq_ignore_ascii_case(to_host) && from.path == to.path {
        PreflightCode::RedirectToHttps
    } else {
        PreflightCode::Redirect
    }
}
