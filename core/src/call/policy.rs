use alloc::vec::Vec;
use core::time::Duration;

/// How long a call waits for its slots by default. It is enough for 1,000 calls that begin at once:
/// they take 220 s.
pub const DEFAULT_QUEUE_TIMEOUT: Duration = Duration::from_secs(300);

/// How long a call may take, and how often it tries.
#[derive(Debug, Clone)]
pub struct Policy {
    /// How long the whole call may take: getting tokens, sending, retries and reading back. The
    /// time in which it waits for slots does not count.
    pub timeout: Duration,
    /// How long the call may wait for all its slots together.
    pub queue_timeout: Duration,
    /// How long to wait before each retry.
    pub retry_delays: RetryDelays,
    /// The number of hosts. The next host is tried only if nothing was sent to the one before.
    pub host_count: usize,
    /// Whether a rule that must exist is looked up before a write.
    pub look_up: bool,
}

impl Default for Policy {
    /// Returns 30 s, [`DEFAULT_QUEUE_TIMEOUT`], no retries, one host, and rules are looked up.
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30),
            queue_timeout: DEFAULT_QUEUE_TIMEOUT,
            retry_delays: RetryDelays::default(),
            host_count: 1,
            look_up: true,
        }
    }
}

/// How long a call waits before each retry, jitter included.
#[derive(Debug, Clone)]
pub enum RetryDelays {
    /// These delays. There is one retry for each.
    Listed(Vec<Duration>),
    /// At most `max_retries` delays. Each is made before its retry, because most calls have none.
    Made {
        /// The number of retries.
        max_retries: usize,
        /// Makes a delay. The argument is the number of retries before it.
        delay: fn(usize) -> Duration,
    },
}

impl RetryDelays {
    /// Returns how often the call may retry.
    #[must_use]
    pub fn max_retries(&self) -> usize {
        match self {
            Self::Listed(delays) => delays.len(),
            Self::Made { max_retries, .. } => *max_retries,
        }
    }

    /// Returns the delay after this number of retries; `None` if no retry is left.
    pub(super) fn after(&self, retries: usize) -> Option<Duration> {
        match self {
            Self::Listed(delays) => delays.get(retries).copied(),
            Self::Made { max_retries, delay } => (retries < *max_retries).then(|| delay(retries)),
        }
    }
}

impl Default for RetryDelays {
    /// Returns no delays: the call does not retry.
    fn default() -> Self {
        Self::Listed(Vec::new())
    }
}

impl FromIterator<Duration> for RetryDelays {
    fn from_iter<I: IntoIterator<Item = Duration>>(delays: I) -> Self {
        Self::Listed(delays.into_iter().collect())
    }
}
