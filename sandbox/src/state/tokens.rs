//! The access tokens: how they are issued, superseded and killed, and when they expire.
//!
//! For each interface and holder there is one series of tokens, in which the next token supersedes
//! the one before. Source: the official pages of getAccessToken, getStableAccessToken,
//! getComponentAccessToken and getAuthorizerAccessToken.

use std::collections::HashMap;
use std::time::Duration;

use super::holder::Holder;
use super::secrets::GeneratedSecret;
use crate::account::Account;
use crate::clock::{Moment, day};
use crate::interface::Interface;
use crate::limits::Limits;
use crate::platform::Platform;
use crate::refusal::Refusal;
use crate::succession::TokenSuccession;

/// `stable_token` issues the next token if the present one expires within this time.
const RENEWAL_WINDOW: Duration = Duration::from_secs(5 * 60);

/// The shortest time between two uses of `force_refresh`. Within it, `force_refresh` has no effect.
const FORCE_REFRESH_INTERVAL: Duration = Duration::from_secs(30);

/// The number of tokens before the first sweep for dead ones.
const TOKENS_BEFORE_SWEEP: usize = 10_000;

/// How long an expired token gets 42001. After that it is unknown: 40001.
const EXPIRED_KEPT_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// The greatest length of a token.
const MAX_TOKEN_CHARACTERS: usize = 512;

#[derive(Debug, Clone, PartialEq, Eq)]
struct IssuedToken {
    holder: Holder,
    expires_at: Moment,
    /// When it dies because it was superseded or killed.
    dies_at: Option<Moment>,
}

/// The token in the response of a token interface.
pub(crate) struct Grant {
    pub(crate) access_token: String,
    pub(crate) expires_in: Duration,
    /// Whether it was issued now. `stable_token` may return a token that it issued before.
    pub(crate) is_new: bool,
}

/// The interface and the holder of a series of tokens.
type Series = (Interface, Holder);

/// The number of calls in a day.
#[derive(Debug, Default, Clone, Copy)]
struct DailyCount {
    day: i64,
    calls: u32,
}

