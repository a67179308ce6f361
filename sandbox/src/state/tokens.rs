//! The access tokens: issued, superseded, killed, expired.
//!
//! Each interface that issues tokens has a line of its own. Source: the official pages of getAccessToken,
//! getStableAccessToken, getComponentAccessToken and getAuthorizerAccessToken.

use std::collections::HashMap;
use std::time::Duration;

use super::holder::Holder;
use super::minted::Minted;
use crate::account::Account;
use crate::clock::{Moment, day};
use crate::interface::Interface;
use crate::limits::Limits;
use crate::platform::Platform;
use crate::refusal::Refusal;
use crate::succession::TokenSuccession;

/// How long before its end `stable_token` issues the next one.
const LAST_MINUTES: Duration = Duration::from_secs(5 * 60);

/// `force_refresh` does nothing for so long after it was used.
const FORCE_REFRESH_PAUSE: Duration = Duration::from_secs(30);

/// Dead tokens are looked for only if there are more tokens than this.
const TOKENS_BEFORE_SWEEP: usize = 10_000;

/// How long a token that has lived its time is told apart (42001) from one that never was (40001).
const EXPIRED_REMEMBERED: Duration = Duration::from_secs(24 * 60 * 60);

/// The longest token there is.
const MAX_TOKEN_CHARACTERS: usize = 512;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Issued {
    holder: Holder,
    expires_at: Moment,
    /// When it is dead before its time: superseded, or killed.
    dies_at: Option<Moment>,
}

/// What a token interface answers.
pub(crate) struct Grant {
    pub(crate) access_token: String,
    pub(crate) expires_in: Duration,
    /// Whether it is a new one, not the same again.
    pub(crate) is_new: bool,
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
struct Calls {
    token: Daily,
    stable_token: Daily,
    force_refreshes: Daily,
    forced_at: Option<Moment>,
}

/// Has no `Debug`: it is made of tokens.
#[derive(Default)]
pub(crate) struct TokenBook {
    issued: HashMap<String, Issued>,
    /// How many of them may be there before the next sweep; 0 is the start.
    sweep_at: usize,
    /// Each interface has its own line of tokens for each holder; the latest of each.
    latest: HashMap<(Interface, Holder), String>,
    calls: HashMap<String, Calls>,
}

impl TokenBook {
    /// Issues a token that belongs to no line: it supersedes none, and none supersedes it.
    pub(crate) fn mint(&mut self, account: &Account, now: Moment) -> Grant {
        self.issue(Holder::account(&account.appid), account.token_lifetime, now)
    }

    /// `token`: a new one each time; the former lives a little longer.
    pub(crate) fn token(
        &mut self,
        account: &Account,
        now: Moment,
        limits: &Limits,
        succession: TokenSuccession,
    ) -> Result<Grant, Refusal> {
        let calls = self.calls.entry(account.appid.clone()).or_default();
        calls.token.admit(now, limits.token_calls_per_day)?;
        let line = (Interface::Token, Holder::account(&account.appid));
        let end = succession.end_of_former(now);
        Ok(self.succeed(line, account.token_lifetime, now, Some(end)))
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
        succession: TokenSuccession,
    ) -> Result<Grant, Refusal> {
        let calls = self.calls.entry(account.appid.clone()).or_default();
        calls
            .stable_token
            .admit(now, limits.stable_token_calls_per_day)?;
        let pausing = calls
            .forced_at
            .is_some_and(|forced_at| now < forced_at.saturating_add(FORCE_REFRESH_PAUSE));
        let line = (Interface::StableToken, Holder::account(&account.appid));
        let mut end = succession.kill_old_at_once.then_some(now);
        if force_refresh && !pausing {
            calls
                .force_refreshes
                .admit(now, limits.force_refreshes_per_day)?;
            calls.forced_at = Some(now);
            end = Some(now);
        } else if let Some(grant) = self.regrant(&line, account, now) {
            return Ok(grant);
        }
        Ok(self.succeed(line, account.token_lifetime, now, end))
    }

    /// `api_component_token`: a new one each time; the former lives a little longer.
    pub(crate) fn component_token(
        &mut self,
        platform: &Platform,
        now: Moment,
        succession: TokenSuccession,
    ) -> Grant {
        let holder = Holder::platform(&platform.component_appid);
        let line = (Interface::ApiComponentToken, holder);
        let end = succession.end_of_former(now);
        self.succeed(line, platform.token_lifetime, now, Some(end))
    }

