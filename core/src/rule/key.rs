use alloc::string::String;

use serde::Serialize;

use super::{OrdinaryLinkRule, Rule, SERVICE_ACCOUNT_PREFIX, ServiceAccountRule};

/// The key that identifies a rule in publishJumpQRCode and deleteJumpQRCode.
///
/// A text converts into the key of an ordinary-link rule.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct RuleKey {
    /// The appid of the Mini Program, in service-account mode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appid: Option<String>,
    /// The rule's prefix.
    pub prefix: String,
}

impl RuleKey {
    /// Creates the key of an ordinary-link rule.
    pub fn ordinary_link(prefix: impl Into<String>) -> Self {
        Self {
            prefix: prefix.into(),
            appid: None,
        }
    }

    /// Creates the key of a service-account rule that opens the Mini Program `appid`.
    pub fn service_account(prefix: impl Into<String>, appid: impl Into<String>) -> Self {
        Self {
            prefix: prefix.into(),
            appid: Some(appid.into()),
        }
    }

    /// Whether this can only be a rule of a service account: it has an appid, or its prefix is on a
    /// host where only WeChat can place a file.
    #[must_use]
    pub fn is_service_account(&self) -> bool {
        let links = after_scheme(&self.prefix).zip(after_scheme(SERVICE_ACCOUNT_PREFIX));
        self.appid.is_some() || links.is_some_and(|(link, own)| link.starts_with(own))
    }
}

fn after_scheme(link: &str) -> Option<&str> {
    link.split_once("://").map(|(_, rest)| rest)
}

impl<T: Into<String>> From<T> for RuleKey {
    fn from(prefix: T) -> Self {
        Self::ordinary_link(prefix)
    }
}

impl From<&RuleKey> for RuleKey {
    fn from(key: &RuleKey) -> Self {
        key.clone()
    }
}

impl From<&Rule> for RuleKey {
    fn from(rule: &Rule) -> Self {
        rule.key()
    }
}

impl From<&OrdinaryLinkRule> for RuleKey {
    fn from(rule: &OrdinaryLinkRule) -> Self {
        Self::ordinary_link(&rule.prefix)
    }
}

impl From<&ServiceAccountRule> for RuleKey {
    fn from(rule: &ServiceAccountRule) -> Self {
        Self::service_account(&rule.prefix, &rule.appid)
    }
}
