//! Time, as the client sees it: a test can set its own.

use std::fmt;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A clock, with a way to wait. A test passes its own to the client, so that it need not sleep.
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use std::time::Duration;
///
/// use jumpqr::{Client, Clock};
///
/// /// Waiting takes no time: it sets the clock.
/// #[derive(Debug, Default)]
/// struct ManualClock(Mutex<Duration>);
///
/// impl Clock for ManualClock {
///     fn now(&self) -> Duration {
///         *self.0.lock().unwrap()
///     }
///
///     fn time_of_day(&self) -> Duration {
///         Duration::from_secs(1_780_000_000) + self.now()
///     }
///
///     fn sleep_until(&self, until: Duration) {
///         let mut now = self.0.lock().unwrap();
///         *now = until.max(*now);
///     }
/// }
///
/// let clock = Arc::new(ManualClock::default());
/// let client = Client::builder().access_token("TOKEN").clock(clock).build()?;
/// # Ok::<(), jumpqr::Error>(())
/// ```
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// Returns the time since an origin, which stays the same. This time never goes back.
    fn now(&self) -> Duration;

    /// Returns the time of day, as the time since 1970-01-01 in UTC. It is compared with that of
    /// other processes and machines, and may jump.
    fn time_of_day(&self) -> Duration;

    /// Waits until [`now`](Self::now) is `until` or later.
    fn sleep_until(&self, until: Duration);
}

/// The machine's own clocks: the monotonic one, and the time of day.
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

    /// A time before 1970 counts as 1970.
    fn time_of_day(&self) -> Duration {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
    }

    fn sleep_until(&self, until: Duration) {
        std::thread::sleep(until.saturating_sub(self.now()));
    }
}
