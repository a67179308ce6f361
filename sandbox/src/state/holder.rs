//! Who holds a token, and for whom it calls.

/// The holder of a token.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Holder {
    /// An account that calls for itself.
    Account { appid: String },
    /// A platform that calls for itself.
    Platform { component_appid: String },
    /// A platform that calls for a merchant.
    Merchant {
        component_appid: String,
        appid: String,
    },
}

impl Holder {
    pub(crate) fn account(appid: &str) -> Self {
        Self::Account {
            appid: appid.to_owned(),
        }
    }

    pub(crate) fn platform(component_appid: &str) -> Self {
        Self::Platform {
            component_appid: component_appid.to_owned(),
        }
    }

    pub(crate) fn merchant(component_appid: &str, appid: &str) -> Self {
        Self::Merchant {
            component_appid: component_appid.to_owned(),
            appid: appid.to_owned(),
        }
    }

    /// Returns the account that the calls are for.
    pub(crate) fn appid(&self) -> Option<&str> {
        match self {
            Self::Account { appid } | Self::Merchant { appid, .. } => Some(appid),
            Self::Platform { .. } => None,
        }
    }

    /// Returns the calling platform.
    pub(crate) fn component_appid(&self) -> Option<&str> {
        match self {
            Self::Platform { component_appid }
            | Self::Merchant {
                component_appid, ..
            } => Some(component_appid),
            Self::Account { .. } => None,
        }
    }
}
