//! What was received, without the secrets.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;
use serde_json::Value;

use super::State;
use crate::interface::{Call, Interface};

/// How many requests are remembered; of more, the latest.
const REMEMBERED: usize = 10_000;

const STRUCK_OUT: &str = "***";

/// Headers that hold nothing but credentials.
const SECRET_HEADERS: [&str; 3] = ["authorization", "cookie", "proxy-authorization"];

/// A request as it was received. Access tokens and secrets are struck out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// `None` for a path at which there is nothing.
    pub interface: Option<Interface>,
    /// The HTTP method.
    pub method: String,
    /// Without the query.
    pub path: String,
    /// The names of the query's fields, in order; the values may be secret.
    pub query_names: Vec<String>,
    /// Name, in lower case, and value, in order.
    pub headers: Vec<(String, String)>,
    /// The body. What is not UTF-8 is replaced.
    pub body: String,
}

/// How many requests were received since the start, or the last reset.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Counters {
    /// By interface; one that was not called is absent.
    pub calls: BTreeMap<Interface, u64>,
    /// To a path at which there is nothing.
    pub unknown_paths: u64,
    /// To interfaces that need a token.
    pub business_calls: u64,
    /// To `token` and `stable_token`.
    pub token_calls: u64,
    /// TCP connections accepted, those to the control endpoints included.
    pub connections: u64,
}

impl Counters {
    /// The calls to one interface.
    #[must_use]
    pub fn of(&self, interface: Interface) -> u64 {
        self.calls.get(&interface).copied().unwrap_or(0)
    }
}

#[derive(Debug, Default)]
pub(crate) struct Journal {
    pub(crate) requests: VecDeque<RecordedRequest>,
    pub(crate) counters: Counters,
}

impl Journal {
    pub(crate) fn add(&mut self, request: RecordedRequest) {
        match request.interface {
            None => self.counters.unknown_paths += 1,
            Some(interface) => {
                *self.counters.calls.entry(interface).or_default() += 1;
                if interface.issues_token() {
                    self.counters.token_calls += 1;
                } else {
                    self.counters.business_calls += 1;
                }
            }
        }
        if self.requests.len() == REMEMBERED {
            self.requests.pop_front();
        }
        self.requests.push_back(request);
    }
}

/// Strikes out all that the sandbox knows to be secret, and what `call` gives as a token or a secret, right or wrong.
pub(crate) fn redact(state: &State, call: Option<&Call>, text: &str) -> String {
    let known = state
        .accounts
        .values()
        .map(|account| account.secret.expose())
        .chain(state.tokens.all());
    let given = call.into_iter().flat_map(|call| {
        ["access_token", "secret"]
            .into_iter()
            .filter_map(|name| call.query(name))
    });
    let mut redacted = text.to_owned();
    for secret in known.chain(given).filter(|secret| !secret.is_empty()) {
        if redacted.contains(secret) {
            redacted = redacted.replace(secret, STRUCK_OUT);
        }
    }
    redacted
}

pub(crate) fn redact_header(state: &State, call: Option<&Call>, name: &str, value: &str) -> String {
    if SECRET_HEADERS.contains(&name) {
        return STRUCK_OUT.to_owned();
    }
    redact(state, call, value)
}

/// A body of `stable_token` holds a secret, which may be wrong, escaped, or in a body that is no JSON.
pub(crate) fn redact_body(state: &State, call: Option<&Call>, body: &[u8]) -> String {
    let received = String::from_utf8_lossy(body);
    let text = redact(state, call, &received);
    if call.is_none_or(|call| call.interface != Interface::StableToken) {
        return text;
    }
    let secret = match serde_json::from_slice::<Value>(body) {
        Ok(Value::Object(fields)) => match fields.get("secret") {
            None => return text,
            Some(Value::String(secret)) => secret.clone(),
            Some(other) => other.to_string(),
        },
        _ if body.is_empty() => return text,
        _ => return STRUCK_OUT.to_owned(),
    };
    if secret.is_empty() {
        text
    } else if received.contains(&secret) {
        text.replace(&secret, STRUCK_OUT)
    } else {
        STRUCK_OUT.to_owned()
    }
}
