use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;
use core::time::Duration;

use serde::{Deserialize, Serialize};

use super::refusal::Refusal;
use crate::error::{Error, OwnCode, Result};
use crate::interface::TokenResponse;
use crate::secret::Secret;

/// What a store keeps of an account's tokens, for processes and machines to share: an access token,
/// the refresh token for the next request, and what WeChat refused last.
///
/// They are written together: nobody sees an access token whose refresh token is not stored.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRecord {
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token: Option<AccessToken>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) refusal: Option<Refusal>,
    /// When a new token was last forced, in ms since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    forced_at_ms: Option<u64>,
    /// When the merchant authorised the platform last, in UNIX seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) authorised_at: Option<u64>,
    /// When the merchant ended the authorisation, in UNIX seconds by WeChat's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) unauthorised_at: Option<u64>,
    /// When that was received, in ms since 1970 by the clock of the machine that received it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) unauthorised_noted_at_ms: Option<u64>,
    /// The last authorization_code that WeChat pushed, until a code is exchanged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) pushed_code: Option<PushedCode>,
}

/// An authorization_code that WeChat pushed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PushedCode {
    value: String,
    /// When WeChat made the push, in UNIX seconds.
    pub(super) create_time: u64,
}

impl PushedCode {
    pub(super) fn new(code: &Secret, create_time: u64) -> Self {
        Self {
            value: code.expose().to_string(),
            create_time,
        }
    }

    pub(super) fn secret(&self) -> Secret {
        Secret::from(self.value.as_str())
    }
}

impl fmt::Debug for PushedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PushedCode(***)")
    }
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct AccessToken {
    value: String,
    /// When it was asked for, in ms since 1970 by the clock of the machine that asked.
    asked_at_ms: u64,
    /// How long it lives from then on, in ms.
    life_ms: u64,
}

impl TokenRecord {
    /// A record with no access token yet.
    #[must_use]
    pub fn with_refresh_token(refresh_token: Option<Secret>) -> Self {
        Self {
            refresh_token: refresh_token.map(|token| token.expose().to_string()),
            ..Self::default()
        }
    }

    /// A record of a merchant who has authorised the platform at `time_of_day`.
    #[must_use]
    pub fn authorised(refresh_token: Secret, time_of_day: Duration) -> Self {
        Self {
            authorised_at: Some(time_of_day.as_secs()),
            ..Self::with_refresh_token(Some(refresh_token))
        }
    }

    /// Parses what a store holds under `key`.
    pub fn parse(bytes: &[u8], key: &str) -> Result<Self> {
        // The cause is left out: it could quote the token.
        serde_json::from_slice(bytes).map_err(|_| {
            Error::new(
                OwnCode::StoreDamaged,
                format!("token_store: what is stored as {key} is not a token"),
            )
        })
    }

    /// Serialises the record, as [`parse`](Self::parse) reads it.
    pub fn to_json(&self) -> Result<Secret> {
        let json = serde_json::to_string(self).map(Secret::new);
        json.map_err(|error| Error::new(OwnCode::Internal, error.to_string()))
    }

    /// The refresh token for the next request.
    #[must_use]
    pub fn refresh_token(&self) -> Option<Secret> {
        self.refresh_token.as_deref().map(Secret::from)
    }

    /// `create_time` of the push with that code.
    pub(super) fn code_pushed_at(&self) -> Option<u64> {
        self.pushed_code.as_ref().map(|code| code.create_time)
    }

    /// The last authorization_code that WeChat pushed, if it was not exchanged yet.
    #[must_use]
    pub fn pushed_code(&self) -> Option<Secret> {
        self.pushed_code.as_ref().map(PushedCode::secret)
    }

    /// When the merchant ended the authorisation, in UNIX seconds; `None` if it stands, or is not
    /// known to have ended.
    #[must_use]
    pub fn unauthorised_at(&self) -> Option<u64> {
        self.unauthorised_at
    }

    /// The access token, and its age at `time_of_day`.
    ///
    /// A token from the future was issued by a machine whose clock is ahead. It counts as new.
    #[must_use]
    pub fn access_token(&self, time_of_day: Duration) -> Option<(TokenResponse, Duration)> {
        let token = self.access_token.as_ref()?;
        let response = TokenResponse::new(
            Secret::new(token.value.as_str()),
            Duration::from_millis(token.life_ms),
        );
        let age = time_of_day.saturating_sub(Duration::from_millis(token.asked_at_ms));
        Some((response, age))
    }

    /// What WeChat refused last.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        self.refusal.as_ref()
    }

    /// The record after a response to a request that was made at `time_of_day`.
    pub(super) fn renewed(
        &self,
        response: &TokenResponse,
        refresh_token: Option<Secret>,
        time_of_day: Duration,
    ) -> Self {
        Self {
            access_token: Some(AccessToken {
                value: response.access_token.expose().to_string(),
                asked_at_ms: millis(time_of_day),
                life_ms: millis(response.expires_in),
            }),
            forced_at_ms: self.forced_at_ms,
            authorised_at: self.authorised_at,
            pushed_code: self.pushed_code.clone(),
            ..Self::with_refresh_token(refresh_token)
        }
    }

    /// Whether `token` is the stored access token.
    pub(super) fn has_access_token(&self, token: &Secret) -> bool {
        let stored = self.access_token.as_ref();
        stored.is_some_and(|stored| stored.value == token.expose())
    }

    /// Drops the access token if it is the rejected one.
    pub(super) fn drop_access_token(&mut self, rejected: Option<&Secret>) {
        self.access_token
            .take_if(|token| rejected.is_some_and(|rejected| rejected.expose() == token.value));
    }

    /// How long ago a new token was last forced. If the clock was set back meanwhile, that is not
    /// known.
    pub(super) fn forced_ago(&self, time_of_day: Duration) -> Option<Duration> {
        time_of_day.checked_sub(Duration::from_millis(self.forced_at_ms?))
    }

    /// Notes that a new token is forced now.
    pub(super) fn set_forced(&mut self, time_of_day: Duration) {
        self.forced_at_ms = Some(millis(time_of_day));
    }
}

impl fmt::Debug for TokenRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenRecord(***)")
    }
}

/// Returns whole milliseconds, as records have them.
#[must_use]
pub fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::TokenRecord;
    use crate::error::OwnCode;
    use crate::interface::TokenResponse;
    use crate::secret::Secret;

    #[test]
    fn a_record_is_read_as_it_was_written_and_prints_no_secret() {
        let response = TokenResponse::new(Secret::new("ACCESS"), Duration::from_secs(7200));
        let now = Duration::from_secs(1_800_000_000);
        let mut record =
            TokenRecord::default().renewed(&response, Some(Secret::new("REFRESH")), now);
        record.set_forced(now);
        let json = record.to_json().unwrap();
        assert_eq!(
            TokenRecord::parse(json.expose().as_bytes(), "key").unwrap(),
            record
        );
        assert_eq!(format!("{record:?}"), "TokenRecord(***)");
    }

    #[test]
    fn an_error_about_a_damaged_record_quotes_nothing_of_it() {
        let error = TokenRecord::parse(br#"{"access_token":["SECRET"]}"#, "a-b").unwrap_err();
        assert_eq!(error.code(), OwnCode::StoreDamaged);
        assert!(!format!("{error:?}").contains("SECRET"));
    }
}
