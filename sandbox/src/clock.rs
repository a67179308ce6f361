//! The sandbox's own clock. It follows the system's time or stands still, and moves on request, so
//! tests need not sleep.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;

/// A point in time: the time since the UNIX epoch.
pub(crate) type Moment = Duration;

/// Quotas start again at midnight in China. WeChat's time zone is undocumented.
const BEIJING_OFFSET: Duration = Duration::from_secs(8 * 60 * 60);

#[derive(Debug, Clone, Default)]
pub(crate) struct Clock {
    frozen_at: Option<Moment>,
    advanced: Duration,
}

impl Clock {
    /// Makes a clock. If `frozen_at` is set, the clock starts there and moves only by
    /// [`advance`](Self::advance); otherwise it follows the system's time.
    pub(crate) fn new(frozen_at: Option<Moment>) -> Self {
        Self {
            frozen_at,
            advanced: Duration::ZERO,
        }
    }

    pub(crate) fn now(&self) -> Moment {
        let base = self.frozen_at.unwrap_or_else(|| {
            SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap_or_default()
        });
        base.saturating_add(self.advanced)
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        self.advanced = self.advanced.saturating_add(by);
    }

    pub(crate) fn is_frozen(&self) -> bool {
        self.frozen_at.is_some()
    }

    /// Stops the clock at its present time, or lets it run on from there.
    pub(crate) fn set_frozen(&mut self, frozen: bool) {
        let now = self.now();
        let system = Self::default().now();
        *self = Self {
            frozen_at: frozen.then_some(now),
            advanced: if frozen {
                Duration::ZERO
            } else {
                now.saturating_sub(system)
            },
        };
    }
}

/// Returns the calendar month in China, counted from year 0.
pub(crate) fn month(moment: Moment) -> i64 {
    let date = to_china_time(moment);
    i64::from(date.year()) * 12 + i64::from(u8::from(date.month()))
}

/// Returns the calendar day in China, counted from day 0 of the Julian calendar.
pub(crate) fn day(moment: Moment) -> i64 {
    i64::from(to_china_time(moment).to_julian_day())
}

/// Returns the date and time in China, as if it were UTC.
fn to_china_time(moment: Moment) -> OffsetDateTime {
    i64::try_from(moment.saturating_add(BEIJING_OFFSET).as_secs())
        .ok()
        .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
        // After the year 9999, all times count as the same month.
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_and_a_day_start_at_midnight_in_china() {
        // 2026-10-31T15:59:59Z is 23:59:59 in Beijing.
        let before = Duration::from_secs(1_793_462_399);
        assert_eq!(month(before) + 1, month(before + Duration::from_secs(1)));
        assert_eq!(day(before) + 1, day(before + Duration::from_secs(1)));
    }

    #[test]
    fn a_frozen_clock_moves_by_advance_only() {
        let mut clock = Clock::new(Some(Duration::from_secs(100)));
        clock.advance(Duration::from_millis(1_500));
        assert_eq!(clock.now(), Duration::from_millis(101_500));
    }

    #[test]
    fn freezing_keeps_the_advanced_time() {
        let mut clock = Clock::new(None);
        clock.advance(Duration::from_secs(1_000_000));
        clock.set_frozen(true);
        let frozen = clock.now();
        assert!(clock.is_frozen());
        assert!(frozen > Clock::new(None).now() + Duration::from_secs(999_000));
        clock.set_frozen(false);
        assert!(clock.now() >= frozen);
    }

    #[test]
    fn any_distance_can_be_advanced() {
        let mut clock = Clock::new(None);
        clock.advance(Duration::MAX);
        assert_eq!(month(clock.now()), month(Duration::ZERO));
    }
}
