use std::time::Duration;

use super::missing;
use crate::error::Result;
use crate::response::Fields;
use crate::secret::Secret;

/// The parts of its life before its end at which a token is renewed: of 2 hours, 4 minutes and 1 minute. In its last
/// 5 minutes stable_token hands out the next one, and the former one still lives; a minute is left for clocks and networks.
const RENEWED_FROM: u32 = 30;
const RENEWED_BY: u32 = 120;

/// The longest life that WeChat gives a token, in seconds; a longer one is not believed.
const LONGEST_LIFE: u64 = 7200;

/// The longest credential that is taken from anybody, in bytes: WeChat's have up to 512 characters, and nobody knows for how long.
pub const LONGEST_CREDENTIAL: usize = 4096;

/// The answer of `token`, `stable_token` and `api_component_token`, and the token in that of `api_authorizer_token`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenResponse {
    /// The token; up to 512 characters.
    pub access_token: Secret,
    /// How long it lives; at most 7200 s. Its life may be cut short at any time.
    pub expires_in: Duration,
}

impl TokenResponse {
    /// A token that was issued before and kept somewhere; a life longer than WeChat's is not believed.
    #[must_use]
    pub fn new(access_token: Secret, expires_in: Duration) -> Self {
        Self {
            access_token,
            expires_in: expires_in.min(Duration::from_secs(LONGEST_LIFE)),
        }
    }

    pub(super) fn decode(answer: &Fields) -> Result<Self> {
        Self::decode_field(answer, "access_token")
    }

    /// The same where the token is in another field.
    pub(super) fn decode_field(answer: &Fields, field: &str) -> Result<Self> {
        let access_token = answer
            .text(field)
            .filter(|token| (1..=LONGEST_CREDENTIAL).contains(&token.len()))
            .ok_or_else(|| missing(field))?;
        // A life that is missing or makes no sense is no reason to refuse the token: one that is stale is renewed.
        let seconds = answer
            .count("expires_in")
            .filter(|seconds| *seconds > 0)
            .unwrap_or(LONGEST_LIFE)
            .min(LONGEST_LIFE);
        Ok(Self {
            access_token: Secret::new(access_token),
            expires_in: Duration::from_secs(seconds),
        })
    }

    /// How long after its issue the token is renewed: between these two times, at one that each process chooses for itself,
    /// so that those of a fleet do not all ask at once.
    #[must_use]
    pub fn renewed_within(&self) -> (Duration, Duration) {
        let before_end = |part| self.expires_in.saturating_sub(self.expires_in / part);
        (before_end(RENEWED_FROM), before_end(RENEWED_BY))
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_CREDENTIAL, TokenResponse};
    use crate::error::OwnCode;
    use crate::response::Response;

    fn decoded(expires_in: &str) -> TokenResponse {
        let body = format!(r#"{{"access_token":"T","expires_in":{expires_in}}}"#);
        TokenResponse::decode(&Response::ok(body).fields().unwrap()).unwrap()
    }

    #[test]
    fn a_token_is_renewed_shortly_before_its_end_however_short_its_life() {
        let times = |expires_in| {
            let token = decoded(expires_in);
            let (from, by) = token.renewed_within();
            [token.expires_in, from, by].map(|time| time.as_millis())
        };
        assert_eq!(times("7200"), [7_200_000, 6_960_000, 7_140_000]);
        assert_eq!(times("\"300\""), [300_000, 290_000, 297_500]);
        assert_eq!(times("1"), [1000, 966, 991]);
    }

    #[test]
    fn a_token_that_is_far_too_long_is_none() {
        let decoded = |length: usize| {
            let body = format!(
                r#"{{"access_token":"{}","expires_in":7200}}"#,
                "T".repeat(length)
            );
            TokenResponse::decode(&Response::ok(body).fields().unwrap())
        };
        assert!(decoded(LONGEST_CREDENTIAL).is_ok());
        let error = decoded(LONGEST_CREDENTIAL + 1).unwrap_err();
        assert_eq!(error.code(), OwnCode::UnexpectedResponse);
        assert!(error.message().len() < 100, "{error}");
    }

    #[test]
    fn a_life_that_makes_no_sense_is_survived() {
        for nonsense in ["0", "-5", "\"soon\"", "1000000000000", "null"] {
            assert_eq!(decoded(nonsense).expires_in.as_secs(), 7200, "{nonsense}");
        }
    }
}
