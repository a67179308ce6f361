//! The access tokens that are renewed and kept in stores.
//!
//! ```text
//!   Client ──▶ drive ──▶ TokenSource            Where a call gets its token.
//!                             ▲
//!                      StoredTokens             The token of one account.
//!                        │       │
//!            single_flight     jumpqr_core::renewal::Renewal
//!            one thread         decides; the loop below obeys
//!            renews                │
//!                                  ├─ Load, Lease, Save, Release ─▶ lease ──▶ store
//!                                  ├─ Credential ─────────────────▶ appsecret, ticket, refresh token
//!                                  ├─ Ask ────────────────────────▶ app, platform, merchant ──▶ drive
//!                                  └─ Recall, Search ─────────────▶ authorizer_list ──▶ drive
//! ```
//!
//! `StoredTokens::renew` is the only loop, and it decides nothing. A call for a merchant needs two
//! tokens at most. The request for the merchant's token needs the platform's token. The request for
//! the platform's token needs no token.

mod app;
mod authorizer_list;
mod issuer;
mod lease;
mod merchant;
mod platform;
mod single_flight;
mod status;
mod ticket;

pub(crate) use app::AppIssuer;
pub(crate) use authorizer_list::AuthorizerList;
pub(crate) use issuer::digest;
pub(crate) use lease::Entry;
pub(crate) use merchant::MerchantIssuer;
pub(crate) use platform::{PlatformAccount, PlatformIssuer};
pub(crate) use ticket::Ticket;

pub use crate::token_source::{TokenRequest, TokenSource};
pub use crate::token_status::{TokenState, TokenStatus};

use std::sync::Arc;
use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::error::{Error, Result};
use jumpqr_core::push::Authorization;
use jumpqr_core::renewal::{Account, Listed, MerchantChange, Renewal, Step, Storing, TokenRecord};

pub(crate) use jumpqr_core::renewal::CredentialDigest;

use self::issuer::Issuer;
use self::single_flight::{Flight, Joined, SingleFlight};
use crate::clock::Clock;
use crate::listener::{note_lock_wait, note_renewed};
use crate::store::{Key, TokenStore};

/// How long the drop of an account's last client may try to store a refresh token.
const LAST_SAVE: Duration = Duration::from_secs(2);

/// The tokens of one account, of one kind.
pub(crate) struct StoredTokens {
    issuer: Box<dyn Issuer>,
    entry: Entry,
    flight: SingleFlight,
}

impl StoredTokens {
    /// `further`: more parts of the record's key, after the interface and the appid.
    pub(crate) fn new(
        issuer: impl Issuer,
        further: &[&str],
        store: Arc<dyn TokenStore>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self> {
        let key = Key::new(issuer.interface(), issuer.appid(), further)?;
        Ok(Self {
            issuer: Box::new(issuer),
            entry: Entry { store, key, clock },
            flight: SingleFlight::default(),
        })
    }

    /// Whether a refresh token is only in memory, because the store has failed.
    pub(crate) fn has_unsaved(&self) -> bool {
        self.flight.has_unsaved()
    }

    pub(crate) fn store_name(&self) -> String {
        self.entry.store.name()
    }

    pub(crate) fn status_in_store(&self, timeout: Duration) -> Result<TokenStatus> {
        status::status(&*self.issuer, &self.entry, timeout)
    }

    /// Stores the refresh token of a new authorisation. The next token request uses it.
    pub(crate) fn set_refresh_token(&self, token: Secret, timeout: Duration) -> Result<()> {
        let record = TokenRecord::authorised(token, self.entry.clock.time_of_day());
        self.replace(&record, timeout)
    }

    /// Removes everything that is stored.
    pub(crate) fn forget(&self, timeout: Duration) -> Result<()> {
        self.replace(&TokenRecord::default(), timeout)
    }

    fn replace(&self, record: &TokenRecord, timeout: Duration) -> Result<()> {
        let deadline = self.entry.clock.now().saturating_add(timeout);
        self.entry
            .store(Storing::record(record.to_json()?, deadline))?;
        self.flight.forget();
        Ok(())
    }

    /// Changes the record of a merchant. Returns whether the change is stored; it is not if the
    /// record knows of a later event.
    pub(crate) fn change(&self, change: MerchantChange, timeout: Duration) -> Result<bool> {
        let deadline = self.entry.clock.now().saturating_add(timeout);
        let storing = Storing::merchant(change, self.entry.key.name(), deadline);
        let is_stored = self.entry.store(storing)?;
        if is_stored {
            self.flight.forget();
        }
        Ok(is_stored)
    }

    /// Stores the code of a push, until a code is exchanged. What is in memory stays: a former
    /// authorisation may still be good.
    pub(crate) fn keep_code(&self, event: &Authorization, timeout: Duration) -> Result<()> {
        let deadline = self.entry.clock.now().saturating_add(timeout);
        let change = MerchantChange::CodePushed {
            code: event.authorization_code.clone(),
            create_time: event.create_time,
        };
        let storing = Storing::merchant(change, self.entry.key.name(), deadline);
        self.entry.store(storing).map(drop)
    }

    /// Returns what is stored.
    pub(crate) fn record(&self, timeout: Duration) -> Result<TokenRecord> {
        match self.entry.load(timeout)? {
            Some(stored) => TokenRecord::parse(&stored.bytes, self.entry.key.name()),
            None => Ok(TokenRecord::default()),
        }
    }

    /// Searches WeChat's list for the merchant.
    pub(crate) fn search_list(&self, timeout: Duration) -> Result<Listed> {
        let deadline = self.entry.clock.now().saturating_add(timeout);
        self.issuer.search(None, deadline).0
    }

    fn account(&self) -> Account<'_> {
        Account {
            interface: self.issuer.interface(),
            appid: self.issuer.appid(),
            platform: self.issuer.platform(),
            key: self.entry.key.name(),
            is_of_one_machine: self.entry.store.is_of_one_machine(),
        }
    }

