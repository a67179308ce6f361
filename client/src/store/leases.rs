//! The rules of leases, for the stores that keep them themselves: who may write, and until when.

use std::time::Duration;

use jumpqr_core::renewal::millis;
use serde::{Deserialize, Serialize};

/// Tolerated clock skew. If the clock is set back by more, a lease seems to start in the future and
/// is treated as expired.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(2);

/// The leases of one key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Leases {
    /// The fence of the last lease.
    fence: u64,
    /// The last lease; `None` if it was released.
    lease: Option<Span>,
}

/// When a lease began, in ms since 1970, and its length in ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Span {
    from_ms: u64,
    life_ms: u64,
}

impl Leases {
    /// Returns whether there is a lease that is neither released nor expired.
    pub(super) fn is_locked(&self, now: Duration) -> bool {
        self.lease.is_some_and(|lease| {
            let now = millis(now);
            now < lease.from_ms.saturating_add(lease.life_ms)
                && now.saturating_add(millis(CLOCK_TOLERANCE)) >= lease.from_ms
        })
    }

    /// Grants a new lease, even if the last one has not expired, and returns its fence. The fence
    /// is greater than `version`, the version of the stored record.
    ///
    /// Fences follow the time of day, so that they grow even if the last one is lost.
    pub(super) fn grant(&mut self, version: Option<u64>, now: Duration, life: Duration) -> u64 {
        let last = self.fence.max(version.unwrap_or(0));
        self.fence = last.saturating_add(1).max(millis(now));
        self.lease = Some(Span {
            from_ms: millis(now),
            life_ms: millis(life),
        });
        self.fence
    }

    /// Returns whether the holder of this lease may write: no other was granted since.
    pub(super) fn may_write(&self, fence: u64) -> bool {
        self.fence == fence && self.lease.is_some()
    }

    /// Ends the lease; returns `false` if it is not the last one.
    pub(super) fn release(&mut self, fence: u64) -> bool {
        let may_write = self.may_write(fence);
        if may_write {
            self.lease = None;
        }
        may_write
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Leases;

    const NOW: Duration = Duration::from_secs(1_800_000_000);
    const LIFE: Duration = Duration::from_secs(30);
    const HOUR_BEFORE: Duration = Duration::from_secs(1_800_000_000 - 3600);
    const SECOND_BEFORE: Duration = Duration::from_secs(1_800_000_000 - 1);

    #[test]
    fn a_lease_expires_at_its_end_and_if_the_clock_is_set_back() {
        let mut leases = Leases::default();
        leases.grant(None, NOW, LIFE);
        assert!(leases.is_locked(NOW));
        assert!(leases.is_locked(SECOND_BEFORE));
        assert!(leases.is_locked(SECOND_BEFORE + LIFE));
        assert!(!leases.is_locked(NOW + LIFE));
        assert!(!leases.is_locked(HOUR_BEFORE));
    }

    #[test]
    fn fences_grow_even_if_the_clock_is_set_back_or_the_last_lease_is_lost() {
        let mut leases = Leases::default();
        let first = leases.grant(None, NOW, LIFE);
        let second = leases.grant(None, HOUR_BEFORE, LIFE);
        assert!(second > first);
        let after_loss = Leases::default().grant(None, NOW + LIFE, LIFE);
        assert!(after_loss > second);
        let after_loss = Leases::default().grant(Some(second), HOUR_BEFORE, LIFE);
        assert!(after_loss > second);
    }

    #[test]
    fn the_holder_may_write_until_the_lease_is_released_or_another_is_granted() {
        let mut leases = Leases::default();
        let first = leases.grant(None, NOW, LIFE);
        assert!(leases.may_write(first));
        let second = leases.grant(None, NOW, LIFE);
        assert!(!leases.may_write(first) && !leases.release(first));
        assert!(leases.release(second) && !leases.may_write(second));
    }
}
