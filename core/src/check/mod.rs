//! What is wrong with a rule, and what may be.
//!
//! A **violation** is what a page of WeChat's forbids; a request with one is not sent. A **warning** is what is documented
//! nowhere, or merely a reported cause of a refusal; a request with warnings is sent. All are reported at once.

mod field;
mod prefix;
mod rule;

pub use field::{MAX_DEBUG_URLS, has_white_space};
pub use prefix::{check_prefix, check_service_account_prefix};

pub use crate::finding::{CheckReport, Finding, FindingCode};

pub(crate) use field::{check_appid, check_debug_url, check_path, check_prefix_list};
pub(crate) use prefix::{check_ordinary_prefix, check_service_prefix};
