//! Checks all fields of a rule.

use super::field::check_appid;
use super::page::check_page;
use super::prefix::check_cut_prefix;
use super::test_link::check_test_links;
use super::{CheckReport, FindingCode, check_service_account_prefix};
use crate::link::Link;
use crate::rule::{OrdinaryLinkRule, Rule, RuleKey, ServiceAccountRule};

impl Rule {
    /// Returns all violations and all warnings. Nothing is sent.
    #[must_use]
    pub fn check(&self) -> CheckReport {
        match self {
            Self::OrdinaryLink(rule) => rule.check(),
            Self::ServiceAccount(rule) => rule.check(),
        }
    }
}

impl OrdinaryLinkRule {
    /// Returns all violations and all warnings. Nothing is sent.
    #[must_use]
    pub fn check(&self) -> CheckReport {
        let mut report = CheckReport::default();
        let prefix = Link::cut_http(&self.prefix);
        check_cut_prefix(&mut report, &self.prefix, prefix.as_ref());
        check_page(&mut report, &self.path);
        if let Some(links) = &self.debug_url {
            check_test_links(&mut report, &self.prefix, prefix.as_ref(), links);
        }
        report
    }
}

impl ServiceAccountRule {
    /// Returns all violations and all warnings. Nothing is sent.
    #[must_use]
    pub fn check(&self) -> CheckReport {
        let mut report = check_service_account_prefix(&self.prefix);
        check_appid(&mut report, &self.appid);
        check_page(&mut report, &self.path);
        report
    }
}

impl RuleKey {
    /// Returns all violations and all warnings. Nothing is sent.
    ///
    /// The prefix need not have the form that is required for adding a rule. Whatever WeChat lists
    /// can be published and deleted.
    #[must_use]
    pub fn check(&self) -> CheckReport {
        let mut report = CheckReport::default();
        if self.prefix.trim().is_empty() {
            report.add(
                "prefix",
                FindingCode::Empty,
                "is empty; give the prefix of the rule, in full",
            );
        }
        if let Some(appid) = &self.appid {
            check_appid(&mut report, appid);
        }
        report
    }
}
