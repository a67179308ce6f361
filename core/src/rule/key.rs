use alloc::string::String;

use serde::Serialize;

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
