//! The tokens of an account, fetched with its appid and secret.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::error::{Error, OwnCode, Result};
use jumpqr_core::interface::{StableToken, Token, TokenAnswer};

use super::{FixedToken, TokenInterface, TokenRequest, TokenSource, stored};
use crate::drive::{Driver, Patience};
use crate::store::{Key, Lease, TokenStore};

/// WeChat forces a new token at most this often.
const BETWEEN_FORCED: Duration = Duration::from_secs(30);

/// How long a renewal ahead of time that came to nothing is not tried again, at most: the token that is held still lives.
const BETWEEN_RENEWALS: Duration = Duration::from_secs(5);

/// How long whoever fetches keeps others from fetching, if it hangs and neither dies nor comes to an end.
const LONGEST_LEASE: Duration = Duration::from_secs(60);

/// How often those who wait for a fetch elsewhere look into the store.
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// Fetches a token when there is none, when it is about to expire, and once when WeChat calls it stale.
///
/// One thread fetches at a time, of all processes that share the store; the others use the token that still lives, or wait
/// for what comes of the fetch. While the store cannot be used, the token in memory serves for as long as it lives.
pub(crate) struct AppTokens {
    appid: String,
    secret: Secret,
    interface: TokenInterface,
    store: Arc<dyn TokenStore>,
    key: Key,
    driver: Arc<Driver>,
    state: Mutex<State>,
    fetched: Condvar,
}

#[derive(Default)]
struct State {
    held: Option<Held>,
    fetching: bool,
    /// The number of fetches that ended, and what the last one failed with.
    fetches: u64,
    failure: Option<Error>,
    /// Whether the last fetch got its token from WeChat; otherwise it took the one in the store or in memory.
    asked: bool,
    /// What stable_token gave although WeChat had just called it stale: if that happens again, a new one is forced.
    suspect: Option<Secret>,
    forced_at: Option<Duration>,
}

#[derive(Clone)]
struct Held {
    token: Secret,
    renew_at: Duration,
    expires_at: Duration,
}

impl TokenSource for AppTokens {
    fn token(&self, request: &TokenRequest<'_>) -> Result<Option<Secret>> {
        let deadline = self.driver.clock.now().saturating_add(request.time_left);
        let mut state = self.lock();
        loop {
            let now = self.driver.clock.now();
            if let Some(held) = state.usable(now, request.rejected) {
                if now < held.renew_at || state.fetching {
                    return Ok(Some(held.token.clone()));
                }
            }
            if !state.fetching {
                return self.fetch(state, request, deadline).map(Some);
            }
            let ended = state.fetches;
            state = self.wait(state, deadline.saturating_sub(now));
            if state.fetches != ended {
                if let Some(failure) = &state.failure {
                    return Err(failure.clone());
                }
                // Where WeChat was asked, even the rejected one: asking once more would bring it again.
                let rejected = request.rejected.filter(|_| !state.asked);
                if let Some(held) = state.usable(self.driver.clock.now(), rejected) {
                    return Ok(Some(held.token.clone()));
                }
            } else if self.driver.clock.now() >= deadline {
                return Err(Error::new(
                    OwnCode::Timeout,
                    "another thread's request for a token took too long",
                ));
            }
        }
    }
}

impl State {
    /// The token that is held, unless it has expired or is the one that was rejected.
    fn usable(&self, now: Duration, rejected: Option<&Secret>) -> Option<&Held> {
        self.held
            .as_ref()
            .filter(|held| now < held.expires_at && Some(&held.token) != rejected)
    }
}

impl Held {
    /// A token that was asked for at `asked_at`.
    fn new(answer: &TokenAnswer, asked_at: Duration) -> Self {
        Self {
            token: answer.access_token.clone(),
            renew_at: asked_at + answer.renew_after(),
            expires_at: asked_at + answer.expires_in,
        }
    }

    /// A token that was asked for `age` before `now`, which may be before the clock's origin.
    fn aged(answer: &TokenAnswer, age: Duration, now: Duration) -> Self {
        let mut held = Self::new(answer, now);
        held.renew_at = held.renew_at.saturating_sub(age);
        held.expires_at = held.expires_at.saturating_sub(age);
        held
    }

    /// Lets it serve on, and tries to renew it a little later, though before its end.
    fn postpone(&mut self, now: Duration) {
        let rest = self.expires_at.saturating_sub(now);
        self.renew_at = now + BETWEEN_RENEWALS.min(rest / 2);
    }
}

