//! `flows.json`, in `vectors/` and in `machine/`: the steps of a call, each with its result.

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
    /// The limits of the call.
    pub policy: PolicyVector,
    /// The steps of the call in order, each with its result.
    pub steps: Vec<StepVector>,
    /// The result of the call.
    pub result: Expected,
}

/// The limits of a call. Times are in milliseconds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyVector {
    /// The timeout of the whole call.
    pub timeout_ms: u64,
    /// The timeout of all waits for slots; the client's default if it is left out.
    pub queue_timeout_ms: Option<u64>,
    /// The delay before each retry.
    pub delays_ms: Vec<u64>,
    /// The number of hosts.
    #[serde(default = "default_hosts")]
    pub hosts: usize,
    /// Whether the client validates. If it does, publish and delete first look up the rule.
    #[serde(default = "default_validate")]
    pub validate: bool,
}

fn default_hosts() -> usize {
    1
}

fn default_validate() -> bool {
    true
}

/// One step, and its result.
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
    /// The token that the call gets; null if there is no newer token.
    pub token: Option<String>,
    /// The code of the error, if the token source fails.
    pub error: Option<String>,
    /// The time until the result.
    #[serde(default)]
    pub takes_ms: u64,
}

/// The call asks the pacer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReserveVector {
    /// The interface's path.
    pub path: String,
    /// The delay until the call may start; null if there is no slot before the queue timeout.
    pub start_ms: Option<u64>,
}

/// The call sends.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SendVector {
    /// The path of the URL.
    pub path: String,
    /// The number of the host.
    #[serde(default)]
    pub host: usize,
    /// The token in the query.
    pub access_token: Option<String>,
    /// The body, if the vector checks it.
    pub body: Option<String>,
    /// The timeout for connecting, sending and receiving together, if the vector checks it.
    pub timeout_ms: Option<u64>,
    /// The server's answer.
    pub reply: Option<ReplyVector>,
    /// The failure, if there is no answer.
    pub failure: Option<FailureVector>,
    /// The time until the result.
    #[serde(default)]
    pub takes_ms: u64,
}

/// The failure, if there is no answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FailureVector {
    /// The cause of the failure.
    pub cause: CauseVector,
    /// Whether any part of the request may have left.
    pub sent: bool,
}

/// The cause of the failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each has the name of the core's cause")]
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
    /// The length of the wait.
    pub ms: u64,
}

impl PolicyVector {
    /// Converts the policy to the core's type.
    #[must_use]
    pub fn policy(&self) -> Policy {
        let delays = self.delays_ms.iter().copied().map(Duration::from_millis);
        let queue_timeout = self.queue_timeout_ms.map(Duration::from_millis);
        Policy {
            timeout: Duration::from_millis(self.timeout_ms),
            queue_timeout: queue_timeout.unwrap_or(DEFAULT_QUEUE_TIMEOUT),
            retry_delays: delays.collect(),
            host_count: self.hosts,
            look_up: self.validate,
        }
    }
}

impl FailureVector {
    /// Converts the failure to the core's type.
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
