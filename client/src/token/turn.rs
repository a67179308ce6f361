use std::sync::Arc;
use std::time::Duration;

use jumpqr_core::error::{Error, OwnCode, Result};

use crate::clock::Clock;
use crate::store::{Key, Lease, TokenStore};

/// How often those who wait for somebody else's turn to end look into the store.
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// The right to change a record, until it is dropped, even by a panic.
pub(super) struct Turn {
    store: Arc<dyn TokenStore>,
    key: Key,
    lease: Option<Lease>,
}

impl Turn {
    /// The turn, for `life` at most; `None` while somebody else has it.
    pub(super) fn take(
        store: &Arc<dyn TokenStore>,
        key: &Key,
        life: Duration,
    ) -> Result<Option<Self>> {
        let lease = store.lock(key, life)?;
        Ok(lease.map(|lease| Self {
            store: Arc::clone(store),
            key: key.clone(),
            lease: Some(lease),
        }))
    }

    /// The turn, once it is free.
    pub(super) fn wait(
        store: &Arc<dyn TokenStore>,
        key: &Key,
        life: Duration,
        clock: &dyn Clock,
        deadline: Duration,
    ) -> Result<Self> {
        loop {
            if let Some(turn) = Self::take(store, key, life)? {
                return Ok(turn);
            }
            pause(clock, deadline)?;
        }
    }

    /// Whether it was saved: not if somebody else has had a turn since.
    pub(super) fn save(&self, bytes: &[u8]) -> Result<bool> {
        match &self.lease {
            Some(lease) => self.store.save(&self.key, bytes, lease),
            None => Ok(false),
        }
    }
}

/// Waits a little for somebody else's turn to end.
pub(super) fn pause(clock: &dyn Clock, deadline: Duration) -> Result<()> {
    let now = clock.now();
    if now >= deadline {
        return Err(Error::new(
            OwnCode::Timeout,
            "another process's request for a token took too long",
        ));
    }
    clock.sleep_until(deadline.min(now + BETWEEN_LOOKS));
    Ok(())
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(lease) = self.lease.take() {
            // A lease that cannot be released comes to its end by itself.
            drop(self.store.release(&self.key, lease));
        }
    }
}
