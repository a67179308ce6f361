//! What is wrong with a rule, and what may be.
//!
//! A **violation** is what a page of WeChat's forbids; a request with one is not sent. A **warning** is what is documented
//! nowhere, or merely a reported cause of a refusal; a request with warnings is sent. All are reported at once.

mod field;
mod finding;
mod prefix;

pub use field::{MAX_DEBUG_URLS, has_white_space};
pub use finding::{CheckReport, Finding, FindingCode};

pub(crate) use field::{check_appid, check_debug_url, check_path, check_prefix_list};
pub(crate) use prefix::{check_ordinary_prefix, check_service_prefix};

use crate::rule::Rule;

/// All violations and all warnings of `rule`.
pub(crate) fn check_rule(rule: &Rule) -> CheckReport {
    let mut report = CheckReport::default();
    match rule {
        Rule::OrdinaryLink(rule) => {
            check_ordinary_prefix(&mut report, &rule.prefix);
            check_path(&mut report, &rule.path);
            if let Some(links) = &rule.debug_url {
                check_debug_url(&mut report, Some(&rule.prefix), links);
            }
        }
        Rule::ServiceAccount(rule) => {
            check_service_prefix(&mut report, &rule.prefix);
            check_appid(&mut report, &rule.appid);
            check_path(&mut report, &rule.path);
        }
    }
    report
}