impl AppTokens {
    pub(crate) fn new(
        appid: String,
        secret: Secret,
        interface: TokenInterface,
        store: Arc<dyn TokenStore>,
        driver: Arc<Driver>,
    ) -> Result<Self> {
        Ok(Self {
            // The two interfaces issue different tokens, which live side by side.
            key: Key::new(interface.name(), &appid, driver.elsewhere().as_slice())?,
            appid,
            secret,
            interface,
            store,
            driver,
            state: Mutex::default(),
            fetched: Condvar::new(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
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
        drop(state);

        let mut ending = Ending {
            tokens: self,
            result: Err(Error::new(
                OwnCode::Internal,
                "the request for a token was broken off",
            )),
        };
        ending.result = self.renew(request.rejected, deadline);

        let mut state = self.lock();
        match &ending.result {
            Ok(held) => {
                state.held = Some(held.clone());
                Ok(held.token.clone())
            }
            // A renewal ahead of time that failed does no harm while the token lives.
            Err(error) => {
                let now = self.driver.clock.now();
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

    /// The token that somebody else has put into the store, or else a new one, which is put there.
    fn renew(&self, rejected: Option<&Secret>, deadline: Duration) -> Result<Held> {
        loop {
            let stored = self.stored(rejected)?;
            let now = self.driver.clock.now();
            if let Some(stored) = stored.clone().filter(|stored| now < stored.renew_at) {
                return Ok(stored);
            }
            let time_left = deadline.saturating_sub(now);
            if let Some(lease) = self.store.lock(&self.key, time_left.min(LONGEST_LEASE))? {
                let turn = Turn {
                    tokens: self,
                    lease: Some(lease),
                };
                return self.renew_in_turn(&turn, rejected, deadline);
            }
            // Somebody else is renewing it; until that is done, the former one serves.
            let held = self.lock().usable(now, rejected).cloned();
            if let Some(mut held) = stored.or(held) {
                held.postpone(now);
                return Ok(held);
            }
            if time_left.is_zero() {
                return Err(Error::new(
                    OwnCode::Timeout,
                    "another process's request for a token took too long",
                ));
            }
            self.driver
                .clock
                .sleep_until(now + BETWEEN_LOOKS.min(time_left));
        }
    }

    fn renew_in_turn(
        &self,
        turn: &Turn<'_>,
        rejected: Option<&Secret>,
        deadline: Duration,
    ) -> Result<Held> {
        let started = self.driver.clock.now();
        // It may have been renewed between the look into the store and the lock.
        if let Some(stored) = self.stored(rejected)? {
            if started < stored.renew_at {
                return Ok(stored);
            }
        }
        let time_of_day = self.driver.clock.time_of_day();
        let force = self.must_force(rejected, started);
        let answer = self.ask(force, deadline.saturating_sub(started))?;
        let same = Some(&answer.access_token) == rejected;
        let mut state = self.lock();
        state.asked = true;
        state.suspect = same.then(|| answer.access_token.clone());
        drop(state);
        if turn.save(&stored::encode(&answer, time_of_day)?) == Some(false) {
            // Who outlived this lease has a later token, which may have killed this one.
            if let Ok(Some(later)) = self.stored(rejected) {
                return Ok(later);
            }
        }
        Ok(Held::new(&answer, started))
    }

    /// Whether the same token would come again, although WeChat called it stale twice.
    fn must_force(&self, rejected: Option<&Secret>, now: Duration) -> bool {
        let mut state = self.lock();
        let force = rejected.is_some()
            && rejected == state.suspect.as_ref()
            && state
                .forced_at
                .is_none_or(|forced| now >= forced + BETWEEN_FORCED);
        if force {
            state.forced_at = Some(now);
        }
        force
    }

    /// The token in the store, unless it has expired or is the one that was rejected.
    fn stored(&self, rejected: Option<&Secret>) -> Result<Option<Held>> {
        let clock = &self.driver.clock;
        let stored = stored::load(&*self.store, &self.key, clock.time_of_day())?;
        Ok(stored
            .filter(|(answer, age)| {
                *age < answer.expires_in && Some(&answer.access_token) != rejected
            })
            .map(|(answer, age)| Held::aged(&answer, age, clock.now())))
    }

    fn ask(&self, force_refresh: bool, timeout: Duration) -> Result<TokenAnswer> {
        let patience = Patience::new(timeout);
        // A call that issues tokens asks for none.
        let no_tokens = FixedToken(Secret::new(""));
        let appid = self.appid.clone();
        let secret = self.secret.clone();
        match self.interface {
            TokenInterface::StableToken => {
                let call = StableToken {
                    appid,
                    secret,
                    force_refresh,
                };
                self.driver.run(call, &no_tokens, &patience)
            }
            TokenInterface::Token => {
                let call = Token { appid, secret };
                self.driver.run(call, &no_tokens, &patience)
            }
        }
    }
}

/// Ends a fetch, even one that panicked: those who wait are told.
struct Ending<'a> {
    tokens: &'a AppTokens,
    result: Result<Held>,
}

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        let mut state = self.tokens.lock();
        state.fetching = false;
        state.fetches += 1;
        state.failure = self.result.as_ref().err().cloned();
        drop(state);
        self.tokens.fetched.notify_all();
    }
}

/// The right to fetch and to save, until it is dropped, even by a fetch that panicked.
struct Turn<'a> {
    tokens: &'a AppTokens,
    lease: Option<Lease>,
}

impl Turn<'_> {
    /// Whether it was saved. `None` where the store failed meanwhile: the token is good all the same, and memory serves it.
    fn save(&self, bytes: &[u8]) -> Option<bool> {
        let tokens = self.tokens;
        let lease = self.lease.as_ref()?;
        tokens.store.save(&tokens.key, bytes, lease).ok()
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if let Some(lease) = self.lease.take() {
            // A lease that cannot be released comes to its end by itself.
            drop(self.tokens.store.release(&self.tokens.key, lease));
        }
    }
}
