//! Checks rules before they are sent.
//!
//! A **violation** is something that WeChat's documentation forbids. A request with violations is
//! not sent. A **warning** is something that is not documented, or a reported cause of a refusal. A
//! request with warnings is sent. All findings are reported at once.

mod everyday;
mod field;
mod host;
mod page;
mod placeholder;
mod prefix;
mod proposal;
mod rule;
mod test_link;
mod warning;

pub use field::has_white_space;
pub use prefix::{check_prefix, check_service_account_prefix};
pub use proposal::propose_prefix;
pub use test_link::MAX_DEBUG_URLS;

pub use crate::finding::{CheckReport, Finding, FindingCode};

pub(crate) use field::{
    check_appid, check_cgi_path, check_own_appid, check_page_size, check_prefix_list, check_rid,
};

use percent_encoding::{AsciiSet, CONTROLS};

/// What is percent-encoded in a link that is to be printed, besides all that is not ASCII.
const NON_ASCII: &AsciiSet = &CONTROLS.add(b' ');
