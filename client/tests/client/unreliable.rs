//! A token store to which things happen.

use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use jumpqr::error::{Error, OwnCode, Result};
use jumpqr::store::{Key, Lease, MemoryStore, Record, TokenStore};

/// A store that fails while it is told to, and in which something may happen between a look and the lock.
#[derive(Default)]
pub(crate) struct Unreliable {
    pub(crate) store: MemoryStore,
    pub(crate) locks: AtomicUsize,
    before_lock: Mutex<Option<Box<dyn FnOnce() + Send>>>,
    before_save: Mutex<Option<Box<dyn FnOnce() + Send>>>,
    pub(crate) down: AtomicBool,
    /// Whether a lease is over as soon as it is given.
    pub(crate) hasty: AtomicBool,
    pub(crate) read_only: AtomicBool,
}

impl fmt::Debug for Unreliable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Unreliable")
    }
}

fn fail_if(switch: &AtomicBool) -> Result<()> {
    if switch.load(Ordering::SeqCst) {
        return Err(Error::new(OwnCode::StoreFailed, "it is down"));
    }
    Ok(())
}

impl TokenStore for Unreliable {
    fn name(&self) -> String {
        self.store.name()
    }

    fn load(&self, key: &Key, timeout: Duration) -> Result<Option<Record>> {
        fail_if(&self.down)?;
        self.store.load(key, timeout)
    }

    fn lock(&self, key: &Key, life: Duration, timeout: Duration) -> Result<Option<Lease>> {
        fail_if(&self.down)?;
        self.locks.fetch_add(1, Ordering::SeqCst);
        let before_lock = self.before_lock.lock().unwrap().take();
        if let Some(before_lock) = before_lock {
            before_lock();
        }
        let hasty = self.hasty.load(Ordering::SeqCst);
        self.store
            .lock(key, if hasty { Duration::ZERO } else { life }, timeout)
    }

    fn save(&self, key: &Key, bytes: &[u8], lease: &Lease, timeout: Duration) -> Result<bool> {
        fail_if(&self.down)?;
        fail_if(&self.read_only)?;
        let before_save = self.before_save.lock().unwrap().take();
        if let Some(before_save) = before_save {
            before_save();
        }
        self.store.save(key, bytes, lease, timeout)
    }

    fn release(&self, key: &Key, lease: Lease, timeout: Duration) -> Result<()> {
        fail_if(&self.down)?;
        self.store.release(key, lease, timeout)
    }
}

/// Has it done at the next lock.
pub(crate) fn at_next_lock(store: &Unreliable, act: impl FnOnce() + Send + 'static) {
    *store.before_lock.lock().unwrap() = Some(Box::new(act));
}

/// Has it done at the next write.
pub(crate) fn at_next_save(store: &Unreliable, act: impl FnOnce() + Send + 'static) {
    *store.before_save.lock().unwrap() = Some(Box::new(act));
}
