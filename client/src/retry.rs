//! How long a call waits before each of its retries.

use std::time::Duration;

/// The delay before the first retry, in µs without jitter; each further one is twice as long.
const FIRST_DELAY: u64 = 250_000;

/// The longest delay, in µs without jitter.
const LONGEST_DELAY: u64 = 8_000_000;

/// Returns the delays of one call's retries. Each is lengthened at random, to twice its length at
/// most, so that calls that failed together are not sent again together.
pub(crate) fn delays(max_retries: usize) -> Vec<Duration> {
    let mut random = fastrand::Rng::new();
    let twice = |delay: &u64| Some((delay * 2).min(LONGEST_DELAY));
    std::iter::successors(Some(FIRST_DELAY), twice)
        .take(max_retries)
        .map(|delay| Duration::from_micros(delay + random.u64(0..=delay)))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::delays;

    /// The shortest that each delay may be, in ms; the longest is twice that.
    const SHORTEST_MS: [u64; 8] = [250, 500, 1000, 2000, 4000, 8000, 8000, 8000];

    #[test]
    fn each_delay_is_between_once_and_twice_its_length_without_jitter() {
        for _ in 0..1000 {
            let delays = delays(SHORTEST_MS.len());
            assert_eq!(delays.len(), SHORTEST_MS.len());
            for (delay, shortest) in delays.iter().zip(SHORTEST_MS.map(Duration::from_millis)) {
                assert!(*delay >= shortest && *delay <= 2 * shortest, "{delays:?}");
            }
        }
    }

    #[test]
    fn no_retries_have_no_delays() {
        assert!(delays(0).is_empty());
    }

    #[test]
    fn two_calls_have_different_delays() {
        assert_ne!(delays(8), delays(8));
    }
}
