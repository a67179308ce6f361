//! `flows.json`, for every language and for the call machine alone: a call, step by step, with what each step is answered.

use std::time::Duration;

use jumpqr_core::call::{DEFAULT_QUEUE_TIMEOUT, FailureCause, Policy, SendFailure};
use serde::Deserialize;

use crate::{Expected, Invocation, ReplyVector, VectorFile};

/// `flows.json`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flows {
    /// The vectors.
    pub flows: Vec<FlowVector>,
}

/// One call from its beginning to its result.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlowVector {
    /// Unique in the file.
    pub name: String,
    /// The call.
    pub call: Invocation,
    /// How long it may take, and how often it may try.
    pub policy: PolicyVector,
    /// What it asks for, in this order, and what it gets.
    pub steps: Vec<StepVector>,
    /// How it ends.
    pub result: Expected,
}

/// How long a call may take, and how often it may try. Times are in milliseconds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyVector {
    /// For the whole call.
    pub timeout_ms: u64,
    /// For all waits for slots; the client's default if it is left out.
    pub queue_timeout_ms: Option<u64>,
    /// Before each retry.
    pub delays_ms: Vec<u64>,
    /// The number of hosts.
    #[serde(default = "one")]
    pub hosts: usize,
    /// Whether the client validates: if so, a rule that must exist is looked up before.
    #[serde(default = "yes")]
    pub validate: bool,
}

fn one() -> usize {
    1
}

fn yes() -> bool {
    true
}

/// One step, and what comes of it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepVector {
    /// The call asks for an access token.
    GetToken(GetTokenVector),
    /// The call asks the pacer.
    Reserve(ReserveVector),
    /// The call sends.
    Send(SendVector),
    /// The call waits.
    Wait(WaitVector),
}

/// The call asks for an access token.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GetTokenVector {
    /// The token that has been called stale.
    pub rejected: Option<String>,
    /// The token that it gets; null where there is none newer.
    pub token: Option<String>,
    /// The code of the error with which the token source fails instead.
    pub error: Option<String>,
    /// How long that takes.
    #[serde(default)]
    pub takes_ms: u64,
}

/// The call asks the pacer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReserveVector {
    /// The interface's path.
    pub path: String,
    /// How much later it may start; null where that is too late.
    pub start_ms: Option<u64>,
}

/// The call sends.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SendVector {
    /// The path of the URL.
    pub path: String,
    /// Which of the hosts.
    #[serde(default)]
    pub host: usize,
    /// The token in the query.
    pub access_token: Option<String>,
    /// The body, where the vector cares.
    pub body: Option<String>,
    /// The time that connecting, sending and receiving may take, where the vector cares.
    pub timeout_ms: Option<u64>,
    /// What the server answers.
    pub reply: Option<ReplyVector>,
    /// Why there is no answer.
    pub failure: Option<FailureVector>,
    /// How long that takes.
    #[serde(default)]
    pub takes_ms: u64,
}

/// Why there is no answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FailureVector {
    /// What went wrong.
    pub cause: CauseVector,
    /// Whether any of the request may have left.
    pub sent: bool,
}

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is named like the cause of the core")]
pub enum CauseVector {
    Dns,
    Connect,
    Proxy,
    Tls,
    Timeout,
    ConnectionLost,
    BodyTooLarge,
    Refused,
}

/// The call waits.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaitVector {
    /// How long.
    pub ms: u64,
}

impl PolicyVector {
    /// The policy as the core takes it.
    #[must_use]
    pub fn policy(&self) -> Policy {
        let delays = self.delays_ms.iter().copied().map(Duration::from_millis);
        let queue_timeout = self.queue_timeout_ms.map(Duration::from_millis);
        Policy {
            timeout: Duration::from_millis(self.timeout_ms),
            queue_timeout: queue_timeout.unwrap_or(DEFAULT_QUEUE_TIMEOUT),
            delays: delays.collect(),
            hosts: self.hosts,
            look_up: self.validate,
        }
    }
}

impl FailureVector {
    /// The failure as the core takes it.
    #[must_use]
    pub fn failure(&self) -> SendFailure {
        let cause = match self.cause {
            CauseVector::Dns => FailureCause::Dns,
            CauseVector::Connect => FailureCause::Connect,
            CauseVector::Proxy => FailureCause::Proxy,
            CauseVector::Tls => FailureCause::Tls,
            CauseVector::Timeout => FailureCause::Timeout,
            CauseVector::ConnectionLost => FailureCause::ConnectionLost,
            CauseVector::BodyTooLarge => FailureCause::BodyTooLarge,
            CauseVector::Refused => FailureCause::Refused,
        };
        SendFailure {
            cause,
            sent: self.sent,
            detail: format!("staged: {cause:?}"),
        }
    }
}

impl VectorFile for Flows {
    const FILE: &'static str = "flows.json";

    fn names(&self) -> Vec<&str> {
        self.flows.iter().map(|v| v.name.as_str()).collect()
    }
}
