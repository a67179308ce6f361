//! Counts the requests for the file.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::AccessLogCode as Code;
use super::entry::Entry;
use super::moment::{Moment, Span};
use super::report::Visits;
use super::visit::Visit;

/// The most addresses and user agents that are kept.
const MOST_LISTED: usize = 8;

/// Requests that have something in common.
#[derive(Debug, Clone)]
pub(super) struct Requests {
    count: u64,
    span: Span,
    addresses: Vec<String>,
    user_agents: Vec<String>,
    /// The line of the last one.
    seen: String,
}

/// The requests with one code.
#[derive(Debug)]
pub(super) struct Sighting {
    pub(super) code: Code,
    pub(super) requests: Requests,
}

/// What was found of the file.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// All requests for the file.
    pub(super) all: Option<Requests>,
    /// Those in the right place that got the file.
    pub(super) served: Option<Requests>,
    /// The others, by code, in the order in which the codes first came.
    pub(super) sightings: Vec<Sighting>,
    /// The last request in the right place, and what was wrong about it.
    last: Option<(Moment, Vec<Code>)>,
}

impl Tally {
    /// Counts a request for the file, and shows its line as `seen`.
    pub(super) fn count(&mut self, visit: Visit, moment: Moment, entry: &Entry<'_>, seen: &str) {
        let request = Requests::new(moment, entry, seen);
        join(&mut self.all, request.clone());
        match visit {
            Visit::Elsewhere(code) => self.add(code, request),
            Visit::Here(codes) => {
                if codes.is_empty() {
                    join(&mut self.served, request.clone());
                }
                for code in &codes {
                    self.add(*code, request.clone());
                }
                if self.last.as_ref().is_none_or(|(last, _)| moment > *last) {
                    self.last = Some((moment, codes));
                }
            }
        }
    }

    /// Returns how many requests for the file there were.
    pub(super) fn requests(&self) -> u64 {
        self.all.as_ref().map_or(0, |all| all.count)
    }

    /// Returns what was wrong about the last request in the right place. `None` if there was none.
    pub(super) fn last_codes(&self) -> Option<&[Code]> {
        self.last.as_ref().map(|(_, codes)| &**codes)
    }

    fn add(&mut self, code: Code, requests: Requests) {
        let mut known = self.sightings.iter_mut();
        match known.find(|known| known.code == code) {
            Some(known) => known.requests.join(requests),
            None => self.sightings.push(Sighting { code, requests }),
        }
    }

    /// Takes every request with one code for one with another code.
    pub(super) fn rename(&mut self, code: Code, name: Code) {
        let sightings = core::mem::take(&mut self.sightings);
        for sighting in sightings {
            let is_renamed = sighting.code == code;
            let code = if is_renamed { name } else { sighting.code };
            self.add(code, sighting.requests);
        }
        for known in self.last.iter_mut().flat_map(|(_, codes)| codes) {
            if *known == code {
                *known = name;
            }
        }
    }
}

impl Requests {
    fn new(moment: Moment, entry: &Entry<'_>, seen: &str) -> Self {
        let agent = entry.user_agent.as_deref().map(ToString::to_string);
        Self {
            count: 1,
            span: Span::new(moment, &entry.time),
            addresses: [entry.address.to_string()].into(),
            user_agents: agent.into_iter().collect(),
            seen: seen.to_string(),
        }
    }

    fn join(&mut self, other: Self) {
        self.count += other.count;
        if self.span.join(&other.span) {
            self.seen = other.seen;
        }
        list(&mut self.addresses, other.addresses);
        list(&mut self.user_agents, other.user_agents);
    }

    /// Returns the requests as a report has them, and the line of the last one.
    pub(super) fn into_visits(self) -> (Visits, String) {
        let visits = Visits {
            requests: self.count,
            first: self.span.first_time,
            last: self.span.last_time,
            addresses: self.addresses,
            user_agents: self.user_agents,
        };
        (visits, self.seen)
    }
}

fn join(known: &mut Option<Requests>, request: Requests) {
    match known {
        Some(known) => known.join(request),
        None => *known = Some(request),
    }
}

fn list(known: &mut Vec<String>, texts: Vec<String>) {
    for text in texts {
        if known.len() < MOST_LISTED && !known.contains(&text) {
            known.push(text);
        }
    }
}
