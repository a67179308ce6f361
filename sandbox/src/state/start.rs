//! What a sandbox begins with, and goes back to.

use std::collections::BTreeMap;

use super::State;
use super::links::Links;
use crate::account::Account;
use crate::clock::Moment;
use crate::limits::Limits;
use crate::platform::Platform;
use crate::succession::TokenSuccession;

/// What a sandbox begins with, and goes back to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Start {
    pub(crate) accounts: BTreeMap<String, Account>,
    pub(crate) platforms: BTreeMap<String, Platform>,
    pub(crate) tickets: Vec<StartTicket>,
    pub(crate) authorizations: Vec<StartAuthorization>,
    pub(crate) links: Links,
    pub(crate) succession: TokenSuccession,
    pub(crate) limits: Limits,
    pub(crate) frozen_at: Option<Moment>,
}

/// A ticket that was pushed already.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StartTicket {
    pub(crate) component_appid: &'static str,
    pub(crate) component_verify_ticket: &'static str,
}

/// An account that has authorised a platform already, to all that it has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StartAuthorization {
    pub(crate) component_appid: &'static str,
    pub(crate) appid: &'static str,
    pub(crate) refresh_token: &'static str,
}

impl State {
    /// Fills a state that has nothing yet with what its start says.
    pub(super) fn begin(&mut self) {
        let start = self.start.clone();
        for account in start.accounts.into_values() {
            self.put_account(account);
        }
        for platform in start.platforms.into_values() {
            self.put_platform(platform);
        }
        let now = self.clock.now();
        for pushed in start.tickets {
            let ticket = pushed.component_verify_ticket.to_owned();
            self.tickets.put(pushed.component_appid, ticket, now);
        }
        for authorized in start.authorizations {
            let Some(account) = self.accounts.get(authorized.appid) else {
                continue;
            };
            self.authorizations.grant(
                authorized.component_appid,
                authorized.appid,
                account.permission_sets.clone(),
                authorized.refresh_token.to_owned(),
                now,
            );
        }
    }
}