impl DailyCount {
    fn count(&mut self, now: Moment, limit: u32) -> Result<(), Refusal> {
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

/// The token calls of an account.
#[derive(Clone, Default)]
struct CallCounts {
    token: DailyCount,
    stable_token: DailyCount,
    force_refreshes: DailyCount,
    forced_at: Option<Moment>,
}

/// All tokens. It has no `Debug`, because that would show them.
#[derive(Clone, Default)]
pub(crate) struct TokenBook {
    issued: HashMap<String, IssuedToken>,
    /// The number of tokens at the next sweep; 0 before the first sweep.
    sweep_at: usize,
    /// The latest token of each series.
    latest: HashMap<Series, String>,
    calls: HashMap<String, CallCounts>,
}

impl TokenBook {
    /// Issues a token outside all series. It supersedes no token, and no token supersedes it.
    pub(crate) fn issue_detached(&mut self, account: &Account, now: Moment) -> Grant {
        self.issue(Holder::account(&account.appid), account.token_lifetime, now)
    }

    /// Handles a call of `token`: issues a new token each time. The former token still works for
    /// the overlap.
    pub(crate) fn token(
        &mut self,
        account: &Account,
        now: Moment,
        limits: &Limits,
        succession: TokenSuccession,
    ) -> Result<Grant, Refusal> {
        let calls = self.calls.entry(account.appid.clone()).or_default();
        calls.token.count(now, limits.token_calls_per_day)?;
        let series = (Interface::Token, Holder::account(&account.appid));
        let end = succession.expiry_of_superseded(now);
        Ok(self.issue_next(series, account.token_lifetime, now, Some(end)))
    }

    /// Handles a call of `stable_token`: returns the same token until its last 5 minutes, then
    /// issues the next one. The former token works until it expires.
    ///
    /// `force_refresh` issues the next token and kills the former one at once. Within 30 s after
    /// the last forced refresh, it has no effect.
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
            .count(now, limits.stable_token_calls_per_day)?;
        let is_too_early = calls
            .forced_at
            .is_some_and(|forced_at| now < forced_at.saturating_add(FORCE_REFRESH_INTERVAL));
        let series = (Interface::StableToken, Holder::account(&account.appid));
        let mut end = succession.kill_old_at_once.then_some(now);
        if force_refresh && !is_too_early {
            calls
                .force_refreshes
                .count(now, limits.force_refreshes_per_day)?;
            calls.forced_at = Some(now);
            end = Some(now);
        } else if let Some(grant) = self.reuse(&series, account, now) {
            return Ok(grant);
        }
        Ok(self.issue_next(series, account.token_lifetime, now, end))
    }

    /// Handles a call of `api_component_token`: issues a new token each time. The former token
    /// still works for the overlap.
    pub(crate) fn platform_token(
        &mut self,
        platform: &Platform,
        now: Moment,
        succession: TokenSuccession,
    ) -> Grant {
        let holder = Holder::platform(&platform.component_appid);
        let series = (Interface::ApiComponentToken, holder);
        let end = succession.expiry_of_superseded(now);
        self.issue_next(series, platform.token_lifetime, now, Some(end))
    }

    /// Handles a call of `api_authorizer_token`: issues a new token each time. The former token
    /// still works for the overlap.
    pub(crate) fn merchant_token(
        &mut self,
        component_appid: &str,
        account: &Account,
        now: Moment,
        succession: TokenSuccession,
    ) -> Grant {
        let holder = Holder::merchant(component_appid, &account.appid);
        let series = (Interface::ApiAuthorizerToken, holder);
        let end = succession.expiry_of_superseded(now);
        self.issue_next(series, account.token_lifetime, now, Some(end))
    }

    /// Issues the next token of a series. The former token dies at `end`. If `end` is `None`, it
    /// works until it expires.
    fn issue_next(
        &mut self,
        series: Series,
        lifetime: Duration,
        now: Moment,
        end: Option<Moment>,
    ) -> Grant {
        let grant = self.issue(series.1.clone(), lifetime, now);
        let former = self.latest.insert(series, grant.access_token.clone());
        if let (Some(former), Some(end)) = (former, end) {
            self.kill(&former, end);
        }
        grant
    }

    fn issue(&mut self, holder: Holder, lifetime: Duration, now: Moment) -> Grant {
        self.sweep(now);
        let access_token = GeneratedSecret::AccessToken.generate();
        let issued = IssuedToken {
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

    /// Removes dead tokens if there are many tokens. A superseded or killed token needs no memory:
    /// it gets 40001, as an unknown token does.
    fn sweep(&mut self, now: Moment) {
        if self.issued.len() < self.sweep_at.max(TOKENS_BEFORE_SWEEP) {
            return;
        }
        self.issued.retain(|_, issued| {
            issued.dies_at.is_none_or(|dies_at| now < dies_at)
                && now < issued.expires_at.saturating_add(EXPIRED_KEPT_FOR)
        });
        // A sweep looks at all tokens. Doubling the number keeps its cost for each token constant.
        self.sweep_at = self.issued.len().saturating_mul(2);
    }

    /// Returns the latest token of a series, unless it is dead or in its last 5 minutes.
    fn reuse(&self, series: &Series, account: &Account, now: Moment) -> Option<Grant> {
        let access_token = self.latest.get(series)?;
        let issued = self.issued.get(access_token)?;
        // If the lifetime is under 10 minutes, the second half of it counts as the last minutes.
        let last = RENEWAL_WINDOW.min(account.token_lifetime / 2);
        let expires_in = issued.expires_at.saturating_sub(now);
        (issued.dies_at.is_none() && expires_in > last).then(|| Grant {
            access_token: access_token.clone(),
            expires_in,
            is_new: false,
        })
    }

    /// Returns the holder of a valid token.
    ///
    /// A malformed token gets 40014, an unknown, superseded or killed token 40001, and an expired
    /// token 42001.
    pub(crate) fn holder_of_valid(&self, token: &str, now: Moment) -> Result<&Holder, Refusal> {
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

    /// Returns the holder of a known token, valid or not.
    pub(crate) fn holder_of(&self, token: &str) -> Option<&Holder> {
        Some(&self.issued.get(token)?.holder)
    }

    /// Kills all tokens of the matching holders. Returns how many of them were still valid.
    pub(crate) fn kill_where(&mut self, now: Moment, matches: impl Fn(&Holder) -> bool) -> usize {
        let mut killed = 0;
        for issued in self.issued.values_mut() {
            let is_valid = issued.expires_at > now && issued.dies_at.is_none_or(|at| at > now);
            if is_valid && matches(&issued.holder) {
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
    fn a_sweep_removes_dead_tokens_only() {
        let mut book = TokenBook::default();
        let account = Account::mini_program("wx1", "secret");
        let start = Duration::from_secs(1_794_672_000);
        let detached = book.issue_detached(&account, start).access_token;
        let mut now = start;
        for _ in 0..5 * TOKENS_BEFORE_SWEEP {
            now += Duration::from_secs(1);
            book.merchant_token("wx2", &account, now, succession());
        }
        let latest = book.merchant_token("wx2", &account, now, succession());
        assert!(
            book.issued.len() <= 2 * TOKENS_BEFORE_SWEEP,
            "{}",
            book.issued.len()
        );
        assert!(book.holder_of_valid(&latest.access_token, now).is_ok());
        let expired = book
            .holder_of_valid(&detached, now)
            .map_err(|refusal| refusal.errcode);
        assert_eq!(expired, Err(42001), "it expired within the last day");
    }
}
