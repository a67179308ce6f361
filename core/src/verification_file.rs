//! Where the domain-ownership verification file belongs.
//!
//! WeChat fetches it when an ordinary-link rule is added, so it is placed before. It must be public, answer HTTP 200 with
//! the exact content, and be fast; else the answer is 85069. Source: the official page on rule semantics,
//! `developers.weixin.qq.com/miniprogram/introduction/qrcode`, and developers' reports.

use crate::link::Link;

/// The URL under which WeChat looks for the file `file_name` of a rule with this `prefix`.
///
/// The directory is the prefix's path up to its last `/`, without the query; for a prefix without a path it is the root
/// of the host. `None` where `prefix` is not a link.
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
