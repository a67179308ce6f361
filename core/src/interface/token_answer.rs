use std::time::Duration;

use super::missing;
use crate::Secret;
use crate::answer::Object;
use crate::error::Result;

/// How long before its end a token is renewed. In its last 5 minutes stable_token hands out the next one, and the former
/// one still lives; a minute is left for clocks and networks.
const RENEW_BEFORE_END: Duration = Duration::from_secs(240);

/// The longest life that WeChat gives a token, in seconds; a longer one is not believed.
const LONGEST_LIFE: u64 = 7200;

/// The answer of `token`, `stable_token` and `api_component_token`, and the token in that of `api_authorizer_token`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenAnswer {
    /// The token; up to 512 characters.
    pub access_token: Secret,
    /// How long it lives; at most 7200 s. Its life may be cut short at any time.
    pub expires_in: Duration,
}

impl TokenAnswer {
    /// A token that was issued before and kept somewhere; a life longer than WeChat's is not believed.
    #[must_use]
    pub fn new(access_token: Secret, expires_in: Duration) -> Self {
        Self {
            access_token,
            expires_in: expires_in.min(Duration::from_secs(LONGEST_LIFE)),
        }
    }

    pub(super) fn decode(answer: &Object) -> Result<Self> {
        Self::decode_field(answer, "access_token")
    }

    /// The same where the token is in another field.
    pub(super) fn decode_field(answer: &Object, field: &str) -> Result<Self> {
        let access_token = answer
            .text(field)
            .filter(|token| !token.is_empty())
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

    /// How long after its issue the token is due to be renewed: 4 minutes before its end, or halfway through a shorter
    /// life.
    #[must_use]
    pub fn renew_after(&self) -> Duration {
        self.expires_in
            .saturating_sub(RENEW_BEFORE_END)
            .max(self.expires_in / 2)
    }
}

#[cfg(test)]
mod tests {
    use super::TokenAnswer;
    use crate::answer::Reply;

    fn life(expires_in: &str) -> (u64, u64) {
        let body = format!(r#"{{"access_token":"T","expires_in":{expires_in}}}"#);
        let answer = TokenAnswer::decode(&Reply::ok(body).object().unwrap()).unwrap();
        (answer.expires_in.as_secs(), answer.renew_after().as_secs())
    }

    #[test]
    fn a_token_is_renewed_before_its_end_however_short_its_life() {
        assert_eq!(life("7200"), (7200, 6960));
        assert_eq!(life("\"300\""), (300, 150));
        assert_eq!(life("2"), (2, 1));
    }

    #[test]
    fn a_life_that_makes_no_sense_is_survived() {
        for nonsense in ["0", "-5", "\"soon\"", "1000000000000", "null"] {
            assert_eq!(life(nonsense), (7200, 6960), "{nonsense}");
        }
    }
}
