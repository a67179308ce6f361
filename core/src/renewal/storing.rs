//! Stores one record. It may be a ticket, the beginning or end of a merchant's authorisation, or a
//! refresh token that an earlier renewal could not store. If another process has the lease, it
//! waits.

use alloc::boxed::Box;
use core::time::Duration;

use super::AT_LEAST;
use super::leasing::{MAX_RETRIES, Releasing, Then, look_again_at, retry_at, too_late};
use super::memory::Memory;
use super::merchant_change::MerchantChange;
use super::record::TokenRecord;
use super::step::StoredRecord;
use super::ticket::TicketRecord;
use crate::error::Result;
use crate::secret::Secret;

/// How long others are kept away at most.
const LEASE_LIFE: Duration = Duration::from_secs(5);

/// What to do next to store a record. The results go to the methods of [`Storing`].
#[derive(Debug)]
pub enum StoringStep {
    /// Take the lease, and report to [`handle_lease`](Storing::handle_lease).
    Lease {
        /// After this time, others may take the lease.
        life: Duration,
        /// How long the store may take.
        timeout: Duration,
    },
    /// Load the record, and report to [`handle_load`](Storing::handle_load).
    Load {
        /// How long the store may take.
        timeout: Duration,
    },
    /// Save the record under the lease, and report to [`handle_save`](Storing::handle_save).
    Save {
        /// The record.
        record: Secret,
        /// How long the store may take.
        timeout: Duration,
    },
    /// Release the lease, and report to [`handle_release`](Storing::handle_release).
    Release {
        /// How long the store may take.
        timeout: Duration,
    },
    /// Do nothing until then.
    Wait {
        /// When there is something to do.
        until: Duration,
    },
    /// The record is stored, or need not be; or the store has failed.
    Done(Result<()>),
}

/// Stores one record: it waits for the lease, saves, and releases.
///
/// ```text
///   ┌─▶ Lease ─▶ Load, unless any record is replaced ─▶ Save ─▶ Release ─▶ Done
///   └─── Wait ◀─ the lease is held or lost, the store failed ───────────────────┘
/// ```
///
/// If the store fails, it is tried twice more.
#[derive(Debug)]
pub struct Storing<'a> {
    what: What<'a>,
    deadline: Duration,
    state: State,
    /// When the state begins, if it follows a pause.
    not_before: Duration,
    failures: u32,
    has_saved: bool,
}

#[derive(Debug)]
enum What<'a> {
    Record(Secret),
    /// The ticket of a push, unless the stored one is of a later push.
    Ticket {
        ticket: TicketRecord,
        key: &'a str,
    },
    /// A change of a merchant's record.
    Merchant {
        change: Box<MerchantChange>,
        key: &'a str,
    },
    /// The unsaved record of this memory, unless the store has gone on from there.
    Unsaved {
        memory: Box<Memory>,
        key: &'a str,
    },
}

#[derive(Debug)]
enum State {
    Leasing,
    Loading,
    Saving(Secret),
    Releasing(Releasing<()>),
    Done(Result<()>),
    /// A result is being taken.
    Idle,
}

impl<'a> Storing<'a> {
    /// Replaces the stored record with this one, which is JSON.
    #[must_use]
    pub fn record(record: Secret, deadline: Duration) -> Self {
        Self::new(What::Record(record), deadline)
    }

    /// Stores a ticket under `key`, unless the stored one is of the same or a later push.
    #[must_use]
    pub fn ticket(ticket: TicketRecord, key: &'a str, deadline: Duration) -> Self {
        Self::new(What::Ticket { ticket, key }, deadline)
    }

    /// Changes the merchant's record under `key`, unless that knows of a later event.
    #[must_use]
    pub fn merchant(change: MerchantChange, key: &'a str, deadline: Duration) -> Self {
        let change = Box::new(change);
        Self::new(What::Merchant { change, key }, deadline)
    }

    /// Stores the refresh token that an earlier renewal could not store, if `memory` has one and
    /// the record under `key` still holds the one before.
    #[must_use]
    pub fn unsaved(memory: Memory, key: &'a str, deadline: Duration) -> Self {
        let memory = Box::new(memory);
        Self::new(What::Unsaved { memory, key }, deadline)
    }

    fn new(what: What<'a>, deadline: Duration) -> Self {
        let is_done = matches!(&what, What::Unsaved { memory, .. } if !memory.has_unsaved());
        Self {
            what,
            deadline,
            state: if is_done {
                State::Done(Ok(()))
            } else {
                State::Leasing
            },
            not_before: Duration::ZERO,
            failures: 0,
            has_saved: false,
        }
    }

