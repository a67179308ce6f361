use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jumpqr_core::error::Result;
use jumpqr_core::{PaceReply, PaceRequest, SharedPace};

use super::leases::Leases;
use super::{Key, Lease, PaceStore, StoredRecord, TokenStore, check_length};
use crate::clock::{Clock, SystemClock};
use crate::mutex::Mutex;

/// Keeps tokens in the memory of this process. To share them and the pace between clients, put the
/// store into an [`Arc`] and give it to each.
///
/// It may be used from any number of threads at once. What it holds ends with it.
///
/// ```
/// use std::sync::Arc;
///
/// use jumpqr::Client;
/// use jumpqr::store::MemoryStore;
///
/// let store = Arc::new(MemoryStore::default());
/// let client = |appid| {
///     let builder = Client::builder().app(appid, "appsecret");
///     builder.token_store(store.clone()).build()
/// };
/// let (first, second) = (client("wx1234567890abcdef")?, client("wx1234567890abcdef")?);
/// # Ok::<(), jumpqr::Error>(())
/// ```
#[derive(Debug)]
pub struct MemoryStore {
    clock: Arc<dyn Clock>,
    entries: Mutex<HashMap<Key, Entry>>,
    paces: Mutex<HashMap<Key, SharedPace>>,
}

#[derive(Debug, Default)]
struct Entry {
    leases: Leases,
    record: Option<StoredRecord>,
}

impl MemoryStore {
    /// Makes a store whose leases expire by this clock's time of day.
    /// [`default`](Self::default) takes the machine's own clock.
    #[must_use]
    pub fn with_clock(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            entries: Mutex::default(),
            paces: Mutex::default(),
        }
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::with_clock(Arc::new(SystemClock::default()))
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

    fn pace_store(&self) -> Option<&dyn PaceStore> {
        Some(self)
    }

    fn load(&self, key: &Key, _timeout: Duration) -> Result<Option<StoredRecord>> {
        Ok(self
            .entries
            .lock()
            .get(key)
            .and_then(|entry| entry.record.clone()))
    }

    fn lock(&self, key: &Key, life: Duration, _timeout: Duration) -> Result<Option<Lease>> {
        let now = self.clock.time_of_day();
        let mut entries = self.entries.lock();
        let Entry { leases, record } = entries.entry(key.clone()).or_default();
        if leases.is_locked(now) {
            return Ok(None);
        }
        let version = record.as_ref().map(|record| record.version);
        Ok(Some(Lease::new(leases.grant(version, now, life))))
    }

    fn save(&self, key: &Key, bytes: &[u8], lease: &Lease, _timeout: Duration) -> Result<bool> {
        check_length(bytes)?;
        let mut entries = self.entries.lock();
        let Some(entry) = entries.get_mut(key) else {
            return Ok(false);
        };
        let may_write = entry.leases.may_write(lease.fence());
        if may_write {
            entry.record = Some(StoredRecord {
                bytes: bytes.to_vec(),
                version: lease.fence(),
            });
        }
        Ok(may_write)
    }

    fn release(&self, key: &Key, lease: Lease, _timeout: Duration) -> Result<()> {
        if let Some(entry) = self.entries.lock().get_mut(key) {
            entry.leases.release(lease.fence());
        }
        Ok(())
    }
}

/// The number of paces from which on idle ones are dropped.
const MANY_PACES: usize = 64;

impl PaceStore for MemoryStore {
    fn pace(
        &self,
        account: &Key,
        path: &str,
        request: PaceRequest,
        _timeout: Duration,
    ) -> Result<PaceReply> {
        let now = self.clock.now();
        let mut paces = self.paces.lock();
        if paces.len() >= MANY_PACES && !paces.contains_key(account) {
            paces.retain(|_, pace| !pace.is_idle(now));
        }
        let pace = paces.entry(account.clone()).or_default();
        Ok(pace.handle(path, request, now))
    }
}
