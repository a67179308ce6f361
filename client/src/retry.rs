use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

/// How long the first retry waits, without jitter; each further one waits twice as long.
const FIRST_DELAY: Duration = Duration::from_millis(250);

/// How long a retry waits at the most, without jitter.
const LONGEST_DELAY: Duration = Duration::from_secs(8);

/// The delays of one call's retries, each lengthened by chance up to twice its length.
pub(crate) fn delays(max_retries: usize) -> Vec<Duration> {
    ExponentialBuilder::new()
        .with_min_delay(FIRST_DELAY)
        .with_max_delay(LONGEST_DELAY)
        .with_max_times(max_retries)
        .with_jitter()
        .build()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{FIRST_DELAY, LONGEST_DELAY, delays};

    #[test]
    fn delays_grow_up_to_a_bound() {
        let delays = delays(12);
        assert_eq!(delays.len(), 12);
        assert!(delays[0] >= FIRST_DELAY && delays[0] <= 2 * FIRST_DELAY);
        assert!(delays[11] >= LONGEST_DELAY && delays[11] <= 2 * LONGEST_DELAY);
    }

    #[test]
    fn two_calls_do_not_wait_alike() {
        assert_ne!(delays(8), delays(8));
    }
}
