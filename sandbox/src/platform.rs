//! The third-party platforms of the sandbox.

use std::time::Duration;

use jumpqr_core::Secret;

/// The lifetime of a component token. Source: the official page of getComponentAccessToken.
const TOKEN_LIFETIME: Duration = Duration::from_secs(7200);

/// A third-party platform of the sandbox. It calls for the accounts that authorise it.
///
/// Its `Debug` does not show the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Platform {
    /// `wx` and 16 characters.
    pub component_appid: String,
    /// The secret used, with a ticket, to get component tokens.
    pub component_appsecret: Secret,
    /// The lifetime of its component tokens. For a merchant's tokens, the account sets the
    /// lifetime.
    pub token_lifetime: Duration,
}

impl Platform {
    /// Makes a platform that no account has authorised yet.
    pub fn new(component_appid: impl Into<String>, component_appsecret: impl Into<Secret>) -> Self {
        Self {
            component_appid: component_appid.into(),
            component_appsecret: component_appsecret.into(),
            token_lifetime: TOKEN_LIFETIME,
        }
    }
}
