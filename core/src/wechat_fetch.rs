//! How WeChat fetches the verification file: what it accepts, in numbers and in words.
//!
//! [`preflight`](crate::preflight) names the sources.

/// How long WeChat may wait at most, in milliseconds. Source: a read time-out in the log of
/// WeChat's server, after about 5 to 7 seconds in all.
pub(crate) const TOO_SLOW_MS: u32 = 5000;

/// Within which time an answer is advised to come, in milliseconds. Source: WeChat's guide.
pub(crate) const SLOW_MS: u32 = 1000;

pub(crate) const EXACT: &str = "WeChat compares the body byte for byte with the file it gave you.";
pub(crate) const NO_REDIRECT: &str =
    "WeChat does not reliably follow redirects, and developers report that they fail.";
pub(crate) const STATUS_200: &str = "WeChat accepts only status 200.";
pub(crate) const ONE_PLACE: &str =
    "WeChat looks only in the directory of the prefix, which is the prefix up to its last `/`.";
pub(crate) const WITHIN_SECONDS: &str =
    "WeChat gives up after about 5 to 7 seconds, and its guide advises to answer within one.";

/// Whether a server or a firewall refuses requests with this status.
pub(crate) const fn is_refusal(status: u16) -> bool {
    matches!(status, 401 | 403 | 405 | 406 | 407 | 418 | 429 | 451)
}
