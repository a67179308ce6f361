use alloc::format;
use alloc::string::String;
use core::fmt;
use core::time::Duration;

use super::{Call, Phase};
use crate::interface::Interface;

/// How often a call has done more than to send its request once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// How often it was sent again after a delay.
    pub retries: usize,
    /// How often another host was tried.
    pub further_hosts: usize,
    /// How often the access token was renewed.
    pub renewals: usize,
    /// How often it was read back whether a change stands.
    pub read_backs: usize,
    /// How long the call has waited for its slots.
    pub queued: Duration,
}

impl Tally {
    /// Whether the call has only sent its request once.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Such as "2 retries, 1 read-back, 2.2s in the queue".
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = [
            (self.retries, "retry", "retries"),
            (self.further_hosts, "further host", "further hosts"),
            (
                self.renewals,
                "renewal of the token",
                "renewals of the token",
            ),
            (self.read_backs, "read-back", "read-backs"),
        ];
        let mut separator = "";
        for (count, one, many) in counts.into_iter().filter(|(count, ..)| *count > 0) {
            write!(
                f,
                "{separator}{count} {}",
                if count == 1 { one } else { many }
            )?;
            separator = ", ";
        }
        if !self.queued.is_zero() {
            write!(f, "{separator}{:.3?} in the queue", self.queued)?;
        }
        Ok(())
    }
}

/// What a call has decided to do, and is not yet logged.
#[derive(Debug, Clone, Copy)]
pub(super) enum Note {
    Queue { wait: Duration },
    Retry { wait: Duration },
    FurtherHost,
    Renewal,
    ReadBack,
}

impl<I: Interface> Call<I> {
    /// Returns how often the call has done more than to send its request once.
    #[must_use]
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Returns what the call has just decided to do and why, for a log; `None` if there is nothing
    /// new. No text of WeChat's and no secret is in it.
    pub fn take_note(&mut self) -> Option<String> {
        let note = self.note.take()?;
        let cause = match (note, &self.phase) {
            (Note::ReadBack, Phase::ReadingBack { cause, .. }) => Some(cause),
            _ => self.last_error.as_ref(),
        };
        let why = match cause {
            Some(error) => match error.errcode() {
                Some(errcode) => format!(" because of {} ({errcode})", error.code()),
                None => format!(" because of {}", error.code()),
            },
            None => String::new(),
        };
        let number = self.tally.retries;
        Some(match note {
            Note::Queue { wait } => format!("waits {wait:.3?} for its slot"),
            Note::Retry { wait } => format!("retry {number} in {wait:.3?}{why}"),
            Note::FurtherHost => format!("tries the next host{why}"),
            Note::Renewal => format!("renews the access token{why}"),
            Note::ReadBack => format!("reads back whether the change stands{why}"),
        })
    }
}
