//! A record in a store, and the lease under which it is changed.

use std::sync::Arc;
use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::error::Result;
use jumpqr_core::renewal::{Moment, StoredRecord, Storing, StoringStep};

use crate::clock::Clock;
use crate::store::{Key, Lease, TokenStore};

/// How long the store may take to release a lease that a panic has left behind.
const LAST_RELEASE: Duration = Duration::from_millis(200);

/// The place of a record in a store.
pub(crate) struct Entry {
    pub(crate) store: Arc<dyn TokenStore>,
    pub(crate) key: Key,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Entry {
    pub(super) fn moment(&self) -> Moment {
        Moment {
            now: self.clock.now(),
            time_of_day: self.clock.time_of_day(),
        }
    }

    pub(super) fn load(&self, timeout: Duration) -> Result<Option<StoredRecord>> {
        self.store.load(&self.key, timeout)
    }

    /// Returns a guard for leases of this entry. No lease is taken yet.
    pub(super) fn lease(&self) -> EntryLease<'_> {
        EntryLease {
            entry: self,
            lease: None,
            fence: 0,
        }
    }

    /// Does what [`Storing`] says, and returns whether a record was saved.
    pub(super) fn store(&self, mut storing: Storing<'_>) -> Result<bool> {
        let mut lease = self.lease();
        loop {
            match storing.step(self.clock.now()) {
                StoringStep::Lease { life, timeout } => {
                    let leased = lease.take(life, timeout);
                    storing.handle_lease(self.clock.now(), leased.map(|fence| fence.is_some()));
                }
                StoringStep::Load { timeout } => storing.handle_load(self.load(timeout)),
                StoringStep::Save { record, timeout } => {
                    storing.handle_save(lease.save(&record, timeout));
                }
                StoringStep::Release { timeout } => {
                    let is_released = lease.release(timeout).is_ok();
                    storing.handle_release(self.clock.now(), is_released);
                }
                StoringStep::Wait { until } => self.clock.sleep_until(until),
                StoringStep::Done(result) => return result.map(|()| storing.has_saved()),
            }
        }
    }
}

/// Guards the lease of an entry. If it is dropped with a lease, as by a panic, it releases it.
pub(super) struct EntryLease<'a> {
    entry: &'a Entry,
    lease: Option<Lease>,
    /// The number of the last lease, for another attempt to release it.
    fence: u64,
}

impl EntryLease<'_> {
    /// Takes the lease, and returns its fence; `None` if somebody else has it.
    pub(super) fn take(&mut self, life: Duration, timeout: Duration) -> Result<Option<u64>> {
        let lease = self.entry.store.lock(&self.entry.key, life, timeout)?;
        self.fence = lease.as_ref().map_or(0, Lease::fence);
        self.lease = lease;
        Ok(self.lease.as_ref().map(Lease::fence))
    }

    /// Saves the record, and returns whether the lease still held.
    pub(super) fn save(&self, record: &Secret, timeout: Duration) -> Result<bool> {
        match &self.lease {
            Some(lease) => {
                let Entry { store, key, .. } = self.entry;
                store.save(key, record.expose().as_bytes(), lease, timeout)
            }
            None => Ok(false),
        }
    }

    pub(super) fn release(&mut self, timeout: Duration) -> Result<()> {
        // What the store keeps in the lease is dropped by the first attempt.
        let lease = self.lease.take().unwrap_or_else(|| Lease::new(self.fence));
        self.entry.store.release(&self.entry.key, lease, timeout)
    }
}

impl Drop for EntryLease<'_> {
    fn drop(&mut self) {
        if self.lease.is_some() {
            // A lease that cannot be released ends by itself.
            let _ = self.release(LAST_RELEASE);
        }
    }
}
