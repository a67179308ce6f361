//! Counts the requests for the file.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::AccessLogCode as Code;
use super::entry::Entry;
use super::report::Visits;
use super::visit::Visit;

/// The most addresses and user agents that are kept.
const MOST_LISTED: usize = 8;

/// The requests of one kind.
#[derive(Debug)]
pub(super) struct Sighting {
    pub(super) code: Code,
    pub(super) visits: Visits,
    /// The line of the last one.
    pub(super) seen: String,
    /// Its number among the requests for the file.
    number: u64,
}

/// What was found of the file.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) own_requests: u64,
    /// The requests in the right place that got the file.
    pub(super) served: Option<Visits>,
    /// The other requests, by code, in the order in which the codes first came.
    pub(super) sightings: Vec<Sighting>,
    /// What was wrong about the last request in the right place. `None` if there was none.
    pub(super) last: Option<Vec<Code>>,
    /// How many requests for the file there were.
    requests: u64,
}

impl Tally {
    /// Counts a request for the file, and shows its line as `seen`.
    pub(super) fn count(&mut self, visit: Visit, entry: &Entry<'_>, seen: &str) {
        self.requests += 1;
        match visit {
            Visit::Own => self.own_requests += 1,
            Visit::Elsewhere(code) => self.add(code, entry, seen),
            Visit::Here(codes) => {
                if codes.is_empty() {
                    let visits = self.served.get_or_insert_with(|| Visits::none(entry));
                    visits.add(entry);
                }
                for code in &codes {
                    self.add(*code, entry, seen);
                }
                self.last = Some(codes);
            }
        }
    }

    fn add(&mut self, code: Code, entry: &Entry<'_>, seen: &str) {
        let mut visits = Visits::none(entry);
        visits.add(entry);
        self.add_sighting(Sighting {
            code,
            visits,
            seen: seen.to_string(),
            number: self.requests,
        });
    }

    fn add_sighting(&mut self, sighting: Sighting) {
        let mut known = self.sightings.iter_mut();
        match known.find(|known| known.code == sighting.code) {
            Some(known) => known.merge(sighting),
            None => self.sightings.push(sighting),
        }
    }

    /// Takes every request with one code for one with another code.
    pub(super) fn rename(&mut self, code: Code, name: Code) {
        let sightings = core::mem::take(&mut self.sightings);
        for mut sighting in sightings {
            if sighting.code == code {
                sighting.code = name;
            }
            self.add_sighting(sighting);
        }
        for known in self.last.iter_mut().flatten() {
            if *known == code {
                *known = name;
            }
        }
    }
}

impl Sighting {
    fn merge(&mut self, other: Self) {
        if other.number > self.number {
            self.number = other.number;
            self.seen = other.seen;
            self.visits.last = other.visits.last;
        }
        self.visits.requests += other.visits.requests;
        for address in &other.visits.addresses {
            list(&mut self.visits.addresses, address);
        }
        for user_agent in &other.visits.user_agents {
            list(&mut self.visits.user_agents, user_agent);
        }
    }
}

impl Visits {
    /// Returns no requests yet, of which this will be the first.
    fn none(first: &Entry<'_>) -> Self {
        Self {
            requests: 0,
            first: first.time.to_string(),
            last: String::new(),
            addresses: Vec::new(),
            user_agents: Vec::new(),
        }
    }

    fn add(&mut self, entry: &Entry<'_>) {
        self.requests += 1;
        self.last = entry.time.to_string();
        list(&mut self.addresses, &entry.address);
        list(&mut self.user_agents, &entry.user_agent);
    }
}

fn list(known: &mut Vec<String>, text: &str) {
    if known.len() < MOST_LISTED && !known.iter().any(|known| known == text) {
        known.push(text.to_string());
    }
}
