use core::time::Duration;

use crate::interface::TokenResponse;
use crate::secret::Secret;

/// After a renewal ahead of time has failed, the next one is tried so much later, at most: the
/// cached token still lives.
const BETWEEN_RENEWALS: Duration = Duration::from_secs(5);

/// A token in memory. Times are counted from the origin of [`Moment::now`](super::Moment::now).
#[derive(Debug, Clone)]
pub(super) struct CachedToken {
    pub(super) token: Secret,
    pub(super) renew_at: Duration,
    pub(super) expires_at: Duration,
    /// The version of the record that holds the token. Later records have greater versions,
    /// whatever clocks say.
    pub(super) version: u64,
}

impl CachedToken {
    /// A token that was asked for at `asked_at`. `chance`, from 0 to 1, chooses when it is renewed.
    pub(super) fn new(
        response: &TokenResponse,
        asked_at: Duration,
        version: u64,
        chance: f64,
    ) -> Self {
        let (from, by) = response.renewed_within();
        let later = by.saturating_sub(from).mul_f64(chance.clamp(0.0, 1.0));
        Self {
            token: response.access_token.clone(),
            renew_at: asked_at.saturating_add(from).saturating_add(later),
            expires_at: asked_at.saturating_add(response.expires_in),
            version,
        }
    }

    /// A token that was asked for `age` before `now`, which may be before the clock's origin.
    pub(super) fn aged(
        response: &TokenResponse,
        age: Duration,
        now: Duration,
        version: u64,
        chance: f64,
    ) -> Self {
        let mut cached = Self::new(response, now, version, chance);
        cached.renew_at = cached.renew_at.saturating_sub(age);
        cached.expires_at = cached.expires_at.saturating_sub(age);
        cached
    }

    /// Lets the token serve on, and has it renewed a little later, though before its end.
    pub(super) fn postpone(&mut self, now: Duration) {
        let rest = self.expires_at.saturating_sub(now);
        self.renew_at = now.saturating_add(BETWEEN_RENEWALS.min(rest / 2));
    }

    /// Whether the token lives, and is not the rejected one.
    #[inline]
    pub(super) fn is_usable(&self, now: Duration, rejected: Option<&Secret>) -> bool {
        now < self.expires_at && Some(&self.token) != rejected
    }
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::CachedToken;
    use crate::interface::TokenResponse;
    use crate::secret::Secret;

    #[test]
    fn chance_chooses_when_a_token_is_renewed() {
        let response = TokenResponse::new(Secret::new("T"), Duration::from_secs(7200));
        let (from, by) = response.renewed_within();
        let renewed = |chance| CachedToken::new(&response, Duration::ZERO, 1, chance).renew_at;
        assert_eq!(renewed(0.0), from);
        assert_eq!(renewed(0.5), from + by.abs_diff(from) / 2);
        assert_eq!(renewed(1.0), by);
        assert_eq!(renewed(f64::INFINITY), by);
    }
}
