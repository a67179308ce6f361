//! The component_verify_tickets that WeChat pushes to platforms. Source: the official page of
//! `component_verify_ticket`.

use std::time::Duration;

use super::secrets::GeneratedSecret;
use crate::clock::Moment;
use crate::refusal::Refusal;

const PUSHED_EVERY: Duration = Duration::from_secs(10 * 60);
const LIFETIME: Duration = Duration::from_secs(12 * 60 * 60);

/// How long after its last push a ticket is kept. Until then an expired ticket gets 61005; after
/// that it is unknown: 61006.
const KEPT_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// The greatest number of tickets of a platform.
const MAX_TICKETS: usize = 10_000;

#[derive(Clone)]
struct Ticket {
    text: String,
    /// The time of its last push.
    pushed_at: Moment,
    is_repeated: bool,
}

impl Ticket {
    fn expires_in(&self, now: Moment) -> Duration {
        let expires_at = self.pushed_at.saturating_add(LIFETIME);
        expires_at.saturating_sub(now)
    }

    fn to_pushed(&self, now: Moment) -> PushedTicket {
        PushedTicket {
            component_verify_ticket: self.text.clone(),
            expires_in: self.expires_in(now),
        }
    }
}

/// A ticket that was pushed, and how long it is still valid.
pub(crate) struct PushedTicket {
    pub(crate) component_verify_ticket: String,
    pub(crate) expires_in: Duration,
}

/// The tickets of a platform. It has no `Debug`, because that would show them.
#[derive(Clone, Default)]
pub(crate) struct Tickets {
    pushed: Vec<Ticket>,
    /// Whether WeChat has stopped the pushes.
    is_paused: bool,
    /// The number of pushes, also of the same ticket.
    pushes: u64,
}

impl Tickets {
    pub(crate) fn is_paused(&self) -> bool {
        self.is_paused
    }

    /// Returns the number of pushes so far.
    pub(crate) fn pushes(&self) -> u64 {
        self.pushes
    }

    /// Returns when the next push is due; `None` if the pushes are stopped.
    pub(crate) fn next_push_at(&self) -> Option<Moment> {
        if self.is_paused {
            return None;
        }
        Some(self.pushed.last().map_or(Moment::ZERO, |last| {
            last.pushed_at.saturating_add(PUSHED_EVERY)
        }))
    }

    /// Returns the ticket of the last push. There is a push every 10 minutes, alternately with a
    /// new ticket and with the same ticket again: WeChat's pushes may repeat a ticket. If the pushes
    /// are stopped, the last ticket stays.
    pub(crate) fn current(&mut self, now: Moment) -> PushedTicket {
        match self.pushed.last() {
            Some(ticket) if self.is_paused => ticket.to_pushed(now),
            Some(ticket) if now < ticket.pushed_at.saturating_add(PUSHED_EVERY) => {
                ticket.to_pushed(now)
            }
            Some(ticket) if ticket.is_repeated => self.push_new(now),
            _ => self.push_again(now),
        }
    }

    /// Stops the pushes, or starts them again. If they were stopped, pushes a new ticket. Returns
    /// whether something has changed.
    pub(crate) fn set_paused(&mut self, paused: bool, now: Moment) -> bool {
        let has_changed = self.is_paused != paused;
        self.is_paused = paused;
        if has_changed && !paused {
            self.push_new(now);
        }
        has_changed
    }

    /// Pushes the last ticket again. If there is none, or it has expired, pushes a new ticket.
    pub(crate) fn push_again(&mut self, now: Moment) -> PushedTicket {
        match self.pushed.last_mut() {
            Some(ticket) if !ticket.expires_in(now).is_zero() => {
                ticket.pushed_at = now;
                ticket.is_repeated = true;
                self.pushes += 1;
                ticket.to_pushed(now)
            }
            _ => self.push_new(now),
        }
    }

    /// Pushes a new ticket. Earlier tickets stay valid.
    pub(crate) fn push_new(&mut self, now: Moment) -> PushedTicket {
        self.push(GeneratedSecret::Ticket.generate(), now)
    }

    /// Pushes a ticket with this text.
    pub(crate) fn push(&mut self, text: String, now: Moment) -> PushedTicket {
        let ticket = Ticket {
            text,
            pushed_at: now,
            is_repeated: false,
        };
        let pushed = ticket.to_pushed(now);
        self.pushes += 1;
        self.pushed.push(ticket);
        self.pushed
            .retain(|ticket| now < ticket.pushed_at.saturating_add(KEPT_FOR));
        let surplus = self.pushed.len().saturating_sub(MAX_TICKETS);
        self.pushed.drain(..surplus);
        pushed
    }

    /// Checks a ticket. If it was never pushed to this platform, the result is 61006. If its last
    /// push was 12 hours ago or more, the result is 61005.
    pub(crate) fn check(&self, ticket: &str, now: Moment) -> Result<(), Refusal> {
        let mut all = self.pushed.iter();
        let pushed = all.find(|pushed| pushed.text == ticket).ok_or(61006)?;
        if pushed.expires_in(now).is_zero() {
            return Err(61005.into());
        }
        Ok(())
    }
}