    /// Does what the renewal says, and publishes what it remembers after each step.
    fn renew(&self, mut flight: Flight<'_>, rejected: Option<&Secret>) -> Result<Secret> {
        let (entry, issuer) = (&self.entry, &*self.issuer);
        let mut renewal = Renewal::new(
            self.account(),
            self.flight.memory(),
            rejected.cloned(),
            flight.deadline,
            entry.moment(),
            fastrand::f64(),
        );
        let mut lease = entry.lease();
        loop {
            match renewal.step(entry.moment()) {
                Step::Load { timeout } => {
                    let stored = entry.load(timeout);
                    renewal.handle_load(entry.moment(), stored);
                }
                Step::Lease { life, timeout } => {
                    let fence = lease.take(life, timeout);
                    renewal.handle_lease(entry.moment(), fence);
                }
                Step::Credential {
                    refresh_token,
                    pushed_code,
                    timeout,
                } => {
                    let credential = issuer.credential(refresh_token, pushed_code, timeout);
                    renewal.handle_credential(entry.moment(), credential);
                }
                Step::Ask {
                    credential,
                    force,
                    timeout,
                } => {
                    let answer = issuer.ask(&credential, force, timeout);
                    renewal.handle_ask(entry.moment(), answer);
                }
                Step::Exchange { code, timeout } => {
                    let tokens = issuer.exchange(code, timeout);
                    renewal.handle_exchange(entry.moment(), tokens);
                }
                Step::Recall => renewal.handle_recall(entry.moment(), issuer.recall()),
                Step::Search { refused, deadline } => {
                    let (listed, got_further) = issuer.search(refused.as_ref(), deadline);
                    renewal.handle_search(entry.moment(), listed, got_further);
                }
                Step::Save { record, timeout } => {
                    let saved = lease.save(&record, timeout);
                    renewal.handle_save(entry.moment(), saved);
                }
                Step::Release { timeout } => {
                    let is_released = lease.release(timeout).is_ok();
                    renewal.handle_release(entry.moment(), is_released);
                }
                Step::Wait { until } => {
                    let since = entry.clock.now();
                    entry.clock.sleep_until(until);
                    note_lock_wait(entry.clock.now().saturating_sub(since));
                }
                Step::Use { token, failure } => {
                    flight.end(&renewal, failure);
                    return Ok(token);
                }
                Step::Fail(error) => {
                    flight.end(&renewal, Some(error.clone()));
                    return Err(error);
                }
            }
            if renewal.has_asked() {
                note_renewed();
            }
            flight.publish(&mut renewal);
        }
    }
}

impl TokenSource for StoredTokens {
    fn token(&self, request: &TokenRequest<'_>) -> Result<Option<Secret>> {
        let clock = &*self.entry.clock;
        let joined = self
            .flight
            .join(clock, request.rejected, request.time_left)?;
        match joined {
            Joined::Token(token) => Ok(Some(token)),
            Joined::Flight(flight) => self.renew(flight, request.rejected).map(Some),
        }
    }

    fn cached_token(&self, request: &TokenRequest<'_>) -> Option<Result<Option<Secret>>> {
        let now = self.entry.clock.now();
        let cached = self.flight.cached_token(now, request.rejected)?;
        Some(Ok(Some(cached)))
    }

    fn end_of_authorisation(&self, timeout: Duration) -> Option<Error> {
        self.issuer.platform()?;
        let stored = self.entry.load(timeout).ok()??;
        let ended = self.flight.check_authorisation(self.account(), &stored);
        ended.ok().flatten()
    }

    fn status(&self, timeout: Duration) -> Result<Option<TokenStatus>> {
        self.status_in_store(timeout).map(Some)
    }
}

/// When the account's last client is dropped, a refresh token that is only in memory is stored.
impl Drop for StoredTokens {
    fn drop(&mut self) {
        let deadline = self.entry.clock.now().saturating_add(LAST_SAVE);
        let storing = Storing::unsaved(self.flight.memory(), self.entry.key.name(), deadline);
        if let Err(error) = self.entry.store(storing) {
            log::warn!(
                "the refresh token of {} that WeChat gave last was not stored: {}. The next call looks it up in WeChat's list of merchants.",
                self.issuer.appid(),
                error.message()
            );
        }
    }
}
