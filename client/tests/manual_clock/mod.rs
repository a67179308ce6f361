//! A clock that a test sets. Waiting takes no time: it sets the clock.

use std::sync::Mutex;
use std::time::Duration;

use jumpqr::Clock;

#[derive(Debug, Default)]
pub(crate) struct ManualClock(Mutex<Duration>);

impl ManualClock {
    pub(crate) fn advance(&self, by: Duration) {
        *self.0.lock().unwrap() += by;
    }

    pub(crate) fn set(&self, now: Duration) {
        *self.0.lock().unwrap() = now;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Duration {
        *self.0.lock().unwrap()
    }

    /// The origin is in 2026.
    fn time_of_day(&self) -> Duration {
        Duration::from_secs(1_780_000_000) + self.now()
    }

    fn sleep_until(&self, until: Duration) {
        let mut now = self.0.lock().unwrap();
        *now = until.max(*now);
    }
}
