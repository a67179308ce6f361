//! How an account gets a new access token, decided without I/O.
//!
//! The driver asks a [`Renewal`] for its next [`Step`], does what the step says, and reports the
//! result. Stores, WeChat, clocks, chance and digests are outside: each is a step or an
//! argument.
//!
//! ```text
//!   ┌─▶ Load ─────── the stored token is fresh ─────────────────────────────▶ Use
//!   │     │
//!   │     ▼
//!   │   Credential, only if a refusal is remembered ─ it still holds ───────▶ Fail
//!   │     │
//!   │     ▼
//!   │   Lease ────── somebody else has it, and the former token lives ──────▶ Use
//!   │     │
//!   │     ▼
//!   │   Load ─────── the stored token is fresh ──────────────────┐
//!   │     │  ▲                                                   │
//!   │     │  └─ Save, if a new refresh token is not stored yet   │
//!   │     ▼                                                      │
//!   │   Credential ─ a remembered refusal holds ─────────────────┤
//!   │     │                                                      │
//!   │     ▼                                                      ▼
//!   │    Ask ──────────────────▶ Save ───────────────────────▶ Release ──▶ Use, Fail
//!   │     │ ▲                                                    │
//!   │     │ └─ another refresh token ─┐                          │
//!   │     └─ refused ─▶ Exchange ─▶ Recall ─▶ Search ─▶ Save     │
//!   │                                                            │
//!   └─── Wait ◀─ the lease is held or lost, the store failed ────┘
//! ```
//!
//! Exchange, Recall and Search are steps of merchants alone. If a pushed authorization_code is
//! stored, it is exchanged before WeChat's list is searched for a refresh token.
//!
//! What always holds:
//!
//! - **Stored before used.** An answer that brings a new refresh token may have killed the former
//!   one. Its access token is used only after the record with both is saved. Until then the record
//!   is in [`Memory`], and later renewals save it first.
//! - **One asker.** WeChat is asked only under the lease, and a request ends before the lease does.
//!   A lease that was lost saves nothing: the store compares fences.
//! - **A refusal is remembered.** The same credential is not tried again for 5 s, and up to 60 s if
//!   it is refused again and again. A refresh token's refusal is final only after WeChat's list was
//!   read.
//! - **A token is dropped only if it is still the one that failed.** If WeChat gives the rejected
//!   token again, and that is rejected, too, a new one is forced, at most every 30 s.
//! - **The work is bounded.** The deadline bounds the waits; after two failures in a row, only a
//!   refresh token that would be lost keeps the renewal trying. In an attempt, at most 3 refresh
//!   tokens are refused. A request that timed out is made once more.
//! - **An ended authorisation is not asked about.** If the stored record says that the merchant has
//!   ended it, the renewal fails, and a token in memory that is not of a later record is dropped.
//!   After a call that WeChat refused as not authorised, [`Memory::check_authorisation`] does so.
//! - **The former token serves while it lives**, whatever the renewal fails with. It is never the
//!   rejected one.
//!
//! How a refresh token survives: it is in the store, or in the memory of a process that goes on
//! trying to store it, or in WeChat's list of the platform's merchants. A process that is killed
//! between WeChat's answer and the save leaves it to the list alone. So the machine is right only
//! as far as the list is: a refresh token that was refused is searched for there.
//!
//! [`Storing`] is a smaller machine beside it, for records that do not come from a renewal.
//!
//! One complete renewal:
//!
//! ```
//! use std::time::Duration;
//! use jumpqr_core::Secret;
//! use jumpqr_core::interface::TokenResponse;
//! use jumpqr_core::renewal::{
//!     Account, Credential, CredentialDigest, Issued, Memory, Moment, Renewal, Step,
//! };
//!
//! let account = Account {
//!     interface: "stable_token",
//!     appid: "wx1234567890abcdef",
//!     platform: None,
//!     key: "stable_token-wx1234567890abcdef",
//!     is_of_one_machine: true,
//! };
//! let moment = Moment {
//!     now: Duration::ZERO,
//!     time_of_day: Duration::from_secs(1_800_000_000),
//! };
//! let deadline = Duration::from_secs(30);
//! let mut renewal = Renewal::new(account, Memory::default(), None, deadline, moment, 0.5);
//! let token = loop {
//!     match renewal.step(moment) {
//!         Step::Load { .. } => renewal.handle_load(moment, Ok(None)),
//!         Step::Lease { .. } => renewal.handle_lease(moment, Ok(Some(1))),
//!         Step::Credential { .. } => {
//!             let credential = Credential {
//!                 secret: Some(Secret::new("APPSECRET")),
//!                 digest: CredentialDigest::new([7; 16]),
//!             };
//!             renewal.handle_credential(moment, Ok(credential));
//!         }
//!         Step::Ask { credential, .. } => {
//!             assert_eq!(credential.expose(), "APPSECRET");
//!             let life = Duration::from_secs(7200);
//!             let issued = Issued::from(TokenResponse::new(Secret::new("TOKEN"), life));
//!             renewal.handle_ask(moment, Ok(issued));
//!         }
//!         Step::Save { record, .. } => {
//!             assert!(!record.expose().is_empty());
//!             renewal.handle_save(moment, Ok(true));
//!         }
//!         Step::Release { .. } => renewal.handle_release(moment, true),
//!         Step::Use { token, .. } => break token,
//!         other => unreachable!("nothing failed: {other:?}"),
//!     }
//! };
//! assert_eq!(token.expose(), "TOKEN");
//! // The next call finds it in memory.
//! assert_eq!(renewal.memory().cached_token(moment.now, None, false), Some(&token));
//! ```