    /// Whether a record was saved. If not, the stored one stands, or the store has failed.
    #[must_use]
    pub fn has_saved(&self) -> bool {
        self.has_saved
    }

    /// What to do now. The same step is returned until its result is reported.
    #[must_use]
    pub fn step(&self, now: Duration) -> StoringStep {
        if now < self.not_before {
            return StoringStep::Wait {
                until: self.not_before,
            };
        }
        let timeout = self.deadline.saturating_sub(now);
        match &self.state {
            State::Leasing => StoringStep::Lease {
                life: LEASE_LIFE,
                timeout,
            },
            State::Loading => StoringStep::Load { timeout },
            State::Saving(record) => StoringStep::Save {
                record: record.clone(),
                timeout: timeout.max(AT_LEAST),
            },
            State::Releasing(_) => StoringStep::Release {
                timeout: timeout.max(AT_LEAST),
            },
            State::Done(result) => StoringStep::Done(result.clone()),
            State::Idle => StoringStep::Wait { until: now },
        }
    }

    /// Takes the result of [`StoringStep::Lease`]: whether the lease was taken.
    pub fn handle_lease(&mut self, now: Duration, leased: Result<bool>) {
        match leased {
            Ok(true) => {
                self.state = match &self.what {
                    What::Record(record) => State::Saving(record.clone()),
                    _ => State::Loading,
                };
            }
            Ok(false) => self.go_on(now, Then::LookAgain),
            Err(error) => self.go_on(now, Then::Fail(error)),
        }
    }

    /// Takes the result of [`StoringStep::Load`]: `None` if the store holds nothing.
    pub fn handle_load(&mut self, stored: Result<Option<StoredRecord>>) {
        if !matches!(self.state, State::Loading) {
            return;
        }
        let record = stored.and_then(|stored| self.what.record_after(stored.as_ref()));
        self.state = match record {
            Ok(Some(record)) => State::Saving(record),
            Ok(None) => releasing(Then::End(())),
            Err(error) => releasing(Then::Fail(error)),
        };
    }

    /// Takes the result of [`StoringStep::Save`]: whether it was saved. It was not if the lease was
    /// lost.
    pub fn handle_save(&mut self, saved: Result<bool>) {
        self.has_saved |= matches!(saved, Ok(true));
        self.state = releasing(match saved {
            Ok(true) => Then::End(()),
            Ok(false) => Then::LookAgain,
            Err(error) => Then::Fail(error),
        });
    }

    /// Takes the result of [`StoringStep::Release`]: whether the lease was released. If not, it
    /// ends by itself.
    pub fn handle_release(&mut self, now: Duration, is_released: bool) {
        let releasing = take_state!(self, State::Releasing(releasing) => releasing);
        match releasing.handle(now, is_released, self.deadline) {
            Ok(then) => self.go_on(now, then),
            Err((releasing, until)) => {
                self.not_before = until;
                self.state = State::Releasing(releasing);
            }
        }
    }

    fn go_on(&mut self, now: Duration, then: Then<()>) {
        let (again_at, error) = match then {
            Then::End(()) => return self.state = State::Done(Ok(())),
            Then::LookAgain => (look_again_at(now, self.deadline), too_late()),
            Then::Fail(error) => {
                let is_worth_it = error.is_retryable() && self.failures < MAX_RETRIES;
                let until = retry_at(now, self.failures, self.deadline);
                self.failures += 1;
                (until.filter(|_| is_worth_it), error)
            }
        };
        self.state = match again_at {
            Some(until) => {
                self.not_before = until;
                State::Leasing
            }
            None => State::Done(Err(error)),
        };
    }
}

impl What<'_> {
    /// Returns the record to save; `None` if the stored one stands.
    fn record_after(&mut self, stored: Option<&StoredRecord>) -> Result<Option<Secret>> {
        let tokens = |key| match stored {
            Some(stored) => TokenRecord::parse(&stored.bytes, key),
            None => Ok(TokenRecord::default()),
        };
        let record = match self {
            Self::Record(record) => return Ok(Some(record.clone())),
            Self::Ticket { ticket, key } => {
                let stored = stored.map(|stored| TicketRecord::parse(&stored.bytes, key));
                let is_later = stored
                    .transpose()?
                    .is_none_or(|stored| ticket.replaces(&stored));
                return is_later.then(|| ticket.to_json()).transpose();
            }
            Self::Merchant { change, key } => change.apply(&tokens(key)?),
            Self::Unsaved { memory, key } => memory.unsaved_after(&tokens(key)?),
        };
        record.map(|record| record.to_json()).transpose()
    }
}

fn releasing(then: Then<()>) -> State {
    State::Releasing(Releasing::before(then))
}
