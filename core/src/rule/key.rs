use alloc::string::String;

/// The key that identifies a rule in publishJumpQRCode and deleteJumpQRCode.
///
/// A text converts into the key of an ordinary-link rule.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RuleKey {
    prefix: String,
    appid: Option<String>,
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

    /// Returns the rule's prefix.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Returns the appid of the Mini Program, in service-account mode.
    #[must_use]
    pub fn appid(&self) -> Option<&str> {
        self.appid.as_deref()
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
