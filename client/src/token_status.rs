//! What a store tells about an account's token.

use std::time::Duration;

use jumpqr_core::named;
use serde::{Serialize, Serializer};

/// When a component_verify_ticket is late. WeChat pushes one every 10 minutes.
const LATE_TICKET: Duration = Duration::from_secs(25 * 60);

/// The state of an account's token in its store. Nothing in it is a secret.
///
/// It serialises with durations in whole seconds, rounded down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TokenStatus {
    /// Which store, as the setting `token_store` has it, but for a password.
    pub store: String,
    /// The interface that issues the tokens, e.g. `stable_token`.
    pub interface: &'static str,
    /// Whose token it is.
    pub appid: String,
    /// Whether there is one.
    pub state: TokenState,
    /// How long ago it was asked for.
    #[serde(serialize_with = "serialize_seconds")]
    pub age: Option<Duration>,
    /// How long it still lives, unless WeChat cuts its life short; 0 where it has expired.
    #[serde(serialize_with = "serialize_seconds")]
    pub expires_in: Option<Duration>,
    /// Whether the store holds the refresh token of this merchant; `None` if the account is not a
    /// platform's merchant.
    pub has_refresh_token: Option<bool>,
    /// How long ago the last component_verify_ticket came, which is valid for 12 h; `None` if the
    /// account is not a platform.
    #[serde(serialize_with = "serialize_seconds")]
    pub verify_ticket_age: Option<Duration>,
    /// The `errcode` with which WeChat refused the credentials, while that is remembered for all who
    /// share the store; `None` also if its list of merchants did not name this one.
    pub refused_errcode: Option<i64>,
    /// How long the credentials are not tried again; `None` if nothing was refused.
    #[serde(serialize_with = "serialize_seconds")]
    pub refused_for: Option<Duration>,
}

named! {
    /// Whether there is a token.
    pub enum TokenState {
        /// None was fetched yet, or WeChat has called it stale and given no other.
        Missing = "missing",
        /// There is one that should live, unless WeChat has cut its life short.
        Valid = "valid",
        /// There was one; the next call fetches another.
        Expired = "expired",
        /// The merchant has ended the authorisation of the platform. The next call fails with
        /// `merchant_unauthorized`, and WeChat is not asked.
        Unauthorized = "unauthorized",
    }
}

impl TokenStatus {
    /// Returns whether WeChat seems to have stopped pushing tickets: the last one came more than 25
    /// minutes ago, and so at least two are missing. The stored one still works for up to 12 hours.
    #[must_use]
    pub fn is_verify_ticket_late(&self) -> bool {
        self.verify_ticket_age.is_some_and(|age| age > LATE_TICKET)
    }
}

/// Serialises a duration in whole seconds, rounded down.
#[expect(clippy::ref_option, reason = "serde passes a reference")]
fn serialize_seconds<S: Serializer>(
    duration: &Option<Duration>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    duration
        .map(|duration| duration.as_secs())
        .serialize(serializer)
}
