/// Whose token it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Holder {
    /// An account's own.
    Account { appid: String },
    /// A platform's own.
    Platform { component_appid: String },
    /// An account's, with which a platform calls for it.
    Authorizer {
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

    pub(crate) fn authorizer(component_appid: &str, appid: &str) -> Self {
        Self::Authorizer {
            component_appid: component_appid.to_owned(),
            appid: appid.to_owned(),
        }
    }

    /// The account that it calls for.
    pub(crate) fn appid(&self) -> Option<&str> {
        match self {
            Self::Account { appid } | Self::Authorizer { appid, .. } => Some(appid),
            Self::Platform { .. } => None,
        }
    }

    /// The platform that calls.
    pub(crate) fn component_appid(&self) -> Option<&str> {
        match self {
            Self::Platform { component_appid }
            | Self::Authorizer {
                component_appid, ..
            } => Some(component_appid),
            Self::Account { .. } => None,
        }
    }
}
