use core::time::Duration;

use super::cached::CachedToken;
use super::record::TokenRecord;
use super::refusal::Refusal;
use crate::secret::Secret;

/// What a process remembers of an account's tokens, between renewals and beside the store.
///
/// Its owner hands it to a [`Renewal`](super::Renewal), and replaces it by
/// [`Renewal::memory`](super::Renewal::memory) after each report.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    pub(super) cached: Option<CachedToken>,
    pub(super) unsaved: Option<Unsaved>,
    /// What WeChat refused last. The store may not have it, or may be out of reach.
    pub(super) refusal: Option<Refusal>,
    /// The token that WeChat gave although it had just called it stale. If that happens again, a
    /// new one is forced.
    pub(super) reissued: Option<Secret>,
}

/// A record that must be stored before its access token is used.
#[derive(Debug, Clone)]
pub(super) struct Unsaved {
    /// The refresh token that was stored when WeChat was asked.
    pub(super) former: Option<Secret>,
    /// The refresh token that WeChat was asked with: the former one, or one of WeChat's list.
    pub(super) asked_with: Secret,
    pub(super) record: TokenRecord,
}

impl Memory {
    /// Returns the cached token if it serves a call now: it lives, and is not the rejected one.
    ///
    /// Once it is due for renewal, it serves only while somebody else renews it.
    #[inline]
    #[must_use]
    pub fn cached_token(
        &self,
        now: Duration,
        rejected: Option<&Secret>,
        is_renewed_by_other: bool,
    ) -> Option<&Secret> {
        self.usable(now, rejected)
            .filter(|cached| now < cached.renew_at || is_renewed_by_other)
            .map(|cached| &cached.token)
    }

    /// Whether a refresh token is only in memory, because the store has failed.
    #[must_use]
    pub fn has_unsaved(&self) -> bool {
        self.unsaved.is_some()
    }

    #[inline]
    pub(super) fn usable(&self, now: Duration, rejected: Option<&Secret>) -> Option<&CachedToken> {
        let cached = self.cached.as_ref();
        cached.filter(|cached| cached.is_usable(now, rejected))
    }

    /// Returns the record that was not stored yet. If the store holds neither of the refresh tokens
    /// that it follows, the record is out of date, and is dropped. It is also dropped if the
    /// merchant has ended the authorisation.
    pub(super) fn unsaved_after(&mut self, stored: &TokenRecord) -> Option<TokenRecord> {
        let refresh_token = stored.refresh_token();
        let applies = |unsaved: &Unsaved| {
            (refresh_token.is_none() && stored.unauthorised_at().is_none())
                || unsaved.former == refresh_token
                || Some(&unsaved.asked_with) == refresh_token.as_ref()
        };
        self.unsaved = self.unsaved.take().filter(applies);
        self.unsaved.as_ref().map(|unsaved| unsaved.record.clone())
    }
}
