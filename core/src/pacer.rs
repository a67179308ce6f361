use std::collections::{HashMap, VecDeque};
use std::time::Duration;

/// WeChat takes this many calls a second of each interface and account, and answers more with 44990.
const CALLS: usize = 5;

/// A second, and a tenth for what the network presses together on the way.
const WINDOW: Duration = Duration::from_millis(1100);

/// Keeps the calls of one account below 5 a second per interface, by telling each when it may start.
///
/// Time is counted from an origin of the caller's choice, the same for all calls.
///
/// ```
/// use std::time::Duration;
/// use jumpqr_core::Pacer;
///
/// let mut pacer = Pacer::default();
/// let latest = Duration::from_secs(30);
/// for _ in 0..5 {
///     assert_eq!(pacer.reserve("/add", Duration::ZERO, latest), Some(Duration::ZERO));
/// }
/// assert_eq!(pacer.reserve("/add", Duration::ZERO, latest), Some(Duration::from_millis(1100)));
/// ```
#[derive(Debug, Default)]
pub struct Pacer {
    starts: HashMap<&'static str, VecDeque<Duration>>,
}

impl Pacer {
    /// The time at which a call to the interface at `path` may start, `now` or later, and takes it.
    ///
    /// `None`, and nothing taken, where that is after `latest`, or later than a [`Duration`] can tell.
    pub fn reserve(
        &mut self,
        path: &'static str,
        now: Duration,
        latest: Duration,
    ) -> Option<Duration> {
        let starts = self.starts.entry(path).or_default();
        let start = match starts.front() {
            Some(oldest) if starts.len() == CALLS => now.max(oldest.checked_add(WINDOW)?),
            _ => now,
        };
        if start > latest {
            return None;
        }
        if starts.len() == CALLS {
            starts.pop_front();
        }
        starts.push_back(start);
        Some(start)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Pacer;

    const fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn never_more_than_five_in_any_second() {
        let mut pacer = Pacer::default();
        let mut starts = Vec::new();
        for index in 0..40 {
            let now = ms(index * 37);
            starts.push(pacer.reserve("/add", now, ms(60_000)).unwrap());
        }
        for window in starts.windows(6) {
            assert!(window[5].saturating_sub(window[0]) > ms(1000), "{window:?}");
        }
    }

    #[test]
    fn interfaces_do_not_slow_each_other_down() {
        let mut pacer = Pacer::default();
        for _ in 0..5 {
            pacer.reserve("/add", ms(0), ms(0));
        }
        assert_eq!(pacer.reserve("/get", ms(0), ms(0)), Some(ms(0)));
    }

    #[test]
    fn what_comes_too_late_takes_no_place() {
        let mut pacer = Pacer::default();
        for _ in 0..5 {
            pacer.reserve("/add", ms(0), ms(0));
        }
        for _ in 0..1000 {
            assert_eq!(pacer.reserve("/add", ms(0), ms(500)), None);
        }
        assert_eq!(pacer.reserve("/add", ms(0), ms(30_000)), Some(ms(1100)));
    }

    #[test]
    fn where_time_ends_there_are_no_more_turns() {
        let mut pacer = Pacer::default();
        let end = Duration::MAX;
        for _ in 0..5 {
            assert_eq!(pacer.reserve("/add", end, end), Some(end));
        }
        assert_eq!(pacer.reserve("/add", end, end), None);
    }
}
