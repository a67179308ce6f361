//! How long a call waits before each of its retries.

use std::time::Duration;

/// The delay before the first retry, in µs without jitter; each further one is twice as long.
const FIRST_DELAY: u64 = 250_000;

/// The longest delay, in µs without jitter.
const LONGEST_DELAY: u64 = 8_000_000;

/// Returns the delay before the next retry of a call that has made `retries`. It is lengthened at
/// random, to twice its length at most, so that calls that failed together are not sent again
/// together.
pub(crate) fn delay(retries: usize) -> Duration {
    let factor = 2_u64.saturating_pow(u32::try_from(retries).unwrap_or(u32::MAX));
    let delay = FIRST_DELAY.saturating_mul(factor).min(LONGEST_DELAY);
    Duration::from_micros(delay + fastrand::u64(0..=delay))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::delay;

    /// The shortest that each delay may be, in ms; the longest is twice that.
    const SHORTEST_MS: [u64; 8] = [250, 500, 1000, 2000, 4000, 8000, 8000, 8000];

    #[test]
    fn each_delay_is_between_once_and_twice_its_length_without_jitter() {
        let shortest = SHORTEST_MS.map(Duration::from_millis);
        let expected = shortest.into_iter().enumerate();
        for (retries, shortest) in expected.chain([(usize::MAX, Duration::from_secs(8))]) {
            for _ in 0..1000 {
                let delay = delay(retries);
                assert!(delay >= shortest && delay <= 2 * shortest, "{delay:?}");
            }
        }
    }

    #[test]
    fn two_calls_have_different_delays() {
        let delays = || [0, 1, 2, 3, 4, 5].map(delay);
        assert_ne!(delays(), delays());
    }
}
