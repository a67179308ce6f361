//! The access tokens: issued, superseded, killed, expired.
//!
//! `token` and `stable_token` have separate lines of tokens. Source: the official pages of getAccessToken and
//! getStableAccessToken.

use std::collections::HashMap;
use std::time::Duration;

use crate::account::Account;
use crate::clock::{Moment, day};
use crate::limits::Limits;
use crate::refusal::Refusal;

/// How long the former token of `token` lives on, and how long before its end `stable_token` issues the next one.
const OVERLAP: Duration = Duration::from_secs(5 * 60);

/// `force_refresh` does nothing for so long after it was used.
const FORCE_REFRESH_PAUSE: Duration = Duration::from_secs(30);

/// The longest token there is.
const MAX_TOKEN_CHARACTERS: usize = 512;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Issued {
    appid: String,
    expires_at: Moment,
    /// When it is dead before its time: superseded, or killed.
    dies_at: Option<Moment>,
}

/// What a token interface answers.
pub(crate) struct Grant {
    pub(crate) access_token: String,
    pub(crate) expires_in: Duration,
}

/// Calls counted by the day.
#[derive(Debug, Default, Clone, Copy)]
struct Daily {
    day: i64,
    calls: u32,
}

impl Daily {
    fn admit(&mut self, now: Moment, limit: u32) -> Result<(), Refusal> {
        let today = day(now);
        if self.day != today {
            *self = Self {
                day: today,
                calls: 0,
            };
        }
        if self.calls >= limit {
            return Err(Refusal::new(45009));
        }
        self.calls += 1;
        Ok(())
    }
}

/// What an account has asked for.
#[derive(Default)]
struct Line {
    token: Option<String>,
    stable_token: Option<String>,
    token_calls: Daily,
    stable_token_calls: Daily,
    force_refreshes: Daily,
    forced_at: Option<Moment>,
}

/// Has no `Debug`: it is made of tokens.
#[derive(Default)]
pub(crate) struct TokenBook {
    issued: HashMap<String, Issued>,
    lines: HashMap<String, Line>,
}

impl TokenBook {
    /// Issues a token that belongs to neither line: it supersedes none, and none supersedes it.
    pub(crate) fn mint(&mut self, account: &Account, now: Moment) -> Grant {
        let access_token = new_token();
        let expires_in = account.token_lifetime;
        self.issued.insert(
            access_token.clone(),
            Issued {
                appid: account.appid.clone(),
                expires_at: now.saturating_add(expires_in),
                dies_at: None,
            },
        );
        Grant {
            access_token,
            expires_in,
        }
    }

    /// `token`: a new one each time; the former lives 5 minutes more.
    pub(crate) fn token(
        &mut self,
        account: &Account,
        now: Moment,
        limits: &Limits,
    ) -> Result<Grant, Refusal> {
        let line = self.lines.entry(account.appid.clone()).or_default();
        line.token_calls.admit(now, limits.token_calls_per_day)?;
        let former = line.token.take();
        if let Some(former) = former {
            self.kill(&former, now.saturating_add(OVERLAP));
        }
        let grant = self.mint(account, now);
        let line = self.lines.entry(account.appid.clone()).or_default();
        line.token = Some(grant.access_token.clone());
        Ok(grant)
    }

    /// `stable_token`: the same one until its last 5 minutes, then the next one, while the former lives to its end.
    ///
    /// `force_refresh` kills the former at once; within 30 s of the last time it refreshes nothing.
    pub(crate) fn stable_token(
        &mut self,
        account: &Account,
        force_refresh: bool,
        now: Moment,
        limits: &Limits,
    ) -> Result<Grant, Refusal> {
        let line = self.lines.entry(account.appid.clone()).or_default();
        line.stable_token_calls
            .admit(now, limits.stable_token_calls_per_day)?;
        let pausing = line
            .forced_at
            .is_some_and(|forced_at| now < forced_at.saturating_add(FORCE_REFRESH_PAUSE));
        let current = line.stable_token.clone();
        if force_refresh && !pausing {
            line.force_refreshes
                .admit(now, limits.force_refreshes_per_day)?;
            line.forced_at = Some(now);
            if let Some(former) = &current {
                self.kill(former, now);
            }
        } else if let Some(grant) = current.and_then(|token| self.regrant(token, account, now)) {
            return Ok(grant);
        }
        let grant = self.mint(account, now);
        let line = self.lines.entry(account.appid.clone()).or_default();
        line.stable_token = Some(grant.access_token.clone());
        Ok(grant)
    }

    /// The same token again, unless it is dead or in its last 5 minutes.
    fn regrant(&self, access_token: String, account: &Account, now: Moment) -> Option<Grant> {
        let issued = self.issued.get(&access_token)?;
        // A life too short for 5 minutes of overlap is halved instead.
        let overlap = OVERLAP.min(account.token_lifetime / 2);
        let expires_in = issued.expires_at.saturating_sub(now);
        (issued.dies_at.is_none() && expires_in > overlap).then_some(Grant {
            access_token,
            expires_in,
        })
    }

    /// The appid of the account whose token this is.
    ///
    /// 40014 for what cannot be a token, 40001 for one that is unknown, superseded or killed, 42001 for one that has
    /// lived its time.
    pub(crate) fn owner(&self, token: &str, now: Moment) -> Result<&str, Refusal> {
        let well_formed = token.len() <= MAX_TOKEN_CHARACTERS
            && token
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        if !well_formed {
            return Err(Refusal::new(40014));
        }
        let issued = self.issued.get(token).ok_or_else(|| Refusal::new(40001))?;
        if issued.dies_at.is_some_and(|dies_at| dies_at <= now) {
            return Err(Refusal::new(40001));
        }
        if issued.expires_at <= now {
            return Err(Refusal::new(42001));
        }
        Ok(&issued.appid)
    }

    /// Whose token this is or was.
    pub(crate) fn issued_to(&self, token: &str) -> Option<&str> {
        Some(&self.issued.get(token)?.appid)
    }

    /// Kills all tokens of an account; returns how many lived.
    pub(crate) fn kill_all(&mut self, appid: &str, now: Moment) -> usize {
        let mut killed = 0;
        for issued in self.issued.values_mut() {
            let lives = issued.expires_at > now && issued.dies_at.is_none_or(|at| at > now);
            if issued.appid == appid && lives {
                issued.dies_at = Some(now);
                killed += 1;
            }
        }
        killed
    }

    /// All that were ever issued.
    pub(crate) fn all(&self) -> impl Iterator<Item = &str> {
        self.issued.keys().map(String::as_str)
    }

    fn kill(&mut self, token: &str, at: Moment) {
        if let Some(issued) = self.issued.get_mut(token) {
            issued.dies_at = Some(issued.dies_at.map_or(at, |earlier| earlier.min(at)));
        }
    }
}

/// As long as WeChat's are now: 136 characters.
fn new_token() -> String {
    let mut random = fastrand::Rng::new();
    let tail = std::iter::repeat_with(|| random.alphanumeric()).take(133);
    "89_".chars().chain(tail).collect()
}
