//! The tokens of an account, fetched with its appid and secret.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::error::{Error, OwnCode, Result};
use jumpqr_core::interface::{Interface, StableToken, Token, TokenAnswer};

use super::{FixedToken, TokenRequest, TokenSource};
use crate::drive::{Driver, Patience};

/// WeChat forces a new token at most this often.
const BETWEEN_FORCED: Duration = Duration::from_secs(30);

/// Which interface issues the tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TokenInterface {
    /// `stable_token`: everybody who asks gets the same token, so processes do not kill each other's.
    #[default]
    StableToken,
    /// `token`: each call issues a new token, and the former dies 5 minutes later.
    Token,
}

impl TokenInterface {
    /// Every interface.
    pub const ALL: &'static [Self] = &[Self::StableToken, Self::Token];

    /// WeChat's name of the interface, e.g. `stable_token`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::StableToken => StableToken::NAME,
            Self::Token => Token::NAME,
        }
    }

    /// The interface that WeChat calls so; another name is refused.
    pub fn from_name(name: &str) -> Result<Self> {
        let known = Self::ALL.iter().find(|known| known.name() == name);
        known.copied().ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|known| known.name()).collect();
            let names = names.join(" or ");
            Error::new(
                OwnCode::InvalidConfig,
                format!("token_interface: give {names}"),
            )
        })
    }
}

/// Fetches a token when there is none, when it is about to expire, and once when WeChat calls it stale.
///
/// One thread fetches at a time; the others use the token that still lives, or wait for what comes of the fetch.
pub(crate) struct AppTokens {
    appid: String,
    secret: Secret,
    interface: TokenInterface,
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
    /// What stable_token gave although WeChat had just called it stale: if that happens again, a new one is forced.
    suspect: Option<Secret>,
    forced_at: Option<Duration>,
}

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
                // Even if it is the rejected one: asking once more would bring it again.
                if let Some(held) = state.usable(self.driver.clock.now(), None) {
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

impl AppTokens {
    pub(crate) fn new(
        appid: String,
        secret: Secret,
        interface: TokenInterface,
        driver: Arc<Driver>,
    ) -> Self {
        Self {
            appid,
            secret,
            interface,
            driver,
            state: Mutex::default(),
            fetched: Condvar::new(),
        }
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
        let started = self.driver.clock.now();
        let force = request.rejected.is_some()
            && request.rejected == state.suspect.as_ref()
            && state
                .forced_at
                .is_none_or(|forced| started >= forced + BETWEEN_FORCED);
        if force {
            state.forced_at = Some(started);
        }
        state.fetching = true;
        drop(state);

        let mut ending = Ending {
            tokens: self,
            result: Err(Error::new(
                OwnCode::Internal,
                "the request for a token was broken off",
            )),
        };
        ending.result = self.ask(force, deadline.saturating_sub(started));

        let mut state = self.lock();
        match &ending.result {
            Ok(answer) => {
                let token = answer.access_token.clone();
                let same = Some(&token) == request.rejected;
                state.suspect = same.then(|| token.clone());
                state.held = Some(Held {
                    token: token.clone(),
                    renew_at: started + answer.renew_after(),
                    expires_at: started + answer.expires_in,
                });
                Ok(token)
            }
            // A renewal ahead of time that failed does no harm while the token lives.
            Err(error) => match state.usable(self.driver.clock.now(), request.rejected) {
                Some(held) => Ok(held.token.clone()),
                None => Err(error.clone()),
            },
        }
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
    result: Result<TokenAnswer>,
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