    /// `api_authorizer_token`: a new one each time; the former lives a little longer.
    pub(crate) fn authorizer_token(
        &mut self,
        component_appid: &str,
        account: &Account,
        now: Moment,
        succession: TokenSuccession,
    ) -> Grant {
        let holder = Holder::authorizer(component_appid, &account.appid);
        let line = (Interface::ApiAuthorizerToken, holder);
        let end = succession.end_of_former(now);
        self.succeed(line, account.token_lifetime, now, Some(end))
    }

    /// The next token of a line. The former dies at `end`, or lives its time.
    fn succeed(
        &mut self,
        line: (Interface, Holder),
        lifetime: Duration,
        now: Moment,
        end: Option<Moment>,
    ) -> Grant {
        let grant = self.issue(line.1.clone(), lifetime, now);
        let former = self.latest.insert(line, grant.access_token.clone());
        if let (Some(former), Some(end)) = (former, end) {
            self.kill(&former, end);
        }
        grant
    }

    fn issue(&mut self, holder: Holder, lifetime: Duration, now: Moment) -> Grant {
        self.sweep(now);
        let access_token = Minted::AccessToken.mint();
        let issued = Issued {
            holder,
            expires_at: now.saturating_add(lifetime),
            dies_at: None,
        };
        self.issued.insert(access_token.clone(), issued);
        Grant {
            access_token,
            expires_in: lifetime,
            is_new: true,
        }
    }

    /// Forgets dead tokens if there are many. A superseded or killed one gets 40001 whether it is
    /// known or not.
    fn sweep(&mut self, now: Moment) {
        if self.issued.len() < self.sweep_at.max(TOKENS_BEFORE_SWEEP) {
            return;
        }
        self.issued.retain(|_, issued| {
            issued.dies_at.is_none_or(|dies_at| now < dies_at)
                && now < issued.expires_at.saturating_add(EXPIRED_REMEMBERED)
        });
        // So that the next sweep comes after as many new tokens as there are now, and costs each
        // little.
        self.sweep_at = self.issued.len().saturating_mul(2);
    }

    /// The same token again, unless it is dead or in its last 5 minutes.
    fn regrant(&self, line: &(Interface, Holder), account: &Account, now: Moment) -> Option<Grant> {
        let access_token = self.latest.get(line)?;
        let issued = self.issued.get(access_token)?;
        // Of a life that is too short for 5 last minutes, it is the last half.
        let last = LAST_MINUTES.min(account.token_lifetime / 2);
        let expires_in = issued.expires_at.saturating_sub(now);
        (issued.dies_at.is_none() && expires_in > last).then(|| Grant {
            access_token: access_token.clone(),
            expires_in,
            is_new: false,
        })
    }

    /// Whose token this is.
    ///
    /// 40014 for what cannot be a token, 40001 for one that is unknown, superseded or killed, 42001 for one that has
    /// lived its time.
    pub(crate) fn holder(&self, token: &str, now: Moment) -> Result<&Holder, Refusal> {
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
        Ok(&issued.holder)
    }

    /// Whose token this is or was.
    pub(crate) fn issued_to(&self, token: &str) -> Option<&Holder> {
        Some(&self.issued.get(token)?.holder)
    }

    /// Kills all tokens of some holders; returns how many lived.
    pub(crate) fn kill_all(&mut self, now: Moment, of: impl Fn(&Holder) -> bool) -> usize {
        let mut killed = 0;
        for issued in self.issued.values_mut() {
            let lives = issued.expires_at > now && issued.dies_at.is_none_or(|at| at > now);
            if lives && of(&issued.holder) {
                issued.dies_at = Some(now);
                killed += 1;
            }
        }
        killed
    }

    fn kill(&mut self, token: &str, at: Moment) {
        if let Some(issued) = self.issued.get_mut(token) {
            issued.dies_at = Some(issued.dies_at.map_or(at, |earlier| earlier.min(at)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn succession() -> TokenSuccession {
        TokenSuccession::default()
    }

    #[test]
    fn dead_tokens_are_forgotten_and_living_ones_are_not() {
        let mut book = TokenBook::default();
        let account = Account::mini_program("wx1", "secret");
        let start = Duration::from_secs(1_794_672_000);
        let minted = book.mint(&account, start).access_token;
        let mut now = start;
        for _ in 0..5 * TOKENS_BEFORE_SWEEP {
            now += Duration::from_secs(1);
            book.authorizer_token("wx2", &account, now, succession());
        }
        let latest = book.authorizer_token("wx2", &account, now, succession());
        assert!(
            book.issued.len() <= 2 * TOKENS_BEFORE_SWEEP,
            "{}",
            book.issued.len()
        );
        assert!(book.holder(&latest.access_token, now).is_ok());
        let expired = book.holder(&minted, now).map_err(|refusal| refusal.errcode);
        assert_eq!(expired, Err(42001), "it expired within the last day");
    }
}
