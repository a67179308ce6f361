use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::error::{Error, ErrorKind, OwnCode, Result};

use super::held::Held;
use super::issuer::Issuer;
use super::record::Record;
use super::refusal::Refusal;
use super::status::TokenStatus;
use super::turn::Place;
use super::{TokenRequest, TokenSource};
use crate::clock::Clock;
use crate::store::{Key, TokenStore};

/// The tokens of one account, of one sort: fetched when there is none, when it is about to expire, and once when WeChat
/// calls it stale.
///
/// One thread fetches at a time, of all processes that share the store; the others use the token that still lives, or wait
/// for what comes of the fetch. While the store cannot be used, the token in memory serves for as long as it lives.
pub(crate) struct StoredTokens<I: Issuer> {
    pub(super) issuer: I,
    pub(super) key: Key,
    pub(super) store: Arc<dyn TokenStore>,
    pub(super) clock: Arc<dyn Clock>,
    state: Mutex<State>,
    fetched: Condvar,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) held: Option<Held>,
    fetching: bool,
    /// The number of fetches that ended, and what the last one failed with.
    fetches: u64,
    failure: Option<Failure>,
    /// How often a new authorisation has come: what was asked for before it is not to be held after it.
    authorisations: u64,
    /// Whether the last fetch got its token from WeChat; otherwise it took the one in the store or in memory.
    pub(super) asked: bool,
    /// What WeChat gave although it had just called it stale: if that happens again, a new one is forced.
    pub(super) suspect: Option<Secret>,
    /// What WeChat last refused: the store may not have it, or not be there.
    pub(super) refusal: Option<Refusal>,
    /// What came with a new refresh token, and could not be stored yet.
    pub(super) unsaved: Option<Unsaved>,
}

/// What a fetch failed with, and when its time was over.
struct Failure {
    error: Error,
    deadline: Duration,
}

impl Failure {
    /// Whether somebody whose time is over at `deadline` may have what was asked for all the same.
    fn leaves_time(&self, deadline: Duration) -> bool {
        self.error.kind() == ErrorKind::Timeout && self.deadline < deadline
    }
}

/// A record that must be stored before its access token is used.
#[derive(Clone)]
pub(super) struct Unsaved {
    /// The refresh token that it was asked for with: where the store holds another, it is out of date.
    pub(super) replaces: Option<Secret>,
    pub(super) record: Record,
}

impl<I: Issuer> TokenSource for StoredTokens<I> {
    fn token(&self, request: &TokenRequest<'_>) -> Result<Option<Secret>> {
        let deadline = self.clock.now().saturating_add(request.time_left);
        let mut state = self.lock();
        loop {
            let now = self.clock.now();
            if let Some(token) = state.at_hand(now, request.rejected) {
                return Ok(Some(token));
            }
            let mut most = deadline;
            if state.usable(now, request.rejected).is_some() {
                // Whatever hinders the renewal, time is left for the call itself.
                most = now + deadline.saturating_sub(now) / 2;
            }
            if !state.fetching {
                return self.fetch(state, request, most).map(Some);
            }
            let ended = state.fetches;
            state = self.wait(state, deadline.saturating_sub(now));
            if state.fetches != ended {
                // Where WeChat was asked, even the rejected one: asking once more would bring it again.
                let rejected = request.rejected.filter(|_| !state.asked);
                if let Some(held) = state.usable(self.clock.now(), rejected) {
                    return Ok(Some(held.token.clone()));
                }
                if let Some(failure) = &state.failure {
                    if failure.leaves_time(deadline) {
                        continue;
                    }
                    return Err(failure.error.clone());
                }
            } else if self.clock.now() >= deadline {
                return Err(Error::new(
                    OwnCode::Timeout,
                    "another thread's request for a token took too long",
                ));
            }
        }
    }

    fn token_at_hand(&self, request: &TokenRequest<'_>) -> Option<Result<Option<Secret>>> {
        let token = self.lock().at_hand(self.clock.now(), request.rejected);
        token.map(|token| Ok(Some(token)))
    }

    fn status(&self, timeout: Duration) -> Result<Option<TokenStatus>> {
        self.status_in_store(timeout).map(Some)
    }
}

