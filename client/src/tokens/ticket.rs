use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::error::{Error, OwnCode, Result};
use jumpqr_core::renewal::{Storing, TicketRecord};

use super::lease::Entry;

/// How long a ticket is valid. Source: the official page of `getComponentAccessToken`.
const LIFE: Duration = Duration::from_secs(12 * 60 * 60);

/// The component_verify_ticket that WeChat pushes to a platform every 10 minutes.
pub(crate) struct Ticket {
    pub(crate) entry: Entry,
}

impl Ticket {
    /// The first part of its key.
    pub(crate) const KIND: &'static str = "component_verify_ticket";

    /// Returns the last ticket, while it is valid.
    pub(super) fn get(&self, timeout: Duration) -> Result<Secret> {
        let missing = match self.load(timeout)? {
            None => "there is no component_verify_ticket yet".to_owned(),
            Some(stored) if self.age(&stored) < LIFE => return Ok(stored.ticket()),
            Some(stored) => format!(
                "the last component_verify_ticket came {} h ago, and was good for {} h",
                self.age(&stored).as_secs() / 3600,
                LIFE.as_secs() / 3600
            ),
        };
        Err(Error::new(OwnCode::NoVerifyTicket, missing))
    }

    /// Returns how long ago the last ticket came.
    pub(crate) fn last_age(&self, timeout: Duration) -> Result<Option<Duration>> {
        Ok(self.load(timeout)?.map(|stored| self.age(&stored)))
    }

    /// Stores the ticket, in the place of the former one.
    pub(crate) fn set(&self, ticket: &Secret, timeout: Duration) -> Result<()> {
        let clock = &self.entry.clock;
        let record = TicketRecord::new(ticket, clock.time_of_day(), None).to_json()?;
        let deadline = clock.now().saturating_add(timeout);
        self.entry
            .store(Storing::record(record, deadline))
            .map(drop)
    }

    /// Stores the ticket of a push, unless the stored one is of the same or a later push. Returns
    /// whether it was stored.
    pub(crate) fn set_pushed(
        &self,
        ticket: &Secret,
        create_time: u64,
        timeout: Duration,
    ) -> Result<bool> {
        let clock = &self.entry.clock;
        let record = TicketRecord::new(ticket, clock.time_of_day(), Some(create_time));
        let deadline = clock.now().saturating_add(timeout);
        let key = self.entry.key.name();
        self.entry.store(Storing::ticket(record, key, deadline))
    }

    fn load(&self, timeout: Duration) -> Result<Option<TicketRecord>> {
        let record = self.entry.load(timeout)?;
        let key = self.entry.key.name();
        record
            .map(|record| TicketRecord::parse(&record.bytes, key))
            .transpose()
    }

    fn age(&self, stored: &TicketRecord) -> Duration {
        stored.age(self.entry.clock.time_of_day())
    }
}
