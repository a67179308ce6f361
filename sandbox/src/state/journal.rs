//! What was received, without the secrets.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;

use jumpqr_core::Secret;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::State;
use super::minted::{STRUCK_OUT, strike_out};
use super::secrets::{BEGINNING, SecretBook};
use super::tokens::Grant;
use crate::interface::{Call, Interface};

/// How many requests are remembered; of more, the latest.
const REMEMBERED: usize = 10_000;

/// How many bytes of requests are remembered; of more, the latest. The last request is remembered
/// in any case.
const REMEMBERED_BYTES: usize = 64 << 20;

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

impl RecordedRequest {
    /// Roughly what it takes in memory.
    fn bytes(&self) -> usize {
        let headers = self.headers.iter();
        let headers: usize = headers
            .map(|(name, value)| name.len() + value.len() + 2 * size_of::<String>())
            .sum();
        let query_names = self.query_names.iter();
        let query_names: usize = query_names
            .map(|name| name.len() + size_of::<String>())
            .sum();
        size_of::<Self>() + self.path.len() + self.body.len() + headers + query_names
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
    /// Of all of them.
    bytes: usize,
    pub(crate) counters: Counters,
}

impl Journal {
    pub(crate) fn add(&mut self, request: RecordedRequest, parties: Parties) {
        match request.interface {
            None => self.counters.unknown_paths += 1,
            Some(interface) => self.counters.count(interface, parties),
        }
        self.bytes += request.bytes();
        self.requests.push_back(request);
        while self.requests.len() > 1
            && (self.requests.len() > REMEMBERED || self.bytes > REMEMBERED_BYTES)
        {
            let oldest = self.requests.pop_front();
            self.bytes -= oldest.map_or(0, |oldest| oldest.bytes());
        }
    }

    /// Counts a token that was issued.
    pub(crate) fn issued(&mut self, interface: Interface, grant: &Grant) {
        if grant.is_new {
            *self.counters.tokens_issued.entry(interface).or_default() += 1;
        }
    }
}

/// Strikes out all that the sandbox knows to be secret, and what `call` gives as a token or a
/// secret, right or wrong. A text that is too short to be one stays: its stars would stand
/// everywhere.
pub(crate) fn redact(state: &State, call: Option<&Call>, text: &str) -> String {
    let given = call.into_iter().flat_map(|call| {
        ["access_token", "component_access_token", "secret"]
            .into_iter()
            .filter_map(|name| call.query(name))
            .filter(|secret| secret.len() >= BEGINNING)
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

/// The secrets in a body may be wrong, escaped, or in a body that is not JSON. Only the values of
/// the fields that hold them are struck out, not the same text elsewhere, which may be a 1 or a
/// null.
pub(crate) fn redact_body(state: &State, call: Option<&Call>, body: &[u8]) -> String {
    let received = String::from_utf8_lossy(body);
    let names = call.map_or(&[][..], |call| secret_fields(call.interface));
    if names.is_empty() || body.is_empty() {
        return redact(state, call, &received);
    }
    let Ok(Members(members)) = serde_json::from_str(&received) else {
        return STRUCK_OUT.to_owned();
    };
    let mut text = String::with_capacity(received.len());
    let mut copied = 0;
    // Another field may repeat a secret.
    let mut given = SecretBook::default();
    for (name, value) in members {
        let value = value.get();
        if !names.contains(&name.as_ref()) || matches!(value, "null" | "\"\"") {
            continue;
        }
        let start = value.as_ptr().addr().wrapping_sub(received.as_ptr().addr());
        text.push_str(received.get(copied..start).unwrap_or_default());
        text.push_str("\"***\"");
        copied = start + value.len();
        if let Ok(Value::String(secret)) = serde_json::from_str(value) {
            given.add(&Secret::new(secret));
        }
    }
    text.push_str(received.get(copied..).unwrap_or_default());
    let text = given.strike_out(&text);
    redact(state, call, &text)
}

/// The members of a JSON object as they stand in its text, repeated ones included.
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((name, value)) = map.next_entry::<Cow<'de, str>, _>()? {
                    members.push((name, value));
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(number: usize, body: String) -> RecordedRequest {
        RecordedRequest {
            interface: None,
            method: "POST".to_owned(),
            path: format!("/{number}"),
            query_names: Vec::new(),
            headers: vec![("host".to_owned(), "localhost".to_owned())],
            body,
        }
    }

    #[test]
    fn the_oldest_requests_make_room_in_number_and_in_bytes() {
        for (bodies, kept) in [(1 << 20, 60..64), (0, 10_000..10_001)] {
            let mut journal = Journal::default();
            let numbers = if bodies == 0 { REMEMBERED + 5 } else { 70 };
            for number in 0..numbers {
                journal.add(request(number, "a".repeat(bodies)), Parties::default());
            }
            assert!(
                kept.contains(&journal.requests.len()),
                "{}",
                journal.requests.len()
            );
            let bytes: usize = journal.requests.iter().map(RecordedRequest::bytes).sum();
            assert_eq!(bytes, journal.bytes);
            let latest = journal.requests.back().map(|request| request.path.as_str());
            assert_eq!(latest, Some(format!("/{}", numbers - 1).as_str()));
        }
    }
}
