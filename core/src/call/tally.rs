use alloc::format;
use alloc::string::String;
use core::fmt;
use core::time::Duration;

use super::{Call, Phase};
use crate::interface::Interface;

/// What a call has done besides sending its request once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// How often the call sent again after a delay.
    pub retries: usize,
    /// How often the call tried another host.
    pub further_hosts: usize,
    /// How often the call renewed the access token.
    pub renewals: usize,
    /// How often the call read back its change.
    pub read_backs: usize,
    /// How long the call has waited for its slots.
    pub queue_time: Duration,
}

impl Tally {
    /// Returns whether the call has only sent its request once.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Writes, for example, "2 retries, 1 read-back, 2.200s in the queue".
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
        if !self.queue_time.is_zero() {
            write!(f, "{separator}{:.3?} in the queue", self.queue_time)?;
        }
        Ok(())
    }
}

/// A decision of a call that is not logged yet.
#[derive(Debug, Clone, Copy)]
pub(super) enum Note {
    Queue { wait: Duration },
    Retry { wait: Duration },
    FurtherHost,
    Renewal,
    ReadBack,
}

impl<I: Interface> Call<I> {
    /// Returns what the call has done besides sending its request once.
    #[must_use]
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Returns what the call has just decided to do and why, for a log; `None` if there is nothing
    /// new. The note contains no secret and no text from WeChat.
    pub fn take_note(&mut self) -> Option<String> {
        let note = self.note.take()?;
        let cause = match (note, &self.phase) {
            (Note::ReadBack, Phase::ReadingBack { cause, .. }) => Some(cause),
            _ => self.last_error.as_ref(),
        };
        let reason = match cause {
            Some(error) => match error.errcode() {
                Some(errcode) => format!(" because of {} ({errcode})", error.code()),
                None => format!(" because of {}", error.code()),
            },
            None => String::new(),
        };
        let number = self.tally.retries;
        Some(match note {
            Note::Queue { wait } => format!("waits {wait:.3?} for its slot"),
            Note::Retry { wait } => format!("retry {number} in {wait:.3?}{reason}"),
            Note::FurtherHost => format!("tries the next host{reason}"),
            Note::Renewal => format!("renews the access token{reason}"),
            Note::ReadBack => format!("reads back the change{reason}"),
        })
    }
}
