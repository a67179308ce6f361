//! What was received, without the secrets.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;
use serde_json::Value;

use super::State;
use super::minted::{STRUCK_OUT, strike_out};
use super::tokens::Grant;
use crate::interface::{Call, Interface};

/// How many requests are remembered; of more, the latest.
const REMEMBERED: usize = 10_000;

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
    /// To interfaces that issue tokens.
    pub token_calls: u64,
    /// Those of the former that ask for a token of an account or a platform that the sandbox has: by its appid, then by
    /// interface.
    pub token_calls_by_appid: BTreeMap<String, BTreeMap<Interface, u64>>,
    /// To the interfaces of third-party platforms: by the component_appid of a platform that the sandbox has, then by
    /// interface.
    pub platform_calls: BTreeMap<String, BTreeMap<Interface, u64>>,
    /// Those of the former that ask for a merchant's token: by component_appid, then by the appid of an account that the
    /// sandbox has.
    pub authorizer_token_calls: BTreeMap<String, BTreeMap<String, u64>>,
    /// New tokens by the interface that issued them; one that was handed out again is none.
    pub tokens_issued: BTreeMap<Interface, u64>,
    /// TCP connections accepted, those to the control endpoints included.
    pub connections: u64,
}

impl Counters {
    /// The calls to one interface.
    #[must_use]
    pub fn of(&self, interface: Interface) -> u64 {
        self.calls.get(&interface).copied().unwrap_or(0)
    }

    /// The calls to one interface that ask for a token of this account or platform.
    #[must_use]
    pub fn token_calls_of(&self, appid: &str, interface: Interface) -> u64 {
        self.token_calls_by_appid
            .get(appid)
            .and_then(|calls| calls.get(&interface))
            .copied()
            .unwrap_or(0)
    }

    /// The calls of this platform to one of the interfaces of third-party platforms.
    #[must_use]
    pub fn platform_calls_of(&self, component_appid: &str, interface: Interface) -> u64 {
        self.platform_calls
            .get(component_appid)
            .and_then(|calls| calls.get(&interface))
            .copied()
            .unwrap_or(0)
    }

    /// The calls of this platform that ask for a token of this merchant.
    #[must_use]
    pub fn authorizer_token_calls_of(&self, component_appid: &str, appid: &str) -> u64 {
        self.authorizer_token_calls
            .get(component_appid)
            .and_then(|calls| calls.get(appid))
            .copied()
            .unwrap_or(0)
    }

    fn count(&mut self, interface: Interface, parties: Parties) {
        *self.calls.entry(interface).or_default() += 1;
        if let Some(component_appid) = &parties.component_appid {
            let calls = self.platform_calls.entry(component_appid.clone());
            *calls.or_default().entry(interface).or_default() += 1;
        }
        if !interface.issues_token() {
            self.business_calls += 1;
            return;
        }
        self.token_calls += 1;
        let Some(appid) = parties.appid else {
            return;
        };
        let calls = self.token_calls_by_appid.entry(appid.clone()).or_default();
        *calls.entry(interface).or_default() += 1;
        if let (Interface::ApiAuthorizerToken, Some(platform)) =
            (interface, parties.component_appid)
        {
            let calls = self.authorizer_token_calls.entry(platform).or_default();
            *calls.entry(appid).or_default() += 1;
        }
    }
}

/// Whom a request is about, where the sandbox has them.
#[derive(Debug, Default)]
pub(crate) struct Parties {
    /// The account that calls, or whose token is asked for; or the platform whose token is.
    pub(crate) appid: Option<String>,
    /// The platform that the request names.
    pub(crate) component_appid: Option<String>,
}

#[derive(Debug, Default)]
pub(crate) struct Journal {
    pub(crate) requests: VecDeque<RecordedRequest>,
    pub(crate) counters: Counters,
}

impl Journal {
    pub(crate) fn add(&mut self, request: RecordedRequest, parties: Parties) {
        match request.interface {
            None => self.counters.unknown_paths += 1,
            Some(interface) => self.counters.count(interface, parties),
        }
        if self.requests.len() == REMEMBERED {
            self.requests.pop_front();
        }
        self.requests.push_back(request);
    }

    /// Counts a token that was issued.
    pub(crate) fn issued(&mut self, interface: Interface, grant: &Grant) {
        if grant.is_new {
            *self.counters.tokens_issued.entry(interface).or_default() += 1;
        }
    }
}

/// Strikes out all that the sandbox knows to be secret, and what `call` gives as a token or a secret, right or wrong.
pub(crate) fn redact(state: &State, call: Option<&Call>, text: &str) -> String {
    let given = call.into_iter().flat_map(|call| {
        ["access_token", "component_access_token", "secret"]
            .into_iter()
            .filter_map(|name| call.query(name))
    });
    let mut redacted = state.secrets.strike_out(&strike_out(text));
    for secret in given {
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

/// The fields of a body that hold secrets.
const fn secret_fields(interface: Interface) -> &'static [&'static str] {
    match interface {
        Interface::StableToken => &["secret"],
        Interface::ApiComponentToken => &["component_appsecret", "component_verify_ticket"],
        Interface::ApiAuthorizerToken => &["authorizer_refresh_token"],
        _ => &[],
    }
}

/// The secrets in a body may be wrong, escaped, or in a body that is no JSON.
pub(crate) fn redact_body(state: &State, call: Option<&Call>, body: &[u8]) -> String {
    let received = String::from_utf8_lossy(body);
    let names = call.map_or(&[][..], |call| secret_fields(call.interface));
    let mut text = redact(state, call, &received);
    if names.is_empty() || body.is_empty() {
        return text;
    }
    let Ok(Value::Object(fields)) = serde_json::from_slice(body) else {
        return STRUCK_OUT.to_owned();
    };
    for name in names {
        let secret = match fields.get(*name) {
            None => continue,
            Some(Value::String(secret)) => secret.clone(),
            Some(other) => other.to_string(),
        };
        if !received.contains(&secret) {
            return STRUCK_OUT.to_owned();
        }
        if !secret.is_empty() {
            text = text.replace(&secret, STRUCK_OUT);
        }
    }
    text
}
