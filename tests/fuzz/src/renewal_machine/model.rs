//! What has happened to a renewal so far, and what it must therefore not do.

use std::collections::BTreeSet;
use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::error::Result;
use jumpqr_core::renewal::{
    Credential, Issued, Memory, MerchantTokens, Renewal, Step, StoredRecord, TokenRecord,
};

/// How many refresh tokens of a merchant are tried under one lease.
const MOST_ASKED: usize = 3;

#[derive(Default)]
pub(super) struct Model {
    deadline: Duration,
    rejected: Option<Secret>,
    is_leased: bool,
    /// Whether the lease was released, or the store has failed to.
    has_released: bool,
    /// The requests under this lease, and the refresh tokens that were refused in it.
    asked: usize,
    has_exchanged: bool,
    refused: BTreeSet<String>,
    /// The refresh token of the record under the lease.
    credential: Option<Secret>,
    /// The access tokens that the store had, or that came without a new refresh token.
    usable: BTreeSet<String>,
    /// The tokens that came in answers of this renewal.
    answered: BTreeSet<String>,
}

impl Model {
    pub(super) fn begin(&mut self, now: Duration, deadline: Duration, rejected: Option<&Secret>) {
        assert!(!self.is_leased, "the last renewal has left its lease");
        self.deadline = deadline.max(now);
        self.rejected = rejected.cloned();
        self.answered.clear();
    }

    /// The process remembers nothing any more.
    pub(super) fn forget(&mut self) {
        self.usable.clear();
    }

    pub(super) fn check_step(&mut self, now: Duration, step: &Step) {
        match step {
            Step::Ask {
                credential,
                timeout,
                ..
            } => {
                assert!(self.is_leased, "asked without a lease");
                assert!(self.asked < MOST_ASKED, "too many requests under a lease");
                assert!(
                    !self.refused.contains(credential.expose()),
                    "refused before"
                );
                assert!(*timeout <= Duration::from_secs(10), "asked for {timeout:?}");
            }
            Step::Save { .. } => assert!(self.is_leased, "saved without a lease"),
            Step::Lease { life, .. } => {
                assert!(!self.is_leased, "a lease is taken twice");
                assert!(*life <= Duration::from_secs(13), "a lease of {life:?}");
            }
            Step::Release { .. } => {
                assert!(self.is_leased, "released without a lease");
            }
            Step::Wait { until } => {
                assert!(
                    now < *until && *until <= self.deadline,
                    "{now:?} until {until:?}"
                );
            }
            Step::Use { token, .. } => self.check_use(token),
            Step::Fail(_) => self.check_end(),
            Step::Load { .. } => self.is_leased &= !self.has_released,
            Step::Exchange { timeout, .. } => {
                assert!(self.is_leased, "exchanged without a lease");
                assert!(
                    !self.has_exchanged,
                    "a code is exchanged twice under a lease"
                );
                assert!(*timeout <= Duration::from_secs(10), "asked for {timeout:?}");
            }
            Step::Credential { .. } | Step::Recall | Step::Search { .. } => {}
        }
    }

    fn check_use(&mut self, token: &Secret) {
        self.check_end();
        let text = token.expose();
        assert!(self.usable.contains(text), "used before it is stored");
        let is_rejected = self.rejected.as_ref() == Some(token);
        assert!(
            !is_rejected || self.answered.contains(text),
            "the rejected token is used again"
        );
    }

    /// A renewal does not end before it has released its lease, or has tried to.
    fn check_end(&mut self) {
        assert!(!self.is_leased || self.has_released, "it keeps its lease");
        self.is_leased = false;
    }

    /// Checks the token that other threads may use.
    pub(super) fn check_memory(&self, now: Duration, memory: &Memory) {
        if let Some(token) = memory.cached_token(now, None, true) {
            assert!(
                self.usable.contains(token.expose()),
                "cached before it is stored"
            );
        }
    }

    pub(super) fn loaded(&mut self, stored: Option<&StoredRecord>) {
        self.may_use_token_of(stored);
    }

    pub(super) fn leased(&mut self, is_leased: bool) {
        self.is_leased = is_leased;
        self.has_released = false;
        self.asked = 0;
        self.has_exchanged = false;
        self.refused.clear();
    }

    pub(super) fn credential(&mut self, credential: Option<&Credential>) {
        self.credential = credential.and_then(|credential| credential.secret.clone());
    }

    pub(super) fn answered(&mut self, asked_with: &Secret, issued: &Result<Issued>) {
        self.asked += 1;
        match issued {
            Ok(issued) => {
                let token = issued.token.access_token.expose().to_owned();
                self.answered.insert(token.clone());
                let next = issued.refresh_token.as_ref().unwrap_or(asked_with);
                if self.credential.as_ref() == Some(next) {
                    self.usable.insert(token);
                }
            }
            Err(_) => {
                self.refused.insert(asked_with.expose().to_owned());
            }
        }
    }

    pub(super) fn exchanged(&mut self, tokens: Option<&MerchantTokens>) {
        self.has_exchanged = true;
        if let Some(token) = tokens.and_then(|tokens| tokens.token.as_ref()) {
            let token = token.access_token.expose().to_owned();
            self.answered.insert(token);
        }
    }

    pub(super) fn released(&mut self) {
        self.has_released = true;
    }

    pub(super) fn saved(&mut self, stored: Option<&StoredRecord>) {
        self.may_use_token_of(stored);
    }

    fn may_use_token_of(&mut self, stored: Option<&StoredRecord>) {
        let record = stored.and_then(|stored| TokenRecord::parse(&stored.bytes, "key").ok());
        if let Some((token, _)) = record.and_then(|record| record.access_token(Duration::ZERO)) {
            self.usable.insert(token.access_token.expose().to_owned());
        }
    }
}

/// Checks that a renewal's `Debug` shows no secret.
pub(super) fn check_silence(renewal: &Renewal<'_>) {
    let printed = format!("{renewal:?}");
    for secret in ["ACCESS/", "REFRESH/", "CODE/", "APPSECRET/"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}
