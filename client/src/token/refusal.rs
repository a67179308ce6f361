//! What WeChat said to credentials that it does not take, remembered so that it is not asked the same again at once.

use std::fmt;
use std::time::Duration;

use jumpqr_core::error::{Error, ErrorKind, OwnCode};
use jumpqr_core::{ErrCode, Secret};
use ring::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

use super::record::millis;

/// How long the first refusal is remembered; each further one twice as long as the one before.
const FIRST: Duration = Duration::from_secs(5);

/// How long a refusal is remembered at most: somebody who fixes the account on WeChat's console waits for so long.
const LONGEST: Duration = Duration::from_secs(60);

/// `component is not authorized by this account`.
pub(super) const NOT_AUTHORIZED: i64 = 61003;

/// How much of WeChat's text is remembered, in characters.
const LONGEST_TEXT: usize = 512;

/// A refusal, and how often it has come in a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Refusal {
    /// WeChat's; `None` where WeChat's list of merchants did not name this one.
    pub(super) errcode: Option<i64>,
    /// `errmsg`, or what else was said.
    text: String,
    /// What was refused; anything else is a new attempt.
    credentials: Credentials,
    /// When it came, in ms since 1970.
    at_ms: u64,
    times: u32,
    /// Whether WeChat's list of merchants has this one, although it calls the platform not
    /// authorised.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_listed: bool,
}

/// By what credentials are told apart without being kept: half a SHA-256 of them, in hex.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Credentials(String);

impl Credentials {
    pub(super) fn of(secrets: &[&Secret]) -> Self {
        let mut context = Context::new(&SHA256);
        for secret in secrets {
            let bytes = secret.expose().as_bytes();
            context.update(&bytes.len().to_be_bytes());
            context.update(bytes);
        }
        let digest = context.finish();
        let half = digest.as_ref().first_chunk().copied();
        Self(format!(
            "{:032x}",
            u128::from_be_bytes(half.unwrap_or_default())
        ))
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(***)")
    }
}

/// 61003 for a merchant whom WeChat's list has. Developers report that WeChat takes some time, up
/// to hours, until all of its servers know an authorisation.
pub(super) fn of_listed_merchant(error: Error) -> Error {
    error.with_retryable(true).with_advice(
        "WeChat's list has this merchant, so the authorisation stands: call again later, it passes within hours. If it lasts for a day, the merchant authorises the platform again.",
    )
}

/// Who must not ask again.
pub(super) enum Scope {
    /// Everybody who shares the store: the credentials are wrong, a permission is missing, or a quota is used up.
    Everybody,
    /// Everybody on this machine: what is refused is its address.
    Here,
}

/// Whether asking again brings the same, and whom.
pub(super) fn scope(error: &Error) -> Option<Scope> {
    if error.errcode().is_none() && error.code() != OwnCode::NoRefreshToken {
        return None;
    }
    // Somebody else used the refresh token up; the list has the next one by now.
    if error.kind() == ErrorKind::Credentials && error.is_retryable() {
        return None;
    }
    let known = error.code().documented();
    if known.is_some_and(ErrCode::is_about_address) {
        return Some(Scope::Here);
    }
    match error.kind() {
        ErrorKind::Credentials
        | ErrorKind::Permission
        | ErrorKind::Quota
        | ErrorKind::RateLimited => Some(Scope::Everybody),
        _ => None,
    }
}

impl Refusal {
    /// The refusal of these credentials at `time_of_day`; `former` are those that are still remembered.
    pub(super) fn new<'a>(
        error: &Error,
        credentials: Credentials,
        former: impl IntoIterator<Item = &'a Self>,
        time_of_day: Duration,
    ) -> Self {
        let same = former
            .into_iter()
            .filter(|former| former.credentials == credentials);
        let times = same.map(|former| former.times).max().unwrap_or(0);
        Self {
            errcode: error.errcode(),
            text: error
                .errmsg()
                .unwrap_or(error.message())
                .chars()
                .take(LONGEST_TEXT)
                .collect(),
            credentials,
            at_ms: millis(time_of_day),
            times: times.saturating_add(1),
            is_listed: error.errcode() == Some(NOT_AUTHORIZED) && error.is_retryable(),
        }
    }

    /// How long these credentials are not tried again. A clock that was set back ends it.
    pub(super) fn again_in(&self, credentials: &Credentials, now: Duration) -> Option<Duration> {
        let age = now.checked_sub(Duration::from_millis(self.at_ms))?;
        let life = self.life().checked_sub(age).filter(|rest| !rest.is_zero());
        life.filter(|_| self.credentials == *credentials)
    }

    fn life(&self) -> Duration {
        let doublings = self.times.saturating_sub(1).min(16);
        LONGEST.min(FIRST * 2_u32.saturating_pow(doublings))
    }

    /// The error again, without having asked.
    pub(super) fn error(&self, interface: &'static str, again_in: Duration) -> Error {
        let (error, advice) = match self.errcode {
            Some(errcode) => {
                let error = Error::from_answer(errcode, &self.text);
                if self.is_listed {
                    let error = of_listed_merchant(error);
                    let advice = error.advice().to_owned();
                    (error, advice)
                } else {
                    let code = error.code().documented();
                    let known = code.and_then(|code| code.advice_in(interface));
                    let advice = known.unwrap_or(error.advice()).to_owned();
                    (error, advice)
                }
            }
            None => (
                Error::new(OwnCode::NoRefreshToken, self.text.as_str()),
                OwnCode::NoRefreshToken.advice().to_owned(),
            ),
        };
        error.in_interface(interface).with_advice(format!(
            "{advice} This is what WeChat has said before; it is not asked again for {} s.",
            again_in.as_secs() + 1
        ))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jumpqr_core::Error;

    use super::{Credentials, Refusal};

    const NOW: Duration = Duration::from_secs(1_800_000_000);
    const BEFORE: Duration = Duration::from_secs(1_799_999_999);

    fn of(secret: &str) -> Credentials {
        Credentials::of(&[&secret.into()])
    }

    #[test]
    fn a_refusal_is_remembered_longer_each_time_up_to_a_minute() {
        let error = Error::from_answer(40125, "invalid appsecret");
        let mut former = None;
        for life in [5, 10, 20, 40, 60, 60] {
            let refusal = Refusal::new(&error, of("S"), &former, NOW);
            let left = |after| refusal.again_in(&of("S"), NOW + after);
            assert_eq!(left(Duration::ZERO), Some(Duration::from_secs(life)));
            assert_eq!(left(Duration::from_secs(life)), None);
            former = Some(refusal);
        }
        let other = Refusal::new(&error, of("other"), &former, NOW);
        assert_eq!(
            other.again_in(&of("other"), NOW),
            Some(Duration::from_secs(5))
        );
    }

    #[test]
    fn other_credentials_and_a_clock_that_was_set_back_end_it() {
        let error = Error::from_answer(40013, "invalid appid");
        let refusal = Refusal::new(&error, of("S"), None, NOW);
        assert_eq!(refusal.again_in(&of("other"), NOW), None);
        assert_eq!(refusal.again_in(&of("S"), BEFORE), None);
    }

    #[test]
    fn credentials_are_told_apart_and_neither_kept_nor_printed() {
        assert_ne!(
            Credentials::of(&[&"a".into(), &"bc".into()]),
            Credentials::of(&[&"ab".into(), &"c".into()])
        );
        assert!(!of("APPSECRET").0.contains("APPSECRET"));
        assert_eq!(format!("{:?}", of("S")), "Credentials(***)");
    }
}