/// Takes the state that a report belongs to. If the report belongs to no state, it is ignored.
macro_rules! take_state {
    ($machine:expr, $state:pat => $parts:expr) => {
        match core::mem::replace(&mut $machine.state, State::Idle) {
            $state => $parts,
            other => return $machine.state = other,
        }
    };
}

mod asking;
mod cached;
mod exchanging;
mod failing;
mod leasing;
mod loading;
mod memory;
mod merchant_change;
mod record;
mod refusal;
mod saving;
mod searching;
mod step;
mod storing;
mod ticket;
mod unauthorised;

pub use memory::Memory;
pub use merchant_change::{Exchanged, MerchantChange};
pub use record::{TokenRecord, millis};
pub use refusal::{CredentialDigest, Refusal};
pub use step::{Credential, Issued, Listed, MerchantTokens, Moment, Recalled, Step, StoredRecord};
pub use storing::{Storing, StoringStep};
pub use ticket::TicketRecord;
pub use unauthorised::is_not_authorised;

use core::time::Duration;

use self::asking::Request;
use self::leasing::{Releasing, Then, lease_life};
use self::loading::Loading;
use self::record::PushedCode;
use self::saving::Saving;
use crate::error::Error;
use crate::interface::{ApiGetAuthorizerList, ApiQueryAuth, Interface};
use crate::secret::Secret;

/// How long the store may take at least to save what WeChat has given, and to release a lease. It
/// would be lost, or others held up, for the sake of a deadline that is almost over.
const AT_LEAST: Duration = Duration::from_millis(200);

/// Whose tokens are renewed, and where they are kept.
#[derive(Debug, Clone, Copy)]
pub struct Account<'a> {
    /// The interface that issues the tokens.
    pub interface: &'static str,
    /// Whose tokens they are.
    pub appid: &'a str,
    /// The appid of the platform, if this is one of its merchants.
    pub platform: Option<&'a str>,
    /// The key of the record, for messages.
    pub key: &'a str,
    /// Whether all who share the store are on one machine. What WeChat says to the machine's
    /// address then holds for all of them.
    pub is_of_one_machine: bool,
}

impl Account<'_> {
    /// Whether `interface` is called for these tokens alone, so that its refusals are refusals of
    /// them.
    fn is_asked_by(&self, interface: &str) -> bool {
        let is_of_merchants = [ApiGetAuthorizerList::NAME, ApiQueryAuth::NAME].contains(&interface);
        interface == self.interface || (self.platform.is_some() && is_of_merchants)
    }
}

/// One renewal of an account's access token, from the first look into the store to its end.
#[derive(Debug)]
pub struct Renewal<'a> {
    account: Account<'a>,
    memory: Memory,
    rejected: Option<Secret>,
    deadline: Duration,
    /// From 0 to 1: when the next renewal begins.
    chance: f64,
    /// The record that was loaded last.
    record: TokenRecord,
    /// The fence of the lease that is held.
    fence: Option<u64>,
    /// When the lease ends at the earliest.
    lease_ends_at: Duration,
    state: State,
    /// When the state begins, if it follows a pause.
    not_before: Duration,
    /// How many attempts failed because of the store.
    failures: u32,
    /// What the last attempt failed with, if its time was over.
    late: Option<Error>,
    /// Whether this attempt has read a page of WeChat's list.
    got_further: bool,
    /// Whether a refresh token that an earlier renewal got is still not stored.
    had_unsaved: bool,
    has_asked: bool,
}

