//! What makes the sandbox push: a new address, tickets, authorisations, and orders.

use std::time::Duration;

use super::State;
use super::event::{AuthorizationEvent, InfoType};
use super::pushes::PushedEvent;
use super::tickets::Tickets;
use crate::clock::Moment;
use crate::error::SandboxError;
use crate::platform::Platform;
use crate::push_order::PushOrder;

/// How much older than the last ticket an old ticket is.
const OLDER: Duration = Duration::from_secs(10 * 60);

/// The field that makes a push too large, and its length in bytes.
const FILLER: (&str, usize) = ("Filler", 300 * 1024);

impl State {
    fn has_push_url(&self, component_appid: &str) -> bool {
        let platform = self.platforms.get(component_appid);
        platform.is_some_and(|platform| platform.push.url.is_some())
    }

    /// Whether the sandbox pushes to any platform.
    pub(crate) fn pushes_at_all(&self) -> bool {
        let mut platforms = self.platforms.values();
        platforms.any(|platform| platform.push.url.is_some())
    }

    /// Returns the platforms that the sandbox pushes to.
    pub(crate) fn addressed_platforms(&self) -> Vec<Platform> {
        let platforms = self.platforms.values();
        platforms
            .filter(|platform| platform.push.url.is_some())
            .cloned()
            .collect()
    }

    /// Adds an event to the pushes, if its platform has an address.
    pub(super) fn push_event(&mut self, event: &AuthorizationEvent) {
        let component_appid = &event.component_appid;
        if self.has_push_url(component_appid) {
            let now = self.clock.now();
            let event_to_push = PushedEvent::from(event);
            self.pushes.add_event(component_appid, &event_to_push, now);
        }
    }

    /// Adds a ticket to the pushes, if its platform has an address.
    pub(super) fn push_ticket_event(&mut self, component_appid: &str, ticket: &str) {
        if self.has_push_url(component_appid) {
            let now = self.clock.now();
            let event = PushedEvent::ticket(component_appid, ticket, now);
            self.pushes.add_event(component_appid, &event, now);
        }
    }

    /// Pushes the ticket to the platform's new address, or forgets the pushes if it has none.
    pub(super) fn note_push_url(&mut self, component_appid: &str, former: Option<&Platform>) {
        let url = |platform: &Platform| platform.push.url.clone();
        let present = self.platforms.get(component_appid).and_then(url);
        if present == former.and_then(url) {
            return;
        }
        self.pushes.remove(component_appid);
        if present.is_some() {
            self.push_ticket_now(component_appid);
        }
    }

    /// Pushes a ticket to every platform with an address.
    pub(crate) fn push_first_tickets(&mut self) {
        for platform in self.addressed_platforms() {
            self.push_ticket_now(&platform.component_appid);
        }
    }

    /// Pushes the last ticket again, unless the pushes of tickets are stopped.
    fn push_ticket_now(&mut self, component_appid: &str) {
        let tickets = self.tickets.entry(component_appid.to_owned()).or_default();
        if !tickets.is_paused() {
            // Fails only if there is no such platform.
            let _ = self.ticket(component_appid, Tickets::push_again);
        }
    }

    /// Starts the pushes of tickets again. Returns whether they were stopped.
    pub(crate) fn start_push_ticket(&mut self, component_appid: &str) -> bool {
        self.pushes.resume(component_appid);
        let was_paused = self.set_tickets_paused(component_appid, false);
        if !was_paused && self.has_push_url(component_appid) {
            self.push_ticket_now(component_appid);
        }
        was_paused
    }

    /// Pushes the tickets that are due. Returns when the next one is.
    pub(crate) fn push_due_tickets(&mut self) -> Option<Moment> {
        let now = self.clock.now();
        let mut next_due: Option<Moment> = None;
        for Platform {
            component_appid, ..
        } in self.addressed_platforms()
        {
            let tickets = self.tickets.entry(component_appid.clone()).or_default();
            if tickets.next_push_at().is_some_and(|due| due <= now) {
                // Fails only if there is no such platform.
                let _ = self.ticket(&component_appid, Tickets::current);
            }
            let tickets = self.tickets.get(&component_appid);
            let due = tickets.and_then(Tickets::next_push_at);
            next_due = next_due.into_iter().chain(due).min();
        }
        next_due
    }

    /// Pushes what the user orders: about the merchant, or the ticket.
    pub(crate) fn order_push(
        &mut self,
        component_appid: &str,
        order: PushOrder,
        authorizer_appid: Option<&str>,
    ) -> Result<(), SandboxError> {
        let platform = self.platform(component_appid)?;
        if platform.push.url.is_none() {
            return Err(SandboxError::Invalid(format!(
                "{component_appid} has no push_url; set it first"
            )));
        }
        if order == PushOrder::FormerKey && platform.push.encoding_aes_key_former.is_none() {
            return Err(SandboxError::Invalid(format!(
                "{component_appid} has no encoding_aes_key_former; set it, or change the \
                 encoding_aes_key first"
            )));
        }
        let now = self.clock.now();
        let event = match (order, authorizer_appid) {
            (PushOrder::OutOfOrder, Some(authorizer_appid)) => {
                self.old_unauthorized(component_appid, authorizer_appid)?
            }
            (PushOrder::OutOfOrder, None) => {
                let old = self.last_event(component_appid, None)?;
                self.ticket(component_appid, Tickets::push_new)?;
                old.at_latest(now.saturating_sub(OLDER))
            }
            (PushOrder::Oversized, _) => {
                let (name, length) = FILLER;
                let event = self.last_event(component_appid, authorizer_appid)?;
                event.with_field(name, "a".repeat(length))
            }
            _ => self.last_event(component_appid, authorizer_appid)?,
        };
        let times = if order == PushOrder::Doubled { 2 } else { 1 };
        self.pushes
            .add(component_appid, &event, Some(order), times, now);
        Ok(())
    }

    fn last_event(
        &self,
        component_appid: &str,
        authorizer_appid: Option<&str>,
    ) -> Result<PushedEvent, SandboxError> {
        let last = self.pushes.last(component_appid, authorizer_appid);
        last.cloned().ok_or_else(|| {
            let about = authorizer_appid.unwrap_or("a ticket");
            SandboxError::NotFound(format!(
                "nothing was pushed to {component_appid} about {about} yet"
            ))
        })
    }

    /// Returns an `unauthorized` from before the present authorisation.
    fn old_unauthorized(
        &self,
        component_appid: &str,
        authorizer_appid: &str,
    ) -> Result<PushedEvent, SandboxError> {
        let mut merchants = self.merchants_of(component_appid);
        let merchant = merchants.find(|(appid, _)| *appid == authorizer_appid);
        let (_, authorization) = merchant.ok_or_else(|| {
            SandboxError::NotFound(format!(
                "{authorizer_appid} has not authorised {component_appid}"
            ))
        })?;
        let event = AuthorizationEvent {
            info_type: InfoType::Unauthorized,
            component_appid: component_appid.to_owned(),
            authorizer_appid: authorizer_appid.to_owned(),
            create_time: authorization
                .auth_time
                .saturating_sub(Duration::from_secs(1)),
            codes: None,
        };
        Ok(PushedEvent::from(&event))
    }
}
