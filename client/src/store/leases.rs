//! Who may write: the rules of leases, for every store that keeps them itself.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Tolerated clock skew. If the clock is set back by more, a lease seems to start in the future and
/// is treated as expired.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(2);

/// The leases of one key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Leases {
    /// The fence of the last lease.
    fence: u64,
    /// The last lease, unless it was released.
    lease: Option<Span>,
}

/// From when, in ms since 1970, and how long, in ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Span {
    from_ms: u64,
    life_ms: u64,
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl Leases {
    /// Whether there is a lease that is neither released nor expired.
    pub(super) fn is_locked(&self, now: Duration) -> bool {
        self.lease.is_some_and(|lease| {
            let now = millis(now);
            now < lease.from_ms.saturating_add(lease.life_ms)
                && now.saturating_add(millis(CLOCK_TOLERANCE)) >= lease.from_ms
        })
    }

    /// Gives a new lease, even if the last one stands, and returns its fence. The fence is greater
    /// than `version`, the version of the stored record.
    ///
    /// Fences follow the time of day, so that they grow even if the file with them is lost.
    pub(super) fn give(&mut self, version: Option<u64>, now: Duration, life: Duration) -> u64 {
        let last = self.fence.max(version.unwrap_or(0));
        self.fence = last.saturating_add(1).max(millis(now));
        self.lease = Some(Span {
            from_ms: millis(now),
            life_ms: millis(life),
        });
        self.fence
    }

    /// Whether the holder of this lease may write: no other was given since.
    pub(super) fn admits(&self, fence: u64) -> bool {
        self.fence == fence && self.lease.is_some()
    }

    /// Ends the lease; `false` if it was not the last one.
    pub(super) fn release(&mut self, fence: u64) -> bool {
        let admitted = self.admits(fence);
        if admitted {
            self.lease = None;
        }
        admitted
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
    fn a_lease_is_over_at_its_end_and_when_the_clock_was_set_back() {
        let mut leases = Leases::default();
        leases.give(None, NOW, LIFE);
        assert!(leases.is_locked(NOW));
        assert!(leases.is_locked(SECOND_BEFORE));
        assert!(leases.is_locked(SECOND_BEFORE + LIFE));
        assert!(!leases.is_locked(NOW + LIFE));
        assert!(!leases.is_locked(HOUR_BEFORE));
    }

    #[test]
    fn fences_grow_whatever_the_clock_does_and_whether_or_not_the_leases_is_lost() {
        let mut leases = Leases::default();
        let first = leases.give(None, NOW, LIFE);
        let second = leases.give(None, HOUR_BEFORE, LIFE);
        assert!(second > first);
        let after_loss = Leases::default().give(None, NOW + LIFE, LIFE);
        assert!(after_loss > second);
        let after_loss = Leases::default().give(Some(second), HOUR_BEFORE, LIFE);
        assert!(after_loss > second);
    }

    #[test]
    fn a_lease_admits_until_it_is_released_or_followed() {
        let mut leases = Leases::default();
        let first = leases.give(None, NOW, LIFE);
        assert!(leases.admits(first));
        let second = leases.give(None, NOW, LIFE);
        assert!(!leases.admits(first) && !leases.release(first));
        assert!(leases.release(second) && !leases.admits(second));
    }
}
