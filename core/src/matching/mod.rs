//! Finds the rule that a scanned link hits, and says why other rules do not cover it.
//!
//! For ordinary-link rules, the official page
//! `developers.weixin.qq.com/miniprogram/introduction/qrcode` says:
//!
//! 1. Scheme and domain of the link equal those of the rule.
//! 2. The link's path is the rule's path or below it. Paths below match only if the rule ends
//!    with `/`.
//! 3. If the rule has a query, the link's query begins with it, as text. So the order of the fields
//!    matters.
//!
//! A link hits the most specific rule that covers it, whatever the rule's state is. So an
//! unpublished rule shadows a published, less specific rule. Texts are compared byte for byte. What
//! WeChat does with the case of hosts, explicit ports, fragments, or percent-encoding is not
//! documented, see [`undocumented_equivalence`].
//!
//! Charging piles have codes like `hlht://110000000000000001.MA0000000/`, for which rules are made on
//! WeChat's console. They are compared as a whole: in the developer community, a rule opens the one
//! code that equals it, and neither the code of another connector nor one with more text behind it.
//!
//! Whether the link that hits a rule opens the Mini Program depends on the rule's state and on the
//! account, see [`Obstacle`]. Before the rule is published, only its test links open, and only for
//! the developers and testers that its `open_version` names.

mod candidate;
mod cover;
mod final_slash;
mod nearest;
mod neighbours;
mod opening;
mod rule_set;

pub use candidate::Candidate;
pub use cover::{Mismatch, covers, occupies, undocumented_equivalence};
pub(crate) use cover::{covers_extension, rule_covers};
pub use final_slash::add_final_slash;
pub use nearest::nearest_prefix;
pub use neighbours::Neighbours;
pub use opening::{Account, LinkMatch, Obstacle};
pub use rule_set::RuleSet;

pub use crate::link::is_link;

use alloc::format;
use alloc::string::String;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The characters that JavaScript's `encodeURIComponent` does not encode.
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

/// Returns the query with which WeChat opens the Mini Program for a scanned `link`. `q` is the
/// whole link, URL-encoded once, and `scancode_time` is in UNIX seconds.
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
