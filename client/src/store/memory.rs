use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jumpqr_core::error::Result;

use super::entry::Entry;
use super::{Key, Lease, Record, TokenStore};
use crate::clock::time_of_day;

/// Keeps tokens in this process; share it between clients with an [`Arc`](std::sync::Arc).
#[derive(Default)]
pub struct MemoryStore(Mutex<HashMap<Key, (Entry, Vec<u8>)>>);

impl MemoryStore {
    fn entries(&self) -> MutexGuard<'_, HashMap<Key, (Entry, Vec<u8>)>> {
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

    fn load(&self, key: &Key, _timeout: Duration) -> Result<Option<Record>> {
        Ok(self.entries().get(key).and_then(|(entry, bytes)| {
            Some(Record {
                bytes: bytes.clone(),
                version: entry.version?,
            })
        }))
    }

    fn lock(&self, key: &Key, life: Duration, _timeout: Duration) -> Result<Option<Lease>> {
        let now = time_of_day();
        let mut entries = self.entries();
        let (entry, _) = entries.entry(key.clone()).or_default();
        if entry.is_locked(now) {
            return Ok(None);
        }
        Ok(Some(Lease::new(entry.lock(now, life))))
    }

    fn save(&self, key: &Key, bytes: &[u8], lease: &Lease, _timeout: Duration) -> Result<bool> {
        let mut entries = self.entries();
        let Some((entry, saved)) = entries.get_mut(key) else {
            return Ok(false);
        };
        let admitted = entry.admits(lease.fence());
        if admitted {
            entry.version = Some(lease.fence());
            *saved = bytes.to_vec();
        }
        Ok(admitted)
    }

    fn release(&self, key: &Key, lease: Lease, _timeout: Duration) -> Result<()> {
        if let Some((entry, _)) = self.entries().get_mut(key) {
            entry.release(lease.fence());
        }
        Ok(())
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MemoryStore")
    }
}
