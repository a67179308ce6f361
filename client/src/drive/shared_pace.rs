//! The pace that an account shares with other clients, through a store.

use std::sync::Arc;
use std::time::Duration;

use jumpqr_core::error::{Error, OwnCode, Result};
use jumpqr_core::{PaceReply, PaceRequest};

use crate::clock::Clock;
use crate::listener::LOG_TARGET;
use crate::mutex::Mutex;
use crate::store::{Key, TokenStore};

/// The longest time that a call waits for the store's answer about its pace.
const SLOWEST_ANSWER: Duration = Duration::from_millis(50);

/// How long a store that is slow or away is not asked. Meanwhile, the client paces alone.
const BETWEEN_ATTEMPTS: Duration = Duration::from_secs(1);

/// The kind of token in the keys of paces.
const KIND: &str = "pace";

/// The pace of one account, in a store.
#[derive(Debug, Clone)]
pub(crate) struct StoredPace {
    store: Arc<dyn TokenStore>,
    clock: Arc<dyn Clock>,
    account: Key,
    /// When to ask the store again, if it was slow or away. All accounts of the store share this.
    next_attempt: Arc<Mutex<Option<Duration>>>,
}

impl StoredPace {
    /// Returns `None` if the store shares no pace.
    pub(crate) fn new(
        store: &Arc<dyn TokenStore>,
        clock: &Arc<dyn Clock>,
        appid: &str,
        custom_host: Option<&str>,
    ) -> Result<Option<Self>> {
        if store.pace_store().is_none() {
            return Ok(None);
        }
        Ok(Some(Self {
            store: Arc::clone(store),
            clock: Arc::clone(clock),
            account: Key::new(KIND, appid, custom_host.as_slice())?,
            next_attempt: Arc::default(),
        }))
    }

    /// Returns the pace of another account in the same store.
    pub(crate) fn for_account(&self, appid: &str, custom_host: Option<&str>) -> Result<Self> {
        Ok(Self {
            account: Key::new(KIND, appid, custom_host.as_slice())?,
            ..self.clone()
        })
    }

    /// Returns the present time.
    pub(super) fn now(&self) -> Duration {
        self.clock.now()
    }

    /// Returns whether the next question would wait for a disk or a network.
    pub(super) fn would_block(&self, now: Duration) -> bool {
        let is_due = self.next_attempt.lock().is_none_or(|due| due <= now);
        is_due && self.store.is_persistent()
    }

    /// Asks the store. Returns `None` if it is slow or away: then the client paces alone.
    pub(super) fn ask(&self, path: &'static str, request: PaceRequest) -> Option<PaceReply> {
        let begun = self.now();
        if let Some(due) = &mut *self.next_attempt.lock() {
            if begun < *due {
                return None;
            }
            // Only one call at a time tries whether the store is back.
            *due = begun.saturating_add(BETWEEN_ATTEMPTS);
        }
        let store = self.store.pace_store()?;
        let reply = store.pace(&self.account, path, request, SLOWEST_ANSWER);
        let now = self.now();
        // A slot that comes late is over, and stays taken in the store.
        let is_late = now.saturating_sub(begun) > SLOWEST_ANSWER;
        let reply = reply.and_then(|reply| if is_late { Err(too_slow()) } else { Ok(reply) });
        let next_attempt = reply.is_err().then(|| now.saturating_add(BETWEEN_ATTEMPTS));
        let before = std::mem::replace(&mut *self.next_attempt.lock(), next_attempt);
        match reply {
            Ok(reply) => Some(reply),
            Err(error) => {
                if before.is_none() {
                    log_alone(&error);
                }
                None
            }
        }
    }
}

#[cold]
fn too_slow() -> Error {
    Error::new(OwnCode::StoreFailed, "token_store: it answers too slowly")
}

#[cold]
fn log_alone(error: &Error) {
    log::debug!(
        target: LOG_TARGET,
        "the pace is not shared for {BETWEEN_ATTEMPTS:?}: {}",
        error.message()
    );
}
