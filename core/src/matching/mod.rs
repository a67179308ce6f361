//! Which rule a scanned link hits, and why one does not.
//!
//! The semantics are those of the official page `developers.weixin.qq.com/miniprogram/introduction/qrcode`, for
//! ordinary-link rules:
//!
//! 1. Scheme and domain of the link equal those of the rule.
//! 2. The link is the rule's path, or below it; paths below match only if the rule ends with `/`.
//! 3. If the rule has a query, the link's query begins with it, as text: the order of the fields matters.
//!
//! The most specific rule that covers a link is the one that is hit, and only then its state is looked at: an unpublished
//! rule shadows a published, less specific one. Texts are compared byte for byte; what WeChat does with the case of hosts,
//! explicit ports, fragments, or percent-encoding is documented nowhere, see [`undocumented_equivalence`].

mod cover;
mod nearest;
mod rule_set;

pub use cover::{Mismatch, covers, occupies, undocumented_equivalence};
pub use nearest::nearest_prefix;
pub use rule_set::{Candidate, LinkMatch, RuleSet};

pub use crate::link::is_link;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What JavaScript's `encodeURIComponent` leaves as it is.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// The query with which the Mini Program is opened for a scanned `link`: `q` is the whole link, URL-encoded once, and
/// `scancode_time` is in UNIX seconds.
///
/// ```
/// let query = jumpqr_core::matching::launch_query("https://h.cn/a?b=1", 1_700_000_000);
/// assert_eq!(query, "q=https%3A%2F%2Fh.cn%2Fa%3Fb%3D1&scancode_time=1700000000");
/// ```
#[must_use]
pub fn launch_query(link: &str, scancode_time: u64) -> String {
    format!(
        "q={}&scancode_time={scancode_time}",
        utf8_percent_encode(link, COMPONENT)
    )
}
