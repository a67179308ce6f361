use alloc::vec::Vec;
use core::time::Duration;

/// How long a call waits for its slots by default. It is enough for 1,000 calls that begin at once:
/// they take 220 s.
pub const DEFAULT_QUEUE_TIMEOUT: Duration = Duration::from_secs(300);

/// How long a call may take, and how often it tries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// How long the whole call may take: getting tokens, sending, retries and reading back. The
    /// time in which it waits for slots does not count.
    pub timeout: Duration,
    /// How long the call may wait for all its slots together.
    pub queue_timeout: Duration,
    /// How long to wait before each retry, jitter included. There is one retry for each delay.
    pub retry_delays: Vec<Duration>,
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
            retry_delays: Vec::new(),
            host_count: 1,
            look_up: true,
        }
    }
}
