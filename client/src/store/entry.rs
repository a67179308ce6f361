//! Who may write: the rules of leases, for every store that keeps an entry a key.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// By how much a clock may be set back before a lease counts as one from the future, and is over.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(2);

/// What is known of a key, but for the record's bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// The number of the last lease.
    fence: u64,
    /// The last lease, unless it was released.
    lease: Option<Span>,
    /// The fence under which the record was saved; `None` where there is no record.
    pub(super) version: Option<u64>,
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

impl Entry {
    /// Whether there is a lease that was neither released nor outlived.
    pub(super) fn is_locked(&self, now: Duration) -> bool {
        self.lease.is_some_and(|lease| {
            let now = millis(now);
            now < lease.from_ms.saturating_add(lease.life_ms)
                && now.saturating_add(millis(CLOCK_TOLERANCE)) >= lease.from_ms
        })
    }

    /// Gives a new lease, whatever became of the last, and returns its fence.
    ///
    /// Fences follow the time of day, so that they grow even if the entry is deleted meanwhile.
    pub(super) fn lock(&mut self, now: Duration, life: Duration) -> u64 {
        self.fence = self.fence.saturating_add(1).max(millis(now));
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

    use super::Entry;

    const NOW: Duration = Duration::from_secs(1_800_000_000);
    const LIFE: Duration = Duration::from_secs(30);
    const HOUR_BEFORE: Duration = Duration::from_secs(1_800_000_000 - 3600);
    const SECOND_BEFORE: Duration = Duration::from_secs(1_800_000_000 - 1);

    #[test]
    fn a_lease_is_over_at_its_end_and_when_the_clock_was_set_back() {
        let mut entry = Entry::default();
        entry.lock(NOW, LIFE);
        assert!(entry.is_locked(NOW));
        assert!(entry.is_locked(SECOND_BEFORE));
        assert!(entry.is_locked(SECOND_BEFORE + LIFE));
        assert!(!entry.is_locked(NOW + LIFE));
        assert!(!entry.is_locked(HOUR_BEFORE));
    }

    #[test]
    fn fences_grow_whatever_the_clock_does_and_whether_or_not_the_entry_is_lost() {
        let mut entry = Entry::default();
        let first = entry.lock(NOW, LIFE);
        let second = entry.lock(HOUR_BEFORE, LIFE);
        assert!(second > first);
        let after_loss = Entry::default().lock(NOW + LIFE, LIFE);
        assert!(after_loss > second);
    }

    #[test]
    fn a_lease_admits_until_it_is_released_or_followed() {
        let mut entry = Entry::default();
        let first = entry.lock(NOW, LIFE);
        assert!(entry.admits(first));
        let second = entry.lock(NOW, LIFE);
        assert!(!entry.admits(first) && !entry.release(first));
        assert!(entry.release(second) && !entry.admits(second));
    }
}
