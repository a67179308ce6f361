use std::time::Duration;

use jumpqr_core::Secret;

/// How long a component token lives. Source: the official page of getComponentAccessToken.
const TOKEN_LIFETIME: Duration = Duration::from_secs(7200);

/// A third-party platform of the sandbox, which calls for the accounts that authorise it.
///
/// Its `Debug` does not show the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Platform {
    /// `wx` and 16 characters.
    pub component_appid: String,
    /// With which, and with a ticket, it gets component tokens.
    pub component_appsecret: Secret,
    /// How long its component tokens live. The tokens of its merchants live as long as the account says.
    pub token_lifetime: Duration,
}

impl Platform {
    /// A platform that no account has authorised yet.
    pub fn new(component_appid: impl Into<String>, component_appsecret: impl Into<Secret>) -> Self {
        Self {
            component_appid: component_appid.into(),
            component_appsecret: component_appsecret.into(),
            token_lifetime: TOKEN_LIFETIME,
        }
    }
}
