use std::fmt;
use std::time::{Duration, Instant};

/// What time it is, and waiting for another: given to the client so that a test need not sleep.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// The time since an origin that stays the same; it never goes back.
    fn now(&self) -> Duration;

    /// Returns at `until` or later.
    fn sleep_until(&self, until: Duration);
}

/// The machine's monotonic clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock {
    origin: Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self {
            origin: Instant::now(),
        }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        self.origin.elapsed()
    }

    fn sleep_until(&self, until: Duration) {
        std::thread::sleep(until.saturating_sub(self.now()));
    }
}
