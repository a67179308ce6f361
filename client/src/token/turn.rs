use std::sync::Arc;
use std::time::Duration;

use jumpqr_core::error::{Error, OwnCode, Result};

use crate::clock::Clock;
use crate::store::{Key, Lease, TokenStore};

/// How often those who wait for somebody else's turn to end look into the store.
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// How often a failed access to the store is made again, if that would lose nothing but the call.
pub(super) const MOST_TRIES: u32 = 2;

/// How long the first pause after a failed access to the store is; each further one is twice as
/// long.
const FIRST_PAUSE: Duration = Duration::from_millis(50);

/// The longest pause between two accesses to a store that fails.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// How long others are kept away at most by somebody who just writes.
const LONGEST_PUT: Duration = Duration::from_secs(5);

/// How long the store may take at least to keep what WeChat has just given, and to let others go on: it would be lost, or they
/// held up, for the sake of a deadline that is almost over.
const AT_LEAST: Duration = Duration::from_millis(200);

/// A record in a store, for one call: nothing takes longer than that has time.
pub(super) struct Place<'a> {
    pub(super) store: &'a Arc<dyn TokenStore>,
    pub(super) key: &'a Key,
    pub(super) clock: &'a Arc<dyn Clock>,
    /// By the clock.
    pub(super) deadline: Duration,
}

impl Place<'_> {
    pub(super) fn time_left(&self) -> Duration {
        self.deadline.saturating_sub(self.clock.now())
    }

    /// The right to change the record, for `life` at most; `None` while somebody else has it.
    pub(super) fn take_turn(&self, life: Duration) -> Result<Option<Turn>> {
        let lease = self.store.lock(self.key, life, self.time_left())?;
        Ok(lease.map(|lease| Turn {
            store: Arc::clone(self.store),
            key: self.key.clone(),
            clock: Arc::clone(self.clock),
            deadline: self.deadline,
            lease: Some(lease),
        }))
    }

    /// Stores these bytes, even if another process holds the lease. A failure of the store is followed by
    /// another attempt, a few times.
    pub(super) fn put(&self, bytes: &[u8]) -> Result<()> {
        let mut failures = 0;
        loop {
            let turn = self.take_turn(LONGEST_PUT);
            let is_saved = turn.and_then(|turn| turn.map_or(Ok(false), |turn| turn.save(bytes)));
            match is_saved {
                Ok(true) => return Ok(()),
                Ok(false) => self.pause()?,
                Err(error) => {
                    let is_worth_it = error.is_retryable() && failures < MOST_TRIES;
                    if !is_worth_it || !self.pause_between_tries(failures) {
                        return Err(error);
                    }
                    failures += 1;
                }
            }
        }
    }

    /// Waits after a failed access to the store, longer each time. Returns whether there is time
    /// left.
    pub(super) fn pause_between_tries(&self, failures: u32) -> bool {
        let now = self.clock.now();
        let pause = FIRST_PAUSE * 2_u32.saturating_pow(failures.min(8));
        let until = now.saturating_add(pause.min(LONGEST_PAUSE));
        if until >= self.deadline {
            return false;
        }
        self.clock.sleep_until(until);
        true
    }

    /// Waits a little for somebody else's turn to end.
    pub(super) fn pause(&self) -> Result<()> {
        let now = self.clock.now();
        if now >= self.deadline {
            return Err(Error::new(
                OwnCode::Timeout,
                "another process's request for a token took too long",
            ));
        }
        self.clock
            .sleep_until(self.deadline.min(now + BETWEEN_LOOKS));
        Ok(())
    }
}

/// The right to change a record, until it is dropped, even by a panic.
pub(super) struct Turn {
    store: Arc<dyn TokenStore>,
    key: Key,
    clock: Arc<dyn Clock>,
    deadline: Duration,
    lease: Option<Lease>,
}

impl Turn {
    /// Whether it was saved: not if somebody else has had a turn since.
    pub(super) fn save(&self, bytes: &[u8]) -> Result<bool> {
        match &self.lease {
            Some(lease) => self.store.save(&self.key, bytes, lease, self.time()),
            None => Ok(false),
        }
    }

    /// The version of what is saved in this turn.
    pub(super) fn version(&self) -> u64 {
        self.lease.as_ref().map_or(0, Lease::fence)
    }

    fn time(&self) -> Duration {
        self.deadline.saturating_sub(self.clock.now()).max(AT_LEAST)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Some(lease) = self.lease.take() else {
            return;
        };
        let fence = lease.fence();
        let mut released = self.store.release(&self.key, lease, self.time());
        for failures in 0..MOST_TRIES {
            let pause = FIRST_PAUSE * 2_u32.saturating_pow(failures);
            let until = self.clock.now().saturating_add(pause);
            if released.is_ok() || until >= self.deadline {
                break;
            }
            self.clock.sleep_until(until);
            let lease = Lease::new(fence);
            released = self.store.release(&self.key, lease, self.time());
        }
        // A lease that cannot be released comes to its end by itself.
        drop(released);
    }
}
