use std::fmt;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// What time it is, and waiting for another: given to the client so that a test need not sleep.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// The time since an origin that stays the same; it never goes back.
    fn now(&self) -> Duration;

    /// The time of day, since the beginning of 1970 in UTC: it is compared with that of other processes and machines, and may
    /// jump.
    fn time_of_day(&self) -> Duration;

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

    fn time_of_day(&self) -> Duration {
        time_of_day()
    }

    fn sleep_until(&self, until: Duration) {
        std::thread::sleep(until.saturating_sub(self.now()));
    }
}

/// The machine's time of day; one before 1970 is 1970.
pub(crate) fn time_of_day() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}
