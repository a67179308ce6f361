//! Who holds a token, and for whom it calls.

/// The holder of a token: an account, a platform, or a platform that calls for a merchant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Holder {
    /// The calling platform.
    pub(crate) component_appid: Option<String>,
    /// The account that the calls are for.
    pub(crate) appid: Option<String>,
}

impl Holder {
    /// Returns the account that the calls are for, or the platform that calls for itself.
    pub(crate) fn owner(&self) -> Option<&str> {
        let owner = self.appid.as_ref().or(self.component_appid.as_ref());
        owner.map(String::as_str)
    }

    pub(crate) fn account(appid: &str) -> Self {
        Self {
            component_appid: None,
            appid: Some(appid.to_owned()),
        }
    }

    pub(crate) fn platform(component_appid: &str) -> Self {
        Self {
            component_appid: Some(component_appid.to_owned()),
            appid: None,
        }
    }

    pub(crate) fn merchant(component_appid: &str, appid: &str) -> Self {
        Self {
            component_appid: Some(component_appid.to_owned()),
            appid: Some(appid.to_owned()),
        }
    }
}
