//! A token store that fails, or is changed by others, when a test wants it.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jumpqr::error::{Error, OwnCode, Result};
use jumpqr::store::{Key, Lease, MemoryStore, StoredRecord, TokenStore};

use crate::fake::ManualClock;

/// A method of a store.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Work {
    Load,
    Lock,
    Save,
    Release,
}

/// A store that fails as it is told, and runs functions of the test before its methods.
#[derive(Default)]
pub(crate) struct Unreliable {
    pub(crate) store: MemoryStore,
    pub(crate) locks: AtomicUsize,
    before: Mutex<HashMap<Work, Box<dyn FnOnce() + Send>>>,
    pub(crate) down: AtomicBool,
    /// Whether a lease expires as soon as it is granted.
    pub(crate) hasty: AtomicBool,
    pub(crate) read_only: AtomicBool,
    /// Whether every save fails because another lease was granted.
    pub(crate) stubborn: AtomicBool,
    slow: Mutex<Option<(Arc<ManualClock>, Duration)>>,
    failures: Mutex<HashMap<Work, u32>>,
}

impl Unreliable {
    /// Runs `act` before the next call of this method.
    pub(crate) fn before(&self, work: Work, act: impl FnOnce() + Send + 'static) {
        self.before.lock().unwrap().insert(work, Box::new(act));
    }

    /// Makes every method take this time from now on.
    pub(crate) fn take(&self, time: Duration, clock: &Arc<ManualClock>) {
        *self.slow.lock().unwrap() = Some((clock.clone(), time));
    }

    /// Makes the next calls of this method fail.
    pub(crate) fn fail(&self, work: Work, times: u32) {
        self.failures.lock().unwrap().insert(work, times);
    }

    fn begin(&self, work: Work, timeout: Duration) -> Result<()> {
        fail_if(&self.down)?;
        if let Some(times) = self.failures.lock().unwrap().get_mut(&work) {
            if *times > 0 {
                *times -= 1;
                return Err(Error::new(OwnCode::StoreFailed, "it fails for once"));
            }
        }
        if let Some((clock, time)) = &*self.slow.lock().unwrap() {
            clock.advance(timeout.min(*time));
            if timeout < *time {
                return Err(Error::new(OwnCode::StoreFailed, "it hangs"));
            }
        }
        let act = self.before.lock().unwrap().remove(&work);
        if let Some(act) = act {
            act();
        }
        Ok(())
    }
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

    fn load(&self, key: &Key, timeout: Duration) -> Result<Option<StoredRecord>> {
        self.begin(Work::Load, timeout)?;
        self.store.load(key, timeout)
    }

    fn lock(&self, key: &Key, life: Duration, timeout: Duration) -> Result<Option<Lease>> {
        self.begin(Work::Lock, timeout)?;
        self.locks.fetch_add(1, Ordering::SeqCst);
        let hasty = self.hasty.load(Ordering::SeqCst);
        let life = if hasty { Duration::ZERO } else { life };
        self.store.lock(key, life, timeout)
    }

    fn save(&self, key: &Key, bytes: &[u8], lease: &Lease, timeout: Duration) -> Result<bool> {
        fail_if(&self.read_only)?;
        self.begin(Work::Save, timeout)?;
        if self.stubborn.load(Ordering::SeqCst) {
            return Ok(false);
        }
        self.store.save(key, bytes, lease, timeout)
    }

    fn release(&self, key: &Key, lease: Lease, timeout: Duration) -> Result<()> {
        self.begin(Work::Release, timeout)?;
        self.store.release(key, lease, timeout)
    }
}
