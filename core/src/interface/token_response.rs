use core::time::Duration;

use super::{Decode, missing_field};
use crate::error::Result;
use crate::response::Fields;
use crate::secret::{Secret, query_length};

/// A token is renewed between these fractions of its life before its end: for 2 hours, 4 minutes
/// and 1 minute. In the last 5 minutes, `stable_token` returns the next token, and the previous one
/// is still valid. The last minute is left for differences between clocks and slow networks.
const RENEWED_FROM: u32 = 30;
const RENEWED_BY: u32 = 120;

/// The longest life of a token, in seconds. If WeChat states a longer one, this is used instead.
const LONGEST_LIFE: u64 = 7200;

/// The longest credential that is accepted, in bytes as it stands in a query: percent-encoded. It
/// fits into the head of a request. WeChat's have up to 512 characters now.
pub const LONGEST_CREDENTIAL: usize = 3072;

/// The most bytes in a query for one byte of a text: `%` and two digits.
const LONGEST_ENCODING: usize = 3;

/// Returns whether a credential is longer than [`LONGEST_CREDENTIAL`].
#[must_use]
pub fn is_credential_too_long(credential: &str) -> bool {
    credential.len() > LONGEST_CREDENTIAL / LONGEST_ENCODING
        && query_length(credential) > LONGEST_CREDENTIAL
}

/// The response of `token`, `stable_token` and `api_component_token`, and a part of the response of
/// `api_authorizer_token`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenResponse {
    /// The token, of up to 512 characters.
    pub access_token: Secret,
    /// How long it is valid after its issue, at most 7200 s. WeChat may invalidate it earlier.
    pub expires_in: Duration,
}

impl TokenResponse {
    /// Makes the response from a token that was issued earlier. A life longer than WeChat's longest
    /// is cut.
    #[must_use]
    pub fn new(access_token: Secret, expires_in: Duration) -> Self {
        Self {
            access_token,
            expires_in: expires_in.min(Duration::from_secs(LONGEST_LIFE)),
        }
    }

    /// Reads the response. `field` has the token.
    pub(super) fn decode_field(response: &Fields<'_>, field: &str) -> Result<Self> {
        let access_token = response
            .text(field)
            .filter(|token| !token.is_empty() && !is_credential_too_long(token))
            .ok_or_else(|| missing_field(field))?;
        // If the life is missing or makes no sense, the token is used anyway: a stale one is
        // renewed.
        let seconds = response
            .count("expires_in")
            .filter(|seconds| *seconds > 0)
            .unwrap_or(LONGEST_LIFE)
            .min(LONGEST_LIFE);
        Ok(Self {
            access_token: Secret::new(access_token),
            expires_in: Duration::from_secs(seconds),
        })
    }

    /// Returns the earliest and the latest time after its issue at which the token is renewed. Each
    /// process chooses a time of its own between them, so that not all processes ask at once.
    #[must_use]
    pub fn renewed_within(&self) -> (Duration, Duration) {
        let before_end = |part| self.expires_in.saturating_sub(self.expires_in / part);
        (before_end(RENEWED_FROM), before_end(RENEWED_BY))
    }
}

impl Decode for TokenResponse {
    fn decode(response: &Fields<'_>) -> Result<Self> {
        Self::decode_field(response, "access_token")
    }
}

#[cfg(test)]
mod tests {
    use super::{Decode, LONGEST_CREDENTIAL, TokenResponse};
    use crate::error::OwnCode;
    use crate::response::{Response, TextResponse};

    fn decoded(expires_in: &str) -> TokenResponse {
        let body = format!(r#"{{"access_token":"T","expires_in":{expires_in}}}"#);
        TokenResponse::decode(&TextResponse::from(Response::ok(body)).fields().unwrap()).unwrap()
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
    fn a_far_too_long_token_is_refused() {
        let decoded = |letter: &str, count| {
            let token = letter.repeat(count);
            let body = format!(r#"{{"access_token":"{token}","expires_in":7200}}"#);
            TokenResponse::decode(&TextResponse::from(Response::ok(body)).fields().unwrap())
        };
        // A slash takes three bytes in a query.
        for (letter, longest) in [("T", LONGEST_CREDENTIAL), ("/", LONGEST_CREDENTIAL / 3)] {
            assert!(decoded(letter, longest).is_ok());
            let error = decoded(letter, longest + 1).unwrap_err();
            assert_eq!(error.code(), OwnCode::UnexpectedResponse);
            assert!(error.message().len() < 100, "{error}");
        }
    }

    #[test]
    fn a_token_whose_life_makes_no_sense_is_used() {
        for nonsense in ["0", "-5", "\"soon\"", "1000000000000", "null"] {
            assert_eq!(decoded(nonsense).expires_in.as_secs(), 7200, "{nonsense}");
        }
    }
}
