//! The access tokens: how they are issued, superseded and killed, and when they expire.
//!
//! For each interface and holder there is one series of tokens, in which the next token supersedes
//! the one before. Source: the official pages of getAccessToken, getStableAccessToken,
//! getComponentAccessToken and getAuthorizerAccessToken.

use std::collections::HashMap;
use std::time::Duration;

use super::holder::Holder;
use super::secrets::GeneratedSecret;
use crate::clock::Moment;
use crate::interface::Interface;
use crate::refusal::Refusal;

/// `stable_token` issues the next token if the present one expires within this time.
const RENEWAL_WINDOW: Duration = Duration::from_secs(5 * 60);

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
    dies_at: Moment,
}

/// The token in the response of a token interface.
pub(crate) struct Grant {
    pub(crate) access_token: String,
    pub(crate) expires_in: Duration,
}

/// The interface and the holder of a series of tokens.
pub(crate) type Series = (Interface, Holder);

/// All tokens. It has no `Debug`, because that would show them.
#[derive(Clone, Default)]
pub(crate) struct TokenBook {
    issued: HashMap<String, IssuedToken>,
    /// The number of tokens at the next sweep; 0 before the first sweep.
    sweep_at: usize,
    /// The latest token of each series.
    latest: HashMap<Series, String>,
    /// When each account last used `force_refresh` with effect.
    pub(crate) forced_at: HashMap<String, Moment>,
}

impl TokenBook {
    /// Issues the next token of a series. The former token dies at `end`. If `end` is `None`, it
    /// works until it expires.
    pub(crate) fn issue_next(
        &mut self,
        series: Series,
        lifetime: Duration,
        now: Moment,
        end: Option<Moment>,
    ) -> Grant {
        let grant = self.issue(series.1.clone(), lifetime, now);
        let former = self.latest.insert(series, grant.access_token.clone());
        let former = former.and_then(|former| self.issued.get_mut(&former));
        if let (Some(former), Some(end)) = (former, end) {
            former.dies_at = former.dies_at.min(end);
        }
        grant
    }

    /// Issues a token outside all series. It supersedes no token, and no token supersedes it.
    pub(crate) fn issue(&mut self, holder: Holder, lifetime: Duration, now: Moment) -> Grant {
        self.sweep(now);
        let access_token = GeneratedSecret::AccessToken.generate();
        let issued = IssuedToken {
            holder,
            expires_at: now.saturating_add(lifetime),
            dies_at: Moment::MAX,
        };
        self.issued.insert(access_token.clone(), issued);
        Grant {
            access_token,
            expires_in: lifetime,
        }
    }

    /// Removes dead tokens if there are many tokens. A superseded or killed token needs no memory:
    /// it gets 40001, as an unknown token does.
    fn sweep(&mut self, now: Moment) {
        if self.issued.len() < self.sweep_at.max(TOKENS_BEFORE_SWEEP) {
            return;
        }
        self.issued.retain(|_, issued| {
            now < issued.dies_at && now < issued.expires_at.saturating_add(EXPIRED_KEPT_FOR)
        });
        // A sweep looks at all tokens. Doubling the number keeps its cost for each token constant.
        self.sweep_at = self.issued.len().saturating_mul(2);
    }

    /// Returns the latest token of a series, unless it is dead or in its last 5 minutes.
    pub(crate) fn reuse(&self, series: &Series, lifetime: Duration, now: Moment) -> Option<Grant> {
        let access_token = self.latest.get(series)?;
        let issued = self.issued.get(access_token)?;
        // If the lifetime is under 10 minutes, the second half of it counts as the last minutes.
        let last = RENEWAL_WINDOW.min(lifetime / 2);
        let expires_in = issued.expires_at.saturating_sub(now);
        (now < issued.dies_at && expires_in > last).then(|| Grant {
            access_token: access_token.clone(),
            expires_in,
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
            return Err(40014.into());
        }
        let issued = self.issued.get(token);
        let issued = issued.filter(|issued| now < issued.dies_at).ok_or(40001)?;
        if issued.expires_at <= now {
            return Err(42001.into());
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
            let is_valid = now < issued.expires_at && now < issued.dies_at;
            if is_valid && matches(&issued.holder) {
                issued.dies_at = now;
                killed += 1;
            }
        }
        killed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sweep_removes_dead_tokens_only() {
        let mut book = TokenBook::default();
        let (account, merchant) = (Holder::account("wx1"), Holder::merchant("wx2", "wx1"));
        let lifetime = Duration::from_secs(7200);
        let start = Duration::from_secs(1_794_672_000);
        let detached = book.issue(account, lifetime, start).access_token;
        let series = (Interface::ApiAuthorizerToken, merchant);
        let mut now = start;
        let mut latest = String::new();
        for _ in 0..5 * TOKENS_BEFORE_SWEEP {
            now += Duration::from_secs(1);
            let end = now + Duration::from_secs(300);
            let next = book.issue_next(series.clone(), lifetime, now, Some(end));
            latest = next.access_token;
        }
        assert!(
            book.issued.len() <= 2 * TOKENS_BEFORE_SWEEP,
            "{}",
            book.issued.len()
        );
        assert!(book.holder_of_valid(&latest, now).is_ok());
        let expired = book.holder_of_valid(&detached, now);
        let errcode = expired.map_err(|refusal| refusal.errcode);
        assert_eq!(errcode, Err(42001), "it expired within the last day");
    }
}
