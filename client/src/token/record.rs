//! What a store holds of a token: for processes and machines to share.

use std::fmt;
use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::error::{Error, OwnCode, Result};
use jumpqr_core::interface::TokenResponse;
use serde::{Deserialize, Serialize};

use super::refusal::Refusal;
use crate::store::{Key, TokenStore};

/// An access token, the refresh token that the next one is asked for with, and what WeChat last refused. They are written
/// together: nobody sees an access token whose refresh token is not stored.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token: Option<AccessToken>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) refusal: Option<Refusal>,
    /// When a new token was last forced, in ms since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    forced_at_ms: Option<u64>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct AccessToken {
    value: String,
    /// When it was asked for, in ms since 1970 by the clock of the machine that asked.
    asked_at_ms: u64,
    /// How long it lives from then on, in ms.
    life_ms: u64,
}

impl Record {
    /// With what was answered to a request made at `time_of_day`.
    pub(super) fn renewed(
        &self,
        answer: &TokenResponse,
        refresh_token: Option<Secret>,
        time_of_day: Duration,
    ) -> Self {
        Self {
            access_token: Some(AccessToken {
                value: answer.access_token.expose().to_owned(),
                asked_at_ms: millis(time_of_day),
                life_ms: millis(answer.expires_in),
            }),
            forced_at_ms: self.forced_at_ms,
            ..Self::authorised(refresh_token)
        }
    }

    /// With no access token yet.
    pub(super) fn authorised(refresh_token: Option<Secret>) -> Self {
        Self {
            refresh_token: refresh_token.map(|token| token.expose().to_owned()),
            ..Self::default()
        }
    }

    /// Drops the access token if it is the one that was rejected.
    pub(super) fn drop_access_token(&mut self, rejected: Option<&Secret>) {
        self.access_token = self
            .access_token
            .take()
            .filter(|token| rejected.is_none_or(|rejected| rejected.expose() != token.value));
    }

    pub(super) fn refresh_token(&self) -> Option<Secret> {
        self.refresh_token.as_deref().map(Secret::from)
    }

    /// The access token, and how long it has lived at `time_of_day`.
    ///
    /// One from the future was issued by a machine whose clock is ahead: it counts as new.
    pub(super) fn access_token(&self, time_of_day: Duration) -> Option<(TokenResponse, Duration)> {
        let token = self.access_token.as_ref()?;
        let answer = TokenResponse::new(
            Secret::new(token.value.as_str()),
            Duration::from_millis(token.life_ms),
        );
        let age = time_of_day.saturating_sub(Duration::from_millis(token.asked_at_ms));
        Some((answer, age))
    }

    /// How long ago a new token was last forced; not known where the clock was set back meanwhile.
    pub(super) fn forced_ago(&self, time_of_day: Duration) -> Option<Duration> {
        time_of_day.checked_sub(Duration::from_millis(self.forced_at_ms?))
    }

    /// A new token is forced now.
    pub(super) fn forced_at(&mut self, time_of_day: Duration) {
        self.forced_at_ms = Some(millis(time_of_day));
    }

    /// What the store holds, and its version; nothing, where it holds nothing.
    pub(super) fn load(
        store: &dyn TokenStore,
        key: &Key,
        timeout: Duration,
    ) -> Result<(Self, u64)> {
        match store.load(key, timeout)? {
            Some(stored) => Ok((parse(&stored.bytes, key)?, stored.version)),
            None => Ok((Self::default(), 0)),
        }
    }

    pub(super) fn bytes(&self) -> Result<Vec<u8>> {
        to_bytes(self)
    }
}

/// What was stored under `key`.
pub(super) fn parse<T: for<'de> Deserialize<'de>>(bytes: &[u8], key: &Key) -> Result<T> {
    // The cause is not told: it could quote the token.
    serde_json::from_slice(bytes).map_err(|_| {
        Error::new(
            OwnCode::StoreDamaged,
            format!("token_store: what is stored as {key} is not a token"),
        )
    })
}

pub(super) fn to_bytes(value: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|error| Error::new(OwnCode::Internal, error.to_string()))
}

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Record")
    }
}
