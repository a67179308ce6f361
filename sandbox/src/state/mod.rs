//! What the sandbox knows: plain data, and its rules.

mod account_changes;
pub(crate) mod authorizations;
pub(crate) mod holder;
pub(crate) mod journal;
pub(crate) mod links;
mod platform_changes;
pub(crate) mod rules;
pub(crate) mod secrets;
pub(crate) mod tickets;
pub(crate) mod tokens;
pub(crate) mod traffic;
pub(crate) mod web;

use std::collections::BTreeMap;
use std::fmt;

use crate::account::Account;
use crate::clock::Clock;
use crate::limits::Limits;
use crate::platform::Platform;
use crate::succession::TokenSuccession;
use authorizations::Authorizations;
use journal::Journal;
use links::Links;
use rules::RuleBook;
use secrets::KnownSecrets;
use tickets::Tickets;
use tokens::TokenBook;
use traffic::Traffic;
use web::{VerificationFiles, Web};

#[derive(Clone, Default)]
pub(crate) struct State {
    pub(crate) clock: Clock,
    pub(crate) limits: Limits,
    pub(crate) succession: TokenSuccession,
    pub(crate) accounts: BTreeMap<String, Account>,
    pub(crate) platforms: BTreeMap<String, Platform>,
    pub(crate) secrets: KnownSecrets,
    pub(crate) authorizations: Authorizations,
    pub(crate) tickets: Tickets,
    pub(crate) links: Links,
    pub(crate) web: Web,
    pub(crate) verification_files: VerificationFiles,
    pub(crate) rules: RuleBook,
    pub(crate) tokens: TokenBook,
    pub(crate) traffic: Traffic,
    pub(crate) journal: Journal,
}

impl fmt::Debug for State {
    /// Shows nothing of the state: it has secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State").finish_non_exhaustive()
    }
}
