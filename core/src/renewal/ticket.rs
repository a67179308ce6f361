use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;
use core::time::Duration;

use serde::{Deserialize, Serialize};

use super::record::millis;
use crate::error::{Error, OwnCode, Result};
use crate::secret::Secret;

/// What a store keeps of a platform's component_verify_ticket.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketRecord {
    ticket: String,
    /// When it was received, in ms since 1970 by the clock of the machine that received it.
    received_at_ms: u64,
    /// When WeChat made the push, in UNIX seconds; `None` if somebody else received it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    create_time: Option<u64>,
}

impl TicketRecord {
    /// A ticket that was received at `time_of_day`. `create_time` is the time of its push, if known.
    #[must_use]
    pub fn new(ticket: &Secret, time_of_day: Duration, create_time: Option<u64>) -> Self {
        Self {
            ticket: ticket.expose().to_string(),
            received_at_ms: millis(time_of_day),
            create_time,
        }
    }

    /// Parses what a store holds under `key`.
    pub fn parse(bytes: &[u8], key: &str) -> Result<Self> {
        // The cause is left out: it could quote the ticket.
        serde_json::from_slice(bytes).map_err(|_| {
            Error::new(
                OwnCode::StoreDamaged,
                format!("token_store: what is stored as {key} is not a ticket"),
            )
        })
    }

    /// Serialises the record, as [`parse`](Self::parse) reads it.
    pub fn to_json(&self) -> Result<Secret> {
        let json = serde_json::to_string(self).map(Secret::new);
        json.map_err(|error| Error::new(OwnCode::Internal, error.to_string()))
    }

    /// The ticket.
    #[must_use]
    pub fn ticket(&self) -> Secret {
        Secret::new(self.ticket.as_str())
    }

    /// Returns the age of the ticket. If it is from the future, another machine's clock is ahead:
    /// it counts as new.
    #[must_use]
    pub fn age(&self, time_of_day: Duration) -> Duration {
        time_of_day.saturating_sub(Duration::from_millis(self.received_at_ms))
    }

    /// Whether this ticket takes the place of the stored one. A push can be repeated, late, or sent
    /// by somebody who recorded it, so only a later push replaces the ticket of a push.
    pub(super) fn replaces(&self, stored: &Self) -> bool {
        match (self.create_time, stored.create_time) {
            (Some(own), Some(stored)) => own > stored,
            _ => true,
        }
    }
}

impl fmt::Debug for TicketRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TicketRecord(***)")
    }
}
