use std::time::Duration;

/// How long a call may take, and how often it tries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The most time that the whole call takes: tokens, pacing, retries and reading back included.
    pub timeout: Duration,
    /// How long to wait before each retry, jitter included; no more retries than delays.
    pub delays: Vec<Duration>,
    /// The number of hosts; the second and further are tried only when nothing was sent to the ones before.
    pub hosts: usize,
}

impl Default for Policy {
    /// 30 s, no retries, one host.
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30),
            delays: Vec::new(),
            hosts: 1,
        }
    }
}
