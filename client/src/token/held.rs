use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::interface::TokenResponse;

/// How long a renewal ahead of time that came to nothing is not tried again, at most: the token that is held still lives.
const BETWEEN_RENEWALS: Duration = Duration::from_secs(5);

/// A token in memory, with times of the [`Clock`](crate::Clock).
#[derive(Clone)]
pub(super) struct Held {
    pub(super) token: Secret,
    pub(super) renew_at: Duration,
    pub(super) expires_at: Duration,
    /// The version of the record that it is of: later ones have greater numbers, whatever clocks say.
    pub(super) version: u64,
}

impl Held {
    /// A token that was asked for at `asked_at`; it is renewed at a time of this process' own.
    pub(super) fn new(answer: &TokenResponse, asked_at: Duration, version: u64) -> Self {
        let (from, by) = answer.renewed_within();
        Self {
            token: answer.access_token.clone(),
            renew_at: asked_at + from + by.saturating_sub(from).mul_f64(fastrand::f64()),
            expires_at: asked_at + answer.expires_in,
            version,
        }
    }

    /// A token that was asked for `age` before `now`, which may be before the clock's origin.
    pub(super) fn aged(answer: &TokenResponse, age: Duration, now: Duration, version: u64) -> Self {
        let mut held = Self::new(answer, now, version);
        held.renew_at = held.renew_at.saturating_sub(age);
        held.expires_at = held.expires_at.saturating_sub(age);
        held
    }

    /// Lets it serve on, and tries to renew it a little later, though before its end.
    pub(super) fn postpone(&mut self, now: Duration) {
        let rest = self.expires_at.saturating_sub(now);
        self.renew_at = now + BETWEEN_RENEWALS.min(rest / 2);
    }

    /// Whether it lives, and is not the one that was rejected.
    pub(super) fn is_usable(&self, now: Duration, rejected: Option<&Secret>) -> bool {
        now < self.expires_at && Some(&self.token) != rejected
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jumpqr_core::Secret;
    use jumpqr_core::interface::TokenResponse;

    use super::Held;

    #[test]
    fn no_two_processes_renew_at_the_same_time() {
        let answer = TokenResponse::new(Secret::new("T"), Duration::from_secs(7200));
        let (from, by) = answer.renewed_within();
        let times: Vec<_> = (0..64)
            .map(|_| Held::new(&answer, Duration::ZERO, 1).renew_at)
            .collect();
        assert!(times.iter().all(|time| (from..by).contains(time)));
        let (first, last) = (times.iter().min().unwrap(), times.iter().max().unwrap());
        assert!(
            *last > *first + by.abs_diff(from) / 2,
            "{first:?} to {last:?}"
        );
    }
}
