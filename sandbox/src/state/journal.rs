//! The received requests and their counters, without secrets.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;

use crate::interface::Interface;

/// The greatest number of recorded requests. The oldest ones are dropped.
const MAX_REQUESTS: usize = 10_000;

/// The greatest size of all recorded requests. The oldest ones are dropped, but never the last one.
const MAX_BYTES: usize = 64 << 20;

/// A request as it was received, with `***` for every token and secret.
///
/// A text with a percent-encoded secret is recorded decoded. If a body names a secret or requests a
/// token, but is not JSON, it is recorded as `***`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// When it was received, by the sandbox's clock, in ms since 1970.
    pub received_at_ms: u64,
    /// The interface; `None` for an unknown path.
    pub interface: Option<Interface>,
    /// The HTTP method.
    pub method: String,
    /// The path without the query.
    pub path: String,
    /// The names of the query fields, in order. Their values may be secret.
    pub query_names: Vec<String>,
    /// The names, in lower case, and values of the headers, in order.
    pub headers: Vec<(String, String)>,
    /// The body. Bytes that are not UTF-8 are replaced.
    pub body: String,
}

/// The numbers of requests since the start or the last reset.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Counters {
    /// Calls by interface. An interface without calls is absent.
    pub calls: BTreeMap<Interface, u64>,
    /// Requests to unknown paths.
    pub unknown_paths: u64,
    /// Calls of interfaces that need a token.
    pub business_calls: u64,
    /// Calls of interfaces that issue tokens.
    pub token_calls: u64,
    /// The `token_calls` by the appid of the account or platform whose token is requested, then by
    /// interface. An appid that the sandbox does not have is absent.
    pub token_calls_by_appid: BTreeMap<String, BTreeMap<Interface, u64>>,
    /// Calls of the interfaces of third-party platforms by component_appid, then by interface. A
    /// platform that the sandbox does not have is absent.
    pub platform_calls: BTreeMap<String, BTreeMap<Interface, u64>>,
    /// The `platform_calls` that request a merchant's token by component_appid, then by the
    /// merchant's appid. A merchant that the sandbox does not have is absent.
    pub authorizer_token_calls: BTreeMap<String, BTreeMap<String, u64>>,
    /// New tokens by the interface that issued them. A response with the same token again is not
    /// counted.
    pub tokens_issued: BTreeMap<Interface, u64>,
    /// Accepted TCP connections, including connections to the control endpoints.
    pub connections: u64,
}

impl Counters {
    /// Returns the number of calls of one interface.
    #[must_use]
    pub fn calls_of(&self, interface: Interface) -> u64 {
        self.calls.get(&interface).copied().unwrap_or_default()
    }

    fn count(&mut self, interface: Interface, parties: Parties) {
        *self.calls.entry(interface).or_default() += 1;
        if let Some(component_appid) = &parties.component_appid {
            let calls = self.platform_calls.entry(component_appid.clone());
            *calls.or_default().entry(interface).or_default() += 1;
        }
        if interface.is_business() {
            self.business_calls += 1;
        }
        if !interface.issues_token() {
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
    /// Returns the approximate size in memory.
    fn size(&self) -> usize {
        let headers = self.headers.iter().flat_map(|(name, value)| [name, value]);
        let texts = headers
            .chain(&self.query_names)
            .chain([&self.method, &self.path, &self.body]);
        texts.map(|text| text.len() + size_of::<String>()).sum()
    }
}

/// The account and the platform of a request, if the sandbox has them.
#[derive(Debug, Default)]
pub(crate) struct Parties {
    /// The calling account, or the account or platform whose token is requested.
    pub(crate) appid: Option<String>,
    /// The platform in the body of a platform's request.
    pub(crate) component_appid: Option<String>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Journal {
    pub(crate) requests: VecDeque<RecordedRequest>,
    /// The size of all recorded requests.
    size: usize,
    pub(crate) counters: Counters,
}

impl Journal {
    pub(crate) fn add(&mut self, request: RecordedRequest, parties: Parties) {
        match request.interface {
            None => self.counters.unknown_paths += 1,
            Some(interface) => self.counters.count(interface, parties),
        }
        self.size += request.size();
        self.requests.push_back(request);
        while self.requests.len() > 1
            && (self.requests.len() > MAX_REQUESTS || self.size > MAX_BYTES)
        {
            let oldest = self.requests.pop_front();
            self.size -= oldest.map_or(0, |oldest| oldest.size());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(number: usize, body: String) -> RecordedRequest {
        RecordedRequest {
            received_at_ms: 0,
            interface: None,
            method: "POST".to_owned(),
            path: format!("/{number}"),
            query_names: Vec::new(),
            headers: vec![("host".to_owned(), "localhost".to_owned())],
            body,
        }
    }

    #[test]
    fn the_oldest_requests_are_dropped_by_number_and_by_size() {
        for (body_bytes, kept) in [(1 << 20, 60..64), (0, 10_000..10_001)] {
            let mut journal = Journal::default();
            let count = if body_bytes == 0 {
                MAX_REQUESTS + 5
            } else {
                70
            };
            for number in 0..count {
                journal.add(request(number, "a".repeat(body_bytes)), Parties::default());
            }
            assert!(
                kept.contains(&journal.requests.len()),
                "{}",
                journal.requests.len()
            );
            let size: usize = journal.requests.iter().map(RecordedRequest::size).sum();
            assert_eq!(size, journal.size);
            let latest = journal.requests.back().map(|request| request.path.as_str());
            assert_eq!(latest, Some(format!("/{}", count - 1).as_str()));
        }
    }
}
