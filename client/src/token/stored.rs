//! A token as it lies in a store, for processes and machines to share.

use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::error::{Error, OwnCode, Result};
use jumpqr_core::interface::TokenAnswer;
use serde::{Deserialize, Serialize};

use crate::store::{Key, TokenStore};

/// The record of a token.
#[derive(Serialize, Deserialize)]
struct StoredToken {
    access_token: String,
    /// When it was asked for, in ms since 1970 by the clock of the machine that asked.
    asked_at_ms: u64,
    /// How long it lives from then on, in ms.
    life_ms: u64,
}

/// The token in the store, where there is one, and for how long it has lived at `time_of_day`.
///
/// A token from the future was issued by a machine whose clock is ahead: it counts as new.
pub(super) fn load(
    store: &dyn TokenStore,
    key: &Key,
    time_of_day: Duration,
) -> Result<Option<(TokenAnswer, Duration)>> {
    let Some(record) = store.load(key)? else {
        return Ok(None);
    };
    // The cause is not told: it could quote the token.
    let stored: StoredToken = serde_json::from_slice(&record.bytes).map_err(|_| {
        Error::new(
            OwnCode::StoreDamaged,
            format!("token_store: what is stored as {key} is not a token"),
        )
    })?;
    let answer = TokenAnswer::new(
        Secret::new(stored.access_token),
        Duration::from_millis(stored.life_ms),
    );
    let age = time_of_day.saturating_sub(Duration::from_millis(stored.asked_at_ms));
    Ok(Some((answer, age)))
}

/// The record of what was answered to a request made at `time_of_day`.
pub(super) fn encode(answer: &TokenAnswer, time_of_day: Duration) -> Result<Vec<u8>> {
    let millis = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    serde_json::to_vec(&StoredToken {
        access_token: answer.access_token.expose().to_owned(),
        asked_at_ms: millis(time_of_day),
        life_ms: millis(answer.expires_in),
    })
    .map_err(|error| Error::new(OwnCode::Internal, error.to_string()))
}
