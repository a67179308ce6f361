use alloc::format;
use alloc::string::String;
use core::fmt;
use core::time::Duration;

use serde::{Deserialize, Serialize};

use super::record::millis;
use super::unauthorised::is_not_authorised;
use crate::errcode::ErrCode;
use crate::error::{Error, ErrorKind, OwnCode};

/// How long the first refusal is remembered; each further one twice as long as the one before.
const FIRST: Duration = Duration::from_secs(5);

/// The maximum time that a refusal is remembered. After the account is fixed on WeChat's console,
/// the next attempt waits up to this time.
const LONGEST: Duration = Duration::from_secs(60);

/// How much of WeChat's text is remembered, in characters.
const LONGEST_TEXT: usize = 512;

/// What WeChat refused a credential with, and how often in a row. It is remembered so that the same
/// is not asked again at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// WeChat's; `None` if WeChat's list of merchants does not name this one.
    errcode: Option<i64>,
    /// WeChat's `errmsg`, or our message.
    text: String,
    /// The refused credential. Any other credential is a new attempt.
    credential: CredentialDigest,
    /// When it was refused, in ms since 1970.
    at_ms: u64,
    times: u32,
    /// Whether WeChat's list of merchants has this one, although WeChat calls the platform not
    /// authorised.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    is_listed: bool,
}

/// Tells credentials apart without keeping them: half of a SHA-256, in hex.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialDigest(String);

impl CredentialDigest {
    /// The digest with these bytes.
    #[must_use]
    pub fn new(bytes: [u8; 16]) -> Self {
        Self(format!("{:032x}", u128::from_be_bytes(bytes)))
    }
}

impl fmt::Debug for CredentialDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CredentialDigest(***)")
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
    /// Everybody who shares the store: the credential is wrong, a permission is missing, or a quota
    /// is used up.
    Everybody,
    /// Everybody on this machine: WeChat refuses its address.
    Machine,
}

/// Returns who would be refused in the same way; `None` if the next request may succeed.
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
        return Some(Scope::Machine);
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
    /// The refusal of this credential at `time_of_day`; `former` are the refusals that are still
    /// remembered.
    pub(super) fn new<'a>(
        error: &Error,
        credential: CredentialDigest,
        former: impl IntoIterator<Item = &'a Self>,
        time_of_day: Duration,
    ) -> Self {
        let same = former
            .into_iter()
            .filter(|former| former.credential == credential);
        let times = same.map(|former| former.times).max().unwrap_or(0);
        Self {
            errcode: error.errcode(),
            text: error
                .errmsg()
                .unwrap_or(error.message())
                .chars()
                .take(LONGEST_TEXT)
                .collect(),
            credential,
            at_ms: millis(time_of_day),
            times: times.saturating_add(1),
            is_listed: is_not_authorised(error) && error.is_retryable(),
        }
    }

    /// WeChat's `errcode`; `None` if its list of merchants does not name this one.
    #[must_use]
    pub fn errcode(&self) -> Option<i64> {
        self.errcode
    }

    /// How long this credential must not be tried again; `None` if it may. If the clock was set
    /// back, it may.
    #[must_use]
    pub fn again_in(
        &self,
        credential: &CredentialDigest,
        time_of_day: Duration,
    ) -> Option<Duration> {
        let age = time_of_day.checked_sub(Duration::from_millis(self.at_ms))?;
        let life = self.life().checked_sub(age).filter(|rest| !rest.is_zero());
        life.filter(|_| self.credential == *credential)
    }

    fn life(&self) -> Duration {
        let doublings = self.times.saturating_sub(1).min(16);
        LONGEST.min(FIRST * 2_u32.saturating_pow(doublings))
    }

    /// The error of a request that is not made.
    pub(super) fn error(&self, interface: &'static str, again_in: Duration) -> Error {
        let mut error = match self.errcode {
            Some(errcode) => Error::from_answer(errcode, &self.text),
            None => Error::new(OwnCode::NoRefreshToken, self.text.as_str()),
        };
        if self.is_listed {
            error = of_listed_merchant(error);
        }
        let code = error.code().documented().filter(|_| !self.is_listed);
        let advice = code.and_then(|code| code.advice_in(interface));
        let advice = format!(
            "{} This is what WeChat has said before; it is not asked again for {} s.",
            advice.unwrap_or(error.advice()),
            again_in.as_secs() + 1
        );
        error.in_interface(interface).with_advice(advice)
    }
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::{CredentialDigest, Refusal};
    use crate::error::Error;

    const NOW: Duration = Duration::from_secs(1_800_000_000);
    const BEFORE: Duration = Duration::from_secs(1_799_999_999);

    fn digest(byte: u8) -> CredentialDigest {
        CredentialDigest::new([byte; 16])
    }

    #[test]
    fn a_refusal_is_remembered_longer_each_time_up_to_a_minute() {
        let error = Error::from_answer(40125, "invalid appsecret");
        let mut former = None;
        for life in [5, 10, 20, 40, 60, 60] {
            let refusal = Refusal::new(&error, digest(1), &former, NOW);
            let left = |after| refusal.again_in(&digest(1), NOW + after);
            assert_eq!(left(Duration::ZERO), Some(Duration::from_secs(life)));
            assert_eq!(left(Duration::from_secs(life)), None);
            former = Some(refusal);
        }
        let other = Refusal::new(&error, digest(2), &former, NOW);
        let again_in = other.again_in(&digest(2), NOW);
        assert_eq!(again_in, Some(Duration::from_secs(5)));
    }

    #[test]
    fn other_credentials_and_a_clock_that_was_set_back_end_it() {
        let error = Error::from_answer(40013, "invalid appid");
        let refusal = Refusal::new(&error, digest(1), None, NOW);
        assert_eq!(refusal.again_in(&digest(2), NOW), None);
        assert_eq!(refusal.again_in(&digest(1), BEFORE), None);
    }
}
