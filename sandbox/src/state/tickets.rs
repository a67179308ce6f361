//! The component_verify_tickets that WeChat pushes to platforms. Source: the official page of
//! `component_verify_ticket`.

use std::collections::HashMap;
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

/// A ticket that was pushed, and how long it is still valid.
pub(crate) struct PushedTicket {
    pub(crate) component_verify_ticket: String,
    pub(crate) expires_in: Duration,
}

/// All tickets. It has no `Debug`, because that would show them.
#[derive(Clone, Default)]
pub(crate) struct Tickets {
    by_platform: HashMap<String, Vec<Ticket>>,
}

impl Tickets {
    /// Returns the ticket of the last push. There is a push every 10 minutes, alternately with a
    /// new ticket and with the same ticket again: WeChat's pushes may repeat a ticket.
    pub(crate) fn current(&mut self, component_appid: &str, now: Moment) -> PushedTicket {
        match self.last(component_appid) {
            Some(ticket) if now < ticket.pushed_at.saturating_add(PUSHED_EVERY) => PushedTicket {
                component_verify_ticket: ticket.text.clone(),
                expires_in: ticket
                    .pushed_at
                    .saturating_add(LIFETIME)
                    .saturating_sub(now),
            },
            Some(ticket) if ticket.is_repeated => self.push(component_appid, now),
            _ => self.push_again(component_appid, now),
        }
    }

    fn last(&mut self, component_appid: &str) -> Option<&mut Ticket> {
        self.by_platform.get_mut(component_appid)?.last_mut()
    }

    /// Pushes the last ticket again. If there is none, or it has expired, pushes a new ticket.
    pub(crate) fn push_again(&mut self, component_appid: &str, now: Moment) -> PushedTicket {
        match self.last(component_appid) {
            Some(ticket) if now < ticket.pushed_at.saturating_add(LIFETIME) => {
                ticket.pushed_at = now;
                ticket.is_repeated = true;
                PushedTicket {
                    component_verify_ticket: ticket.text.clone(),
                    expires_in: LIFETIME,
                }
            }
            _ => self.push(component_appid, now),
        }
    }

    /// Pushes a new ticket. Earlier tickets stay valid.
    pub(crate) fn push(&mut self, component_appid: &str, now: Moment) -> PushedTicket {
        let text = GeneratedSecret::Ticket.generate();
        self.put(component_appid, text.clone(), now);
        PushedTicket {
            component_verify_ticket: text,
            expires_in: LIFETIME,
        }
    }

    /// Pushes a ticket with this text.
    pub(crate) fn put(&mut self, component_appid: &str, text: String, now: Moment) {
        let tickets = self
            .by_platform
            .entry(component_appid.to_owned())
            .or_default();
        tickets.push(Ticket {
            text,
            pushed_at: now,
            is_repeated: false,
        });
        tickets.retain(|ticket| now < ticket.pushed_at.saturating_add(KEPT_FOR));
        let surplus = tickets.len().saturating_sub(MAX_TICKETS);
        tickets.drain(..surplus);
    }

    /// Checks a ticket. If it was never pushed to this platform, the result is 61006. If its last
    /// push was 12 hours ago or more, the result is 61005.
    pub(crate) fn check(
        &self,
        component_appid: &str,
        ticket: &str,
        now: Moment,
    ) -> Result<(), Refusal> {
        let pushed = self
            .by_platform
            .get(component_appid)
            .into_iter()
            .flatten()
            .find(|pushed| pushed.text == ticket)
            .ok_or_else(|| Refusal::new(61006))?;
        if now < pushed.pushed_at.saturating_add(LIFETIME) {
            Ok(())
        } else {
            Err(Refusal::new(61005))
        }
    }

    pub(crate) fn remove_platform(&mut self, component_appid: &str) {
        self.by_platform.remove(component_appid);
    }
}
