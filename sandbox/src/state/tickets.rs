//! The component_verify_tickets, which WeChat pushes to a platform. Source: the official page of `component_verify_ticket`.

use std::collections::HashMap;
use std::time::Duration;

use super::minted::Minted;
use crate::clock::Moment;
use crate::refusal::Refusal;

const PUSHED_EVERY: Duration = Duration::from_secs(10 * 60);
const LIFETIME: Duration = Duration::from_secs(12 * 60 * 60);

/// How long an expired ticket is told apart (61005) from one that never was (61006), counted from
/// its push.
const REMEMBERED: Duration = Duration::from_secs(24 * 60 * 60);

/// How many tickets of a platform are kept.
const MAX_TICKETS: usize = 10_000;

struct Ticket {
    text: String,
    /// The last time.
    pushed_at: Moment,
    is_repeated: bool,
}

/// What a platform has, once it has read what was pushed.
pub(crate) struct Pushed {
    pub(crate) component_verify_ticket: String,
    pub(crate) expires_in: Duration,
}

/// Has no `Debug`: it is made of tickets.
#[derive(Default)]
pub(crate) struct Tickets {
    by_platform: HashMap<String, Vec<Ticket>>,
}

impl Tickets {
    /// The one that was pushed last. Every 10 minutes one is pushed: by turns a new one, and the
    /// same once more, as WeChat's pushes may repeat a value.
    pub(crate) fn current(&mut self, component_appid: &str, now: Moment) -> Pushed {
        match self.last(component_appid) {
            Some(ticket) if now < ticket.pushed_at.saturating_add(PUSHED_EVERY) => Pushed {
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

    /// Pushes the value of the last push once more, or a new one if there was none or it has
    /// expired.
    pub(crate) fn push_again(&mut self, component_appid: &str, now: Moment) -> Pushed {
        match self.last(component_appid) {
            Some(ticket) if now < ticket.pushed_at.saturating_add(LIFETIME) => {
                ticket.pushed_at = now;
                ticket.is_repeated = true;
                Pushed {
                    component_verify_ticket: ticket.text.clone(),
                    expires_in: LIFETIME,
                }
            }
            _ => self.push(component_appid, now),
        }
    }

    /// Pushes a new one; the former ones stay valid.
    pub(crate) fn push(&mut self, component_appid: &str, now: Moment) -> Pushed {
        let text = Minted::Ticket.mint();
        self.put(component_appid, text.clone(), now);
        Pushed {
            component_verify_ticket: text,
            expires_in: LIFETIME,
        }
    }

    /// Pushes this one now.
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
        tickets.retain(|ticket| now < ticket.pushed_at.saturating_add(REMEMBERED));
        let surplus = tickets.len().saturating_sub(MAX_TICKETS);
        tickets.drain(..surplus);
    }

    /// 61006 for what was never pushed to this platform, 61005 for what was pushed 12 hours ago.
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