impl State {
    /// The token that is held, unless it has expired or is the one that was rejected.
    pub(super) fn usable(&self, now: Duration, rejected: Option<&Secret>) -> Option<&Held> {
        self.held
            .as_ref()
            .filter(|held| held.is_usable(now, rejected))
    }

    /// The same, unless it is this call that is to renew it.
    fn at_hand(&self, now: Duration, rejected: Option<&Secret>) -> Option<Secret> {
        self.usable(now, rejected)
            .filter(|held| now < held.renew_at || self.fetching)
            .map(|held| held.token.clone())
    }
}

impl<I: Issuer> StoredTokens<I> {
    pub(crate) fn new(
        issuer: I,
        further: &[&str],
        store: Arc<dyn TokenStore>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self> {
        Ok(Self {
            key: Key::new(issuer.interface(), issuer.appid(), further)?,
            issuer,
            store,
            clock,
            state: Mutex::default(),
            fetched: Condvar::new(),
        })
    }

    pub(crate) fn issuer(&self) -> &I {
        &self.issuer
    }

    /// Whether a refresh token is only in memory, because the store has failed.
    pub(crate) fn has_unsaved(&self) -> bool {
        self.lock().unsaved.is_some()
    }

    pub(crate) fn store_name(&self) -> String {
        self.store.name()
    }

    pub(crate) fn status_in_store(&self, timeout: Duration) -> Result<TokenStatus> {
        let place = self.place(self.clock.now().saturating_add(timeout));
        let (record, _) = Record::load(&*self.store, &self.key, timeout)?;
        TokenStatus::new(&self.issuer, &place, &record)
    }

    /// Has the next token asked for with this refresh token, which a new authorisation has brought.
    pub(crate) fn set_refresh_token(&self, token: Secret, timeout: Duration) -> Result<()> {
        let deadline = self.clock.now().saturating_add(timeout);
        let bytes = Record::authorised(Some(token)).bytes()?;
        self.place(deadline).put(&bytes)?;
        let mut state = self.lock();
        state.held = None;
        state.unsaved = None;
        state.refusal = None;
        state.authorisations += 1;
        Ok(())
    }

    pub(super) fn place(&self, deadline: Duration) -> Place<'_> {
        Place {
            store: &self.store,
            key: &self.key,
            clock: &self.clock,
            deadline,
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>, most: Duration) -> MutexGuard<'a, State> {
        self.fetched
            .wait_timeout(state, most)
            .unwrap_or_else(PoisonError::into_inner)
            .0
    }

    fn fetch(
        &self,
        mut state: MutexGuard<'_, State>,
        request: &TokenRequest<'_>,
        deadline: Duration,
    ) -> Result<Secret> {
        state.fetching = true;
        state.asked = false;
        let authorisations = state.authorisations;
        drop(state);

        let mut ending = Ending {
            tokens: self,
            deadline,
            result: Err(Error::new(
                OwnCode::Internal,
                "the request for a token was broken off",
            )),
        };
        ending.result = self.renew(request.rejected, deadline);

        let mut state = self.lock();
        match &ending.result {
            Ok(held) => {
                if state.authorisations == authorisations {
                    state.held = Some(held.clone());
                }
                Ok(held.token.clone())
            }
            // A renewal ahead of time that failed does no harm while the token lives.
            Err(error) => {
                let now = self.clock.now();
                match state.usable(now, request.rejected).cloned() {
                    Some(mut held) => {
                        let token = held.token.clone();
                        held.postpone(now);
                        state.held = Some(held);
                        Ok(token)
                    }
                    None => Err(error.clone()),
                }
            }
        }
    }
}

impl<I: Issuer> Drop for StoredTokens<I> {
    fn drop(&mut self) {
        self.save_at_last();
    }
}

/// Ends a fetch, even one that panicked: those who wait are told.
struct Ending<'a, I: Issuer> {
    tokens: &'a StoredTokens<I>,
    deadline: Duration,
    result: Result<Held>,
}

impl<I: Issuer> Drop for Ending<'_, I> {
    fn drop(&mut self) {
        let mut state = self.tokens.lock();
        state.fetching = false;
        state.fetches += 1;
        state.failure = self.result.as_ref().err().map(|error| Failure {
            error: error.clone(),
            deadline: self.deadline,
        });
        drop(state);
        self.tokens.fetched.notify_all();
    }
}
