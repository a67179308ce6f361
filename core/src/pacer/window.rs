//! The calls of the last second to one interface, and what they leave for the next ones.

use alloc::vec::Vec;
use core::time::Duration;

/// The number of calls that WeChat takes in a second, for each interface and account. It refuses
/// more with 44990.
pub(super) const CALLS_PER_WINDOW: usize = 5;

/// A second, and 100 ms more: the network may deliver calls closer together than they were sent.
pub(super) const WINDOW: Duration = Duration::from_millis(1100);

/// When the calls to one interface started, and when the next one may start.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Window {
    /// The starts of slots that were taken within the last window, in order. Those of calls that
    /// still wait may lie in the future.
    pub(super) starts: Vec<Duration>,
    /// No call may start before this time, because WeChat has refused one for its pace.
    pub(super) not_before: Duration,
}

impl Window {
    pub(super) fn forget_old_starts(&mut self, now: Duration) {
        let is_old = |start: &Duration| start.checked_add(WINDOW).is_some_and(|end| end <= now);
        let old_count = self.starts.partition_point(is_old);
        self.starts.drain(..old_count);
    }

    /// Returns when the call at this place of the queue may start; `None` if that is after the last
    /// time of a [`Duration`].
    pub(super) fn start_at(&self, place: usize, now: Duration) -> Option<Duration> {
        let (rounds, place) = (place / CALLS_PER_WINDOW, place % CALLS_PER_WINDOW);
        let first = match (place + self.starts.len()).checked_sub(CALLS_PER_WINDOW) {
            None => now,
            Some(index) => self.starts.get(index)?.checked_add(WINDOW)?,
        };
        let first = first.max(now).max(self.not_before);
        first.checked_add(WINDOW.checked_mul(u32::try_from(rounds).ok()?)?)
    }

    pub(super) fn add_start(&mut self, start: Duration) {
        let index = self.starts.partition_point(|other| *other <= start);
        self.starts.insert(index, start);
    }

    pub(super) fn remove_start(&mut self, start: Duration) {
        if let Ok(index) = self.starts.binary_search(&start) {
            self.starts.remove(index);
        }
    }

    /// Lets no call start for a whole window.
    pub(super) fn hold(&mut self, now: Duration) {
        self.not_before = self.not_before.max(now.saturating_add(WINDOW));
    }
}
