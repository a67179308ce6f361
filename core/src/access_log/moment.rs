//! The order of the requests of one or several logs.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};

/// When a request was logged. Requests of the same time stay in the order of their lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment {
    /// Since 1970.
    pub(super) milliseconds: i64,
    /// The number of the line.
    pub(super) line: u64,
}

/// The first and the last of some requests, with their times as the log has them.
#[derive(Debug, Clone)]
pub(super) struct Span {
    first: Moment,
    last: Moment,
    pub(super) first_time: String,
    pub(super) last_time: String,
}

impl Span {
    /// Begins with one request.
    pub(super) fn new(moment: Moment, time: &str) -> Self {
        Self {
            first: moment,
            last: moment,
            first_time: time.to_string(),
            last_time: time.to_string(),
        }
    }

    /// Adds a request. Returns whether it is the last one so far.
    pub(super) fn add(&mut self, moment: Moment, time: &str) -> bool {
        if moment < self.first {
            self.first = moment;
            time.clone_into(&mut self.first_time);
        }
        let is_last = moment > self.last;
        if is_last {
            self.last = moment;
            time.clone_into(&mut self.last_time);
        }
        is_last
    }

    /// Adds other requests. Returns whether the last one is among them.
    pub(super) fn join(&mut self, other: &Self) -> bool {
        let is_first_later = self.add(other.first, &other.first_time);
        self.add(other.last, &other.last_time) || is_first_later
    }
}
