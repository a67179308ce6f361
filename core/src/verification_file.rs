//! The place of the verification file, which proves that a domain belongs to the account.
//!
//! WeChat fetches the file when an ordinary-link rule is added, so place it first. Its URL must be
//! public, and answer quickly with HTTP 200 and the exact content. Otherwise WeChat refuses the
//! rule with 85069. Source: the official page on rule semantics,
//! `developers.weixin.qq.com/miniprogram/introduction/qrcode`, and developers' reports.

use alloc::format;
use alloc::string::String;

use crate::link::Link;

/// Returns the URL from which WeChat fetches the file `file_name` for a rule with this `prefix`.
///
/// The directory is the prefix's path up to its last `/`, without the query. For a prefix without a
/// path, it is the root of the host. Returns `None` if `prefix` is not a link.
///
/// ```
/// use jumpqr_core::verification_file::location;
///
/// let url = location("https://m.example.cn/a/b/", "UASjIrr8C9.txt");
/// assert_eq!(url.as_deref(), Some("https://m.example.cn/a/b/UASjIrr8C9.txt"));
///
/// let url = location("https://m.example.cn/shopDetails?id=", "UASjIrr8C9.txt");
/// assert_eq!(url.as_deref(), Some("https://m.example.cn/UASjIrr8C9.txt"));
/// ```
#[must_use]
pub fn location(prefix: &str, file_name: &str) -> Option<String> {
    let link = Link::cut(prefix)?;
    let directory = link
        .path
        .rsplit_once('/')
        .map_or("", |(directory, _)| directory);
    Some(format!(
        "{}://{}{directory}/{file_name}",
        link.scheme, link.authority
    ))
}
