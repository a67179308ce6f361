use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jumpqr_core::error::Result;

use super::leases::Leases;
use super::{Key, Lease, Record, TokenStore, check_length};
use crate::clock::time_of_day;

/// Keeps tokens in this process; share it between clients with an [`Arc`](std::sync::Arc).
#[derive(Default)]
pub struct MemoryStore(Mutex<HashMap<Key, Entry>>);

#[derive(Default)]
struct Entry {
    leases: Leases,
    record: Option<Record>,
}

impl MemoryStore {
    fn entries(&self) -> MutexGuard<'_, HashMap<Key, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TokenStore for MemoryStore {
    fn name(&self) -> String {
        "memory:".to_owned()
    }

    fn is_of_one_machine(&self) -> bool {
        true
    }

    fn is_persistent(&self) -> bool {
        false
    }

    fn load(&self, key: &Key, _timeout: Duration) -> Result<Option<Record>> {
        Ok(self
            .entries()
            .get(key)
            .and_then(|entry| entry.record.clone()))
    }

    fn lock(&self, key: &Key, life: Duration, _timeout: Duration) -> Result<Option<Lease>> {
        let now = time_of_day();
        let mut entries = self.entries();
        let Entry { leases, record } = entries.entry(key.clone()).or_default();
        if leases.is_locked(now) {
            return Ok(None);
        }
        let version = record.as_ref().map(|record| record.version);
        Ok(Some(Lease::new(leases.give(version, now, life))))
    }

    fn save(&self, key: &Key, bytes: &[u8], lease: &Lease, _timeout: Duration) -> Result<bool> {
        check_length(bytes)?;
        let mut entries = self.entries();
        let Some(entry) = entries.get_mut(key) else {
            return Ok(false);
        };
        let admitted = entry.leases.admits(lease.fence());
        if admitted {
            entry.record = Some(Record {
                bytes: bytes.to_vec(),
                version: lease.fence(),
            });
        }
        Ok(admitted)
    }

    fn release(&self, key: &Key, lease: Lease, _timeout: Duration) -> Result<()> {
        if let Some(entry) = self.entries().get_mut(key) {
            entry.leases.release(lease.fence());
        }
        Ok(())
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MemoryStore")
    }
}
