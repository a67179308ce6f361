//! The received requests and their counters, without secrets.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;

use crate::interface::Interface;
use crate::reason::Reason;

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
    /// The errcode of the response; 0 for success, even if WeChat's response has no errcode then.
    /// `None` as long as there is no response, and if a fault or an unknown path made it one
    /// without errcode.
    pub errcode: Option<i64>,
    /// The errmsg of a refusal, with its rid.
    pub errmsg: Option<String>,
    /// Why the call was refused, if the sandbox knows more than WeChat says.
    pub reason: Option<Box<Reason>>,
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
            .chain([&self.method, &self.path, &self.body])
            .chain(&self.errmsg);
        let texts: usize = texts.map(|text| text.len() + size_of::<String>()).sum();
        texts + self.reason.as_ref().map_or(0, |reason| reason.size())
    }
}

/// What the sandbox answered to a recorded request.
#[derive(Debug, Default)]
pub(crate) struct RecordedAnswer {
    pub(crate) errcode: Option<i64>,
    pub(crate) errmsg: Option<String>,
    pub(crate) reason: Option<Box<Reason>>,
}

/// The number of a recorded request. None repeats, even after the journal was cleared.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RequestNumber(usize);

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
    /// The number of the first recorded request, or of the next one if there is none.
    first: usize,
    /// The size of all recorded requests.
    size: usize,
    pub(crate) counters: Counters,
}

impl Journal {
    /// Records and counts a request.
    pub(crate) fn add(&mut self, request: RecordedRequest, parties: Parties) -> RequestNumber {
        match request.interface {
            None => self.counters.unknown_paths += 1,
            Some(interface) => self.counters.count(interface, parties),
        }
        self.size += request.size();
        self.requests.push_back(request);
        self.drop_oldest();
        // The last request is never dropped.
        RequestNumber(self.first + self.requests.len() - 1)
    }

    /// Records the answer to a request, unless the request is no longer recorded.
    pub(crate) fn note_answer(&mut self, number: RequestNumber, answer: RecordedAnswer) {
        let place = number.0.checked_sub(self.first);
        let Some(request) = place.and_then(|place| self.requests.get_mut(place)) else {
            return;
        };
        self.size -= request.size();
        request.errcode = answer.errcode;
        request.errmsg = answer.errmsg;
        request.reason = answer.reason;
        self.size += request.size();
        self.drop_oldest();
    }

    /// Deletes the recorded requests, and sets the counters to 0.
    pub(crate) fn clear(&mut self) {
        *self = Self {
            first: self.first + self.requests.len(),
            ..Self::default()
        };
    }

    fn drop_oldest(&mut self) {
        while self.requests.len() > 1
            && (self.requests.len() > MAX_REQUESTS || self.size > MAX_BYTES)
        {
            let oldest = self.requests.pop_front();
            self.first += 1;
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
            errcode: None,
            errmsg: None,
            reason: None,
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

    fn answer(errmsg: String) -> RecordedAnswer {
        RecordedAnswer {
            errcode: Some(85069),
            errmsg: Some(errmsg),
            reason: None,
        }
    }

    #[test]
    fn an_answer_counts_towards_the_size() {
        let mut journal = Journal::default();
        let mut numbers = Vec::new();
        for number in 0..3 {
            numbers.push(journal.add(request(number, String::new()), Parties::default()));
        }
        for number in numbers {
            journal.note_answer(number, answer("a".repeat(MAX_BYTES / 2)));
            let size: usize = journal.requests.iter().map(RecordedRequest::size).sum();
            assert_eq!(size, journal.size);
        }
        let kept: Vec<_> = journal.requests.iter().map(|kept| &*kept.path).collect();
        assert_eq!(kept, ["/2"]);
    }

    #[test]
    fn an_answer_to_a_request_that_is_gone_is_not_recorded() {
        let mut journal = Journal::default();
        let codes = |journal: &Journal| -> Vec<_> {
            let kept = journal.requests.iter();
            kept.map(|kept| kept.errcode).collect()
        };
        let cleared = journal.add(request(0, String::new()), Parties::default());
        journal.clear();
        let dropped = journal.add(request(1, "a".repeat(MAX_BYTES)), Parties::default());
        journal.note_answer(cleared, answer(String::new()));
        assert_eq!(codes(&journal), [None]);
        let last = journal.add(request(2, "a".repeat(MAX_BYTES)), Parties::default());
        journal.note_answer(dropped, answer(String::new()));
        assert_eq!(codes(&journal), [None]);
        journal.note_answer(last, answer(String::new()));
        assert_eq!(codes(&journal), [Some(85069)]);
    }
}
