use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::error::{Error, OwnCode, Result};
use jumpqr_core::renewal::{Storing, millis};
use serde::{Deserialize, Serialize};

use super::lease::Entry;

/// How long a ticket is valid. Source: the official page of `getComponentAccessToken`.
const LIFE: Duration = Duration::from_secs(12 * 60 * 60);

/// The component_verify_ticket that WeChat pushes to a platform every 10 minutes.
pub(crate) struct Ticket {
    pub(crate) entry: Entry,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    ticket: String,
    /// When it was handed over, in ms since 1970.
    received_at_ms: u64,
}

impl Ticket {
    /// The first part of its key.
    pub(crate) const KIND: &'static str = "component_verify_ticket";

    /// Returns the last ticket, while it is valid.
    pub(super) fn get(&self, timeout: Duration) -> Result<Secret> {
        let missing = match self.load(timeout)? {
            None => "there is no component_verify_ticket yet".to_owned(),
            Some(stored) if self.age(&stored) < LIFE => return Ok(Secret::new(stored.ticket)),
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
        let stored = Stored {
            ticket: ticket.expose().to_owned(),
            received_at_ms: millis(self.entry.clock.time_of_day()),
        };
        let record = serde_json::to_string(&stored)
            .map(Secret::new)
            .map_err(|error| Error::new(OwnCode::Internal, error.to_string()))?;
        let deadline = self.entry.clock.now().saturating_add(timeout);
        self.entry.store(Storing::record(record, deadline))
    }

    fn load(&self, timeout: Duration) -> Result<Option<Stored>> {
        let record = self.entry.load(timeout)?;
        let stored = record.map(|record| serde_json::from_slice(&record.bytes));
        // The cause is left out: it could quote the ticket.
        stored.transpose().map_err(|_| {
            let key = self.entry.key.name();
            Error::new(
                OwnCode::StoreDamaged,
                format!("token_store: what is stored as {key} is not a ticket"),
            )
        })
    }

    /// Returns the age of the ticket. If it is from the future, another machine's clock is ahead: it
    /// counts as new.
    fn age(&self, stored: &Stored) -> Duration {
        self.entry
            .clock
            .time_of_day()
            .saturating_sub(Duration::from_millis(stored.received_at_ms))
    }
}
