//! What the sandbox knows: plain data, and its rules.

pub(crate) mod authorization;
mod changes;
pub(crate) mod codes;
pub(crate) mod event;
pub(crate) mod file_source;
pub(crate) mod holder;
pub(crate) mod journal;
pub(crate) mod links;
pub(crate) mod merchants;
pub(crate) mod pushes;
mod pushing;
pub(crate) mod refused_calls;
pub(crate) mod rules;
pub(crate) mod secrets;
pub(crate) mod tickets;
pub(crate) mod tokens;
pub(crate) mod usage;
pub(crate) mod web;

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::account::Account;
use crate::clock::{Clock, Moment};
use crate::interface::Interface;
use crate::limits::Limits;
use crate::platform::Platform;
use crate::succession::TokenSuccession;
use authorization::Authorization;
use codes::Codes;
use file_source::FileSource;
use journal::Journal;
use links::Links;
use pushes::Pushes;
use refused_calls::RefusedCalls;
use rules::RuleBook;
use secrets::KnownSecrets;
use tickets::Tickets;
use tokens::{Grant, Series, TokenBook};
use usage::Usage;
use web::Web;

#[derive(Clone, Default)]
pub(crate) struct State {
    pub(crate) clock: Clock,
    pub(crate) limits: Limits,
    pub(crate) succession: TokenSuccession,
    pub(crate) accounts: BTreeMap<String, Account>,
    pub(crate) platforms: BTreeMap<String, Platform>,
    pub(crate) secrets: KnownSecrets,
    /// The tickets of each platform.
    pub(crate) tickets: BTreeMap<String, Tickets>,
    /// For each platform, the authorisation of each of its merchants.
    pub(crate) merchants: BTreeMap<String, BTreeMap<String, Authorization>>,
    /// The codes of links and of authorisations.
    pub(crate) codes: Codes,
    pub(crate) links: Links,
    pub(crate) web: Web,
    /// Where the verification file of each account is. If an account has no entry, every URL has
    /// its file.
    pub(crate) file_sources: BTreeMap<String, FileSource>,
    pub(crate) rules: RuleBook,
    pub(crate) tokens: TokenBook,
    pub(crate) usage: Usage,
    pub(crate) pushes: Pushes,
    pub(crate) journal: Journal,
    pub(crate) refused_calls: RefusedCalls,
}

impl fmt::Debug for State {
    /// Shows nothing of the state: it has secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State").finish_non_exhaustive()
    }
}

impl State {
    /// Issues the next token of a series in a response of `interface`, and counts it. The former
    /// token dies at `end`. If `end` is `None`, it works until it expires.
    pub(crate) fn issue_next(
        &mut self,
        interface: Interface,
        series: Series,
        lifetime: Duration,
        end: Option<Moment>,
    ) -> Grant {
        let issued = &mut self.journal.counters.tokens_issued;
        *issued.entry(interface).or_default() += 1;
        let now = self.clock.now();
        self.tokens.issue_next(series, lifetime, now, end)
    }
}
