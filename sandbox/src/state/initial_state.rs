//! The state of a sandbox at its start and after a reset.

use std::collections::BTreeMap;

use super::State;
use super::links::Links;
use crate::account::Account;
use crate::clock::Moment;
use crate::limits::Limits;
use crate::platform::Platform;
use crate::succession::TokenSuccession;

/// The state of a sandbox at its start and after a reset.
#[derive(Debug, Clone, Default)]
pub(crate) struct InitialState {
    pub(crate) accounts: BTreeMap<String, Account>,
    pub(crate) platforms: BTreeMap<String, Platform>,
    pub(crate) tickets: Vec<InitialTicket>,
    pub(crate) authorizations: Vec<InitialAuthorization>,
    pub(crate) links: Links,
    pub(crate) succession: TokenSuccession,
    pub(crate) limits: Limits,
    pub(crate) frozen_at: Option<Moment>,
}

/// A ticket that is pushed at the start.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InitialTicket {
    pub(crate) component_appid: &'static str,
    pub(crate) component_verify_ticket: &'static str,
}

/// An account that has authorised a platform at the start, with all its permission sets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InitialAuthorization {
    pub(crate) component_appid: &'static str,
    pub(crate) appid: &'static str,
    pub(crate) refresh_token: &'static str,
}

impl State {
    /// Fills an empty state with the initial state.
    pub(super) fn fill(&mut self) {
        let start = self.start.clone();
        for account in start.accounts.into_values() {
            self.put_account(account);
        }
        for platform in start.platforms.into_values() {
            self.put_platform(platform);
        }
        let now = self.clock.now();
        for ticket in start.tickets {
            let text = ticket.component_verify_ticket.to_owned();
            self.tickets.put(ticket.component_appid, text, now);
        }
        for authorization in start.authorizations {
            let Some(account) = self.accounts.get(authorization.appid) else {
                continue;
            };
            self.authorizations.grant(
                authorization.component_appid,
                authorization.appid,
                account.permission_sets.clone(),
                authorization.refresh_token.to_owned(),
                now,
            );
        }
    }
}