#[derive(Debug)]
enum State {
    Loading(Loading),
    Leasing,
    GettingCredential,
    Asking {
        request: Request,
        secret: Secret,
    },
    Exchanging {
        request: Request,
        code: PushedCode,
    },
    Recalling(Request),
    Searching(Request),
    Saving {
        record: Secret,
        saving: Saving,
    },
    Releasing(Releasing<Secret>),
    /// The last step.
    Done(Step),
    /// A result is being taken.
    Idle,
}

impl<'a> Renewal<'a> {
    /// A renewal that begins at `moment`.
    ///
    /// `rejected` is the token that WeChat has just called stale. `chance`, from 0 to 1, chooses
    /// when the new token is renewed in turn, so that the processes of a fleet do not all ask at
    /// once.
    ///
    /// If the cached token still lives, the renewal takes at most half of the time until
    /// `deadline`: the rest is for the call itself.
    #[must_use]
    pub fn new(
        account: Account<'a>,
        memory: Memory,
        rejected: Option<Secret>,
        deadline: Duration,
        moment: Moment,
        chance: f64,
    ) -> Self {
        let deadline = if memory.usable(moment.now, rejected.as_ref()).is_some() {
            moment
                .now
                .saturating_add(deadline.saturating_sub(moment.now) / 2)
        } else {
            deadline
        };
        Self {
            account,
            rejected,
            deadline,
            chance,
            record: TokenRecord::default(),
            fence: None,
            lease_ends_at: Duration::ZERO,
            state: State::Loading(Loading::First),
            not_before: Duration::ZERO,
            failures: 0,
            late: None,
            got_further: false,
            had_unsaved: memory.has_unsaved(),
            has_asked: false,
            memory,
        }
    }

    /// What to do now. The same step is returned until its result is reported.
    pub fn step(&mut self, moment: Moment) -> Step {
        if moment.now < self.not_before {
            return Step::Wait {
                until: self.not_before,
            };
        }
        let timeout = self.time_left(moment);
        match &self.state {
            State::Loading(_) => Step::Load { timeout },
            State::Leasing => {
                let life = lease_life(timeout);
                self.lease_ends_at = moment.now.saturating_add(life);
                Step::Lease { life, timeout }
            }
            State::GettingCredential => Step::Credential {
                refresh_token: self.record.refresh_token(),
                pushed_code: self.record.pushed_code(),
                timeout,
            },
            State::Asking { request, secret } => Step::Ask {
                credential: secret.clone(),
                force: request.force,
                timeout: request.deadline.saturating_sub(moment.now),
            },
            State::Exchanging { request, code } => Step::Exchange {
                code: code.secret(),
                timeout: request.deadline.saturating_sub(moment.now),
            },
            State::Recalling(_) => Step::Recall,
            State::Searching(request) => Step::Search {
                refused: request.refused.last().cloned(),
                deadline: request.deadline,
            },
            State::Saving { record, .. } => Step::Save {
                record: record.clone(),
                timeout: timeout.max(AT_LEAST),
            },
            State::Releasing(_) => Step::Release {
                timeout: timeout.max(AT_LEAST),
            },
            State::Done(step) => step.clone(),
            State::Idle => Step::Wait { until: moment.now },
        }
    }

    /// What the process must remember. Publish it after each report: other threads may use a token
    /// that was found, and a crash of this one must not lose a refresh token.
    #[must_use]
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Forgets the memory: the merchant has authorised the platform again, so what was known before
    /// is out of date.
    pub fn forget(&mut self) {
        self.memory = Memory::default();
    }

    /// When the renewal ends at the latest.
    #[must_use]
    pub fn deadline(&self) -> Duration {
        self.deadline
    }

    /// Whether WeChat has given a token. If not, the token came from the store or from memory.
    #[must_use]
    pub fn has_asked(&self) -> bool {
        self.has_asked
    }

    /// Begins another attempt after a pause.
    fn begin_again(&mut self, until: Duration) {
        self.not_before = until;
        self.state = State::Loading(Loading::First);
    }

    fn time_left(&self, moment: Moment) -> Duration {
        self.deadline.saturating_sub(moment.now)
    }

    /// Whether the former token still lives.
    fn is_served(&self, moment: Moment) -> bool {
        let rejected = self.rejected.as_ref();
        self.memory.usable(moment.now, rejected).is_some()
    }

    fn fresh(&self, moment: Moment) -> Option<Secret> {
        self.memory
            .cached_token(moment.now, self.rejected.as_ref(), false)
            .cloned()
    }
}
