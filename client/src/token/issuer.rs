use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::error::Result;
use jumpqr_core::interface::TokenResponse;

use super::record::Record;
use super::refusal::Credentials;

/// Asks WeChat for the tokens of one account.
pub(crate) trait Issuer: Send + Sync + 'static {
    /// The interface that issues them.
    fn interface(&self) -> &'static str;

    /// Whose tokens they are.
    fn appid(&self) -> &str;

    /// Whether this interface is asked for nothing but these tokens, so that its refusals are refusals of them.
    fn is_own(&self, interface: &str) -> bool {
        interface == self.interface()
    }

    /// What the next token is asked for with: an appsecret, a ticket, a refresh token. It may be read from a store.
    fn proof(&self, stored: &Record, timeout: Duration) -> Result<Secret>;

    /// By what a refusal is remembered.
    fn credentials(&self, proof: &Secret) -> Credentials {
        Credentials::of(&[proof])
    }

    /// Asks. `force` says that the former token is not to come again, though it has not expired.
    fn issue(&self, proof: &Secret, force: bool, timeout: Duration) -> Result<Issued>;

    /// Whether each answer brings what the next token is asked for with.
    fn is_refreshed(&self) -> bool {
        false
    }

    /// A number that grows as long as further attempts get further.
    fn progress(&self) -> u64 {
        0
    }

    /// How long ago WeChat last pushed what the tokens are asked for with; `None` where it never did, or does not.
    fn verify_ticket_age(&self, _timeout: Duration) -> Result<Option<Duration>> {
        Ok(None)
    }
}

/// What WeChat answered.
pub(crate) struct Issued {
    pub(super) token: TokenResponse,
    /// What the next token is to be asked for with, where that has changed.
    pub(super) refresh_token: Option<Secret>,
}

impl From<TokenResponse> for Issued {
    fn from(token: TokenResponse) -> Self {
        Self {
            token,
            refresh_token: None,
        }
    }
}
