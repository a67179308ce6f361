//! The time that is left.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long a wait lasts at most before it is checked whether the look is cancelled.
pub(crate) const BETWEEN_CHECKS: Duration = Duration::from_millis(50);

/// When a fetch ends.
#[derive(Debug, Clone)]
pub(crate) struct End {
    /// When everything ends.
    pub(crate) deadline: Instant,
    /// When this fetch ends, at the latest at the deadline.
    pub(crate) at: Instant,
    /// Whether nobody waits for the result any more.
    pub(crate) is_cancelled: Arc<AtomicBool>,
}

impl End {
    /// Returns how long a wait may last; `None` if the end has come.
    pub(crate) fn next_wait(&self) -> Option<Duration> {
        Some(self.left()?.min(BETWEEN_CHECKS))
    }

    /// Returns the time that is left; `None` if the end has come.
    pub(crate) fn left(&self) -> Option<Duration> {
        let left = self.at.saturating_duration_since(Instant::now());
        let is_over = left.is_zero() || self.is_cancelled.load(Ordering::Relaxed);
        (!is_over).then_some(left)
    }

    /// Whether the deadline cuts the fetch short, so that it says nothing about the server.
    pub(crate) fn is_cut(&self) -> bool {
        self.at >= self.deadline || self.is_cancelled.load(Ordering::Relaxed)
    }
}

/// Returns the milliseconds since `begun`.
pub(crate) fn ms_since(begun: Instant) -> u32 {
    u32::try_from(begun.elapsed().as_millis()).unwrap_or(u32::MAX)
}
