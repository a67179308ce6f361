//! The component_verify_tickets, which WeChat pushes to a platform. Source: the official page of `component_verify_ticket`.

use std::collections::HashMap;
use std::time::Duration;

use super::minted::Minted;
use crate::clock::Moment;
use crate::refusal::Refusal;

const PUSHED_EVERY: Duration = Duration::from_secs(10 * 60);
const LIFETIME: Duration = Duration::from_secs(12 * 60 * 60);

struct Ticket {
    text: String,
    pushed_at: Moment,
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
    /// The one that was pushed last; every 10 minutes there is a new one.
    pub(crate) fn current(&mut self, component_appid: &str, now: Moment) -> Pushed {
        let last = self
            .by_platform
            .get(component_appid)
            .and_then(|tickets| tickets.last())
            .filter(|ticket| now < ticket.pushed_at.saturating_add(PUSHED_EVERY));
        match last {
            Some(ticket) => Pushed {
                component_verify_ticket: ticket.text.clone(),
                expires_in: ticket
                    .pushed_at
                    .saturating_add(LIFETIME)
                    .saturating_sub(now),
            },
            None => self.push(component_appid, now),
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
        self.by_platform
            .entry(component_appid.to_owned())
            .or_default()
            .push(Ticket {
                text,
                pushed_at: now,
            });
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
