//! The limits of every account.

use jumpqr_core::check::MAX_DEBUG_URLS;
use jumpqr_core::rule::{MAX_ORDINARY_LINK_RULES, MAX_SERVICE_ACCOUNT_RULES};
use serde::{Deserialize, Serialize};

/// The limits of every account. The default limits are those of WeChat's pages; with smaller ones,
/// a test reaches a limit easily.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Limits {
    /// Ordinary-link rules of a Mini Program; one more gets 85073.
    pub rules: usize,
    /// Test links of a rule; one more gets 40097.
    pub debug_urls: usize,
    /// Publishes of a Mini Program in a calendar month; one more gets 886000.
    pub publishes_per_month: u32,
    /// Calls of an account to one interface in any second; one more gets 44990.
    pub calls_per_second: usize,
    /// Calls of an account to one interface in a day; one more gets 45009. WeChat's number is not
    /// documented. The default is never reached.
    pub calls_per_day: u32,
    /// Service-account rules for one Mini Program; one more gets 85073.
    pub service_account_rules: usize,
    /// Calls of a service account to one interface in any minute; one more gets 45011.
    pub service_account_calls_per_minute: usize,
    /// `token` calls of an account in a day; one more gets 45009.
    pub token_calls_per_day: u32,
    /// `stable_token` calls of an account in a minute; one more gets 45011.
    pub stable_token_calls_per_minute: usize,
    /// `stable_token` calls of an account in a day; one more gets 45009.
    pub stable_token_calls_per_day: u32,
    /// `stable_token` calls of an account with `force_refresh` in a day; one more gets 45009.
    pub force_refreshes_per_day: u32,
    /// How often the counts of an account or platform can be cleared in a calendar month; one more
    /// time gets 48006.
    pub quota_clears_per_month: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            rules: MAX_ORDINARY_LINK_RULES,
            debug_urls: MAX_DEBUG_URLS,
            publishes_per_month: 100,
            calls_per_second: 5,
            calls_per_day: 100_000_000,
            service_account_rules: MAX_SERVICE_ACCOUNT_RULES,
            service_account_calls_per_minute: 200,
            token_calls_per_day: 2_000,
            stable_token_calls_per_minute: 10_000,
            stable_token_calls_per_day: 500_000,
            force_refreshes_per_day: 20,
            quota_clears_per_month: 10,
        }
    }
}
