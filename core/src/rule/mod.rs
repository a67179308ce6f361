//! The rules. The two modes have disjoint sets of fields, so they are two types.

mod key;
mod ordinary_link;
mod service_account;
mod value;

pub use key::RuleKey;
pub use ordinary_link::{MAX_ORDINARY_LINK_RULES, OrdinaryLinkRule};
pub use service_account::{MAX_SERVICE_ACCOUNT_RULES, SERVICE_ACCOUNT_PREFIX, ServiceAccountRule};
pub use value::{Edit, OpenVersion, PermitSubRule, RuleState};

use serde::Serialize;

/// A rule of either mode.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Rule {
    /// An ordinary link QR code opens the Mini Program.
    OrdinaryLink(OrdinaryLinkRule),
    /// A service account's parametric QR code opens the Mini Program.
    ServiceAccount(ServiceAccountRule),
}

impl Rule {
    /// Returns the rule's prefix.
    #[must_use]
    pub fn prefix(&self) -> &str {
        match self {
            Self::OrdinaryLink(rule) => &rule.prefix,
            Self::ServiceAccount(rule) => &rule.prefix,
        }
    }

    /// Returns the Mini Program page that the rule opens.
    #[must_use]
    pub fn path(&self) -> &str {
        match self {
            Self::OrdinaryLink(rule) => &rule.path,
            Self::ServiceAccount(rule) => &rule.path,
        }
    }

    /// Returns the key that identifies the rule in publishJumpQRCode, deleteJumpQRCode and
    /// getJumpQRCode.
    #[must_use]
    pub fn key(&self) -> RuleKey {
        match self {
            Self::OrdinaryLink(rule) => rule.into(),
            Self::ServiceAccount(rule) => rule.into(),
        }
    }
}

impl From<OrdinaryLinkRule> for Rule {
    fn from(rule: OrdinaryLinkRule) -> Self {
        Self::OrdinaryLink(rule)
    }
}

impl From<ServiceAccountRule> for Rule {
    fn from(rule: ServiceAccountRule) -> Self {
        Self::ServiceAccount(rule)
    }
}

impl<R: Clone + Into<Rule>> From<&R> for Rule {
    fn from(rule: &R) -> Self {
        rule.clone().into()
    }
}
