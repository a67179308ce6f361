//! One thread of a process renews an account's token. The others use the token that still lives, or
//! wait for the result.

use std::sync::Condvar;
use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::error::{Error, ErrorKind, OwnCode, Result};
use jumpqr_core::renewal::{Account, Memory, Renewal, StoredRecord};

use crate::clock::Clock;
use crate::listener::{note_lock_wait, note_renewed};
use crate::mutex::{Mutex, wait};

/// What a process remembers of an account, and who renews it.
#[derive(Default)]
pub(super) struct SingleFlight {
    state: Mutex<State>,
    ended: Condvar,
}

#[derive(Default)]
struct State {
    memory: Memory,
    is_renewing: bool,
    /// The number of renewals that have ended, and what the last one failed with.
    renewals: u64,
    failure: Option<Failure>,
    /// Whether WeChat gave a token in the last renewal. If not, it came from the store or memory.
    has_asked: bool,
    /// How often an authorisation has begun or ended. What was asked for before is not cached
    /// afterwards.
    authorisations: u64,
}

/// What the thread that does the work of all failed with, and its deadline.
pub(super) struct Failure {
    pub(super) error: Error,
    pub(super) deadline: Duration,
}

impl Failure {
    /// Fails with the same error; unless there is time to try again until `deadline`, because only
    /// the other thread's time was over.
    pub(super) fn check(&self, deadline: Duration) -> Result<()> {
        let is_late = self.error.kind() == ErrorKind::Timeout;
        if is_late && self.deadline < deadline {
            return Ok(());
        }
        Err(self.error.clone())
    }
}

/// What a thread that needs a token gets.
pub(super) enum Joined<'a> {
    Token(Secret),
    /// The right to renew the token. The others wait until it is dropped.
    Flight(Flight<'a>),
}

impl SingleFlight {
    /// Returns the cached token, or the result of the renewal under way; or lets this thread renew
    /// the token.
    pub(super) fn join(
        &self,
        clock: &dyn Clock,
        rejected: Option<&Secret>,
        time_left: Duration,
    ) -> Result<Joined<'_>> {
        let mut now = clock.now();
        let deadline = now.saturating_add(time_left);
        let mut state = self.state.lock();
        loop {
            let cached = state.memory.cached_token(now, rejected, state.is_renewing);
            if let Some(token) = cached {
                return Ok(Joined::Token(token.clone()));
            }
            if !state.is_renewing {
                state.is_renewing = true;
                state.has_asked = false;
                return Ok(Joined::Flight(Flight {
                    owner: self,
                    deadline,
                    authorisations: state.authorisations,
                    failure: Some(Error::new(
                        OwnCode::Internal,
                        "the request for a token was broken off",
                    )),
                }));
            }
            let ended = state.renewals;
            let since = now;
            state = wait(&self.ended, state, deadline.saturating_sub(now));
            now = clock.now();
            note_lock_wait(now.saturating_sub(since));
            if state.renewals != ended {
                if state.has_asked {
                    note_renewed();
                }
                // WeChat would give the same token again, even if it is the rejected one.
                let rejected = rejected.filter(|_| !state.has_asked);
                if let Some(token) = state.memory.cached_token(now, rejected, true) {
                    return Ok(Joined::Token(token.clone()));
                }
                if let Some(failure) = &state.failure {
                    failure.check(deadline)?;
                }
            } else if now >= deadline {
                return Err(Error::new(
                    OwnCode::Timeout,
                    "another thread's request for a token took too long",
                ));
            }
        }
    }

    /// Returns the cached token if it serves a call now.
    pub(super) fn cached_token(&self, now: Duration, rejected: Option<&Secret>) -> Option<Secret> {
        let state = self.state.lock();
        let cached = state.memory.cached_token(now, rejected, state.is_renewing);
        cached.cloned()
    }

    pub(super) fn memory(&self) -> Memory {
        self.state.lock().memory.clone()
    }

    pub(super) fn has_unsaved(&self) -> bool {
        self.state.lock().memory.has_unsaved()
    }

    /// Takes the record that is stored after WeChat has refused a call as not authorised.
    pub(super) fn check_authorisation(
        &self,
        account: Account<'_>,
        stored: &StoredRecord,
    ) -> Result<Option<Error>> {
        let mut state = self.state.lock();
        state.memory.check_authorisation(account, stored)
    }

    /// Forgets everything: an authorisation has begun or ended.
    pub(super) fn forget(&self) {
        let mut state = self.state.lock();
        state.memory = Memory::default();
        state.authorisations += 1;
    }
}

/// The right to renew the token. When it is dropped, even by a panic, those who wait go on.
pub(super) struct Flight<'a> {
    owner: &'a SingleFlight,
    pub(super) deadline: Duration,
    authorisations: u64,
    failure: Option<Error>,
}

impl Flight<'_> {
    /// Publishes what the renewal remembers. If a new authorisation has come, the renewal forgets
    /// it instead.
    pub(super) fn publish(&mut self, renewal: &mut Renewal<'_>) {
        let mut state = self.owner.state.lock();
        if state.authorisations == self.authorisations {
            state.memory = renewal.memory().clone();
        } else {
            self.authorisations = state.authorisations;
            renewal.forget();
        }
        state.has_asked = renewal.has_asked();
    }

    /// Ends the renewal, and tells those who wait what it failed with, if it did.
    pub(super) fn end(mut self, renewal: &Renewal<'_>, failure: Option<Error>) {
        self.deadline = renewal.deadline();
        self.failure = failure;
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        let mut state = self.owner.state.lock();
        state.is_renewing = false;
        state.renewals += 1;
        let deadline = self.deadline;
        let failure = self.failure.take();
        state.failure = failure.map(|error| Failure { error, deadline });
        drop(state);
        self.owner.ended.notify_all();
    }
}
