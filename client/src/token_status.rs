//! What a store tells about an account's token.

use std::time::Duration;

use jumpqr_core::named;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

/// The state of an account's token in its store. Nothing in it is a secret.
///
/// It serialises with durations in whole seconds, rounded down: `store`, `interface`, `appid`,
/// `state`, `age`, `expires_in`, `has_refresh_token`, `verify_ticket_age`, `refused_errcode`,
/// `refused_for`.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    pub age: Option<Duration>,
    /// How long it still lives, unless WeChat cuts its life short; 0 where it has expired.
    pub expires_in: Option<Duration>,
    /// Whether the store holds the refresh token of this merchant; `None` if the account is not a
    /// platform's merchant.
    pub has_refresh_token: Option<bool>,
    /// How long ago the last component_verify_ticket came, which is valid for 12 h; `None` if the
    /// account is not a platform.
    pub verify_ticket_age: Option<Duration>,
    /// What WeChat refused the credential with, while that is remembered for all who share the
    /// store.
    pub refused: Option<RefusedToken>,
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
    }
}

/// A refusal that is remembered, so that WeChat is not asked the same again at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RefusedToken {
    /// WeChat's `errcode`; `None` where its list of merchants did not name this one.
    pub errcode: Option<i64>,
    /// How long the same credentials are not tried again.
    pub again_in: Duration,
}

impl Serialize for TokenStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let seconds = |duration: Option<Duration>| duration.map(|duration| duration.as_secs());
        let refused_for = self.refused.map(|refused| refused.again_in);
        let mut parts = serializer.serialize_struct("TokenStatus", 10)?;
        parts.serialize_field("store", &self.store)?;
        parts.serialize_field("interface", self.interface)?;
        parts.serialize_field("appid", &self.appid)?;
        parts.serialize_field("state", self.state.name())?;
        parts.serialize_field("age", &seconds(self.age))?;
        parts.serialize_field("expires_in", &seconds(self.expires_in))?;
        parts.serialize_field("has_refresh_token", &self.has_refresh_token)?;
        parts.serialize_field("verify_ticket_age", &seconds(self.verify_ticket_age))?;
        parts.serialize_field(
            "refused_errcode",
            &self.refused.and_then(|refused| refused.errcode),
        )?;
        parts.serialize_field("refused_for", &seconds(refused_for))?;
        parts.end()
    }
}
