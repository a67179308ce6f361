use alloc::vec::Vec;
use core::time::Duration;

/// How long a call waits for its slots, unless another time is set: 1,000 calls that begin at once
/// take 220 s.
pub const DEFAULT_QUEUE_TIMEOUT: Duration = Duration::from_secs(300);

/// How long a call may take, and how often it tries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// How long the whole call may take: getting tokens, sending, retries and reading back. Waiting
    /// for slots does not count.
    pub timeout: Duration,
    /// How long the call may wait for all its slots together.
    pub queue_timeout: Duration,
    /// How long to wait before each retry, jitter included; no more retries than delays.
    pub delays: Vec<Duration>,
    /// The number of hosts. The second and further ones are tried only when nothing was sent to
    /// those before.
    pub hosts: usize,
    /// Whether a rule that must exist is looked up before a write to it is sent.
    pub look_up: bool,
}

impl Default for Policy {
    /// 30 s, [`DEFAULT_QUEUE_TIMEOUT`], no retries, one host, and rules are looked up.
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30),
            queue_timeout: DEFAULT_QUEUE_TIMEOUT,
            delays: Vec::new(),
            hosts: 1,
            look_up: true,
        }
    }
}
