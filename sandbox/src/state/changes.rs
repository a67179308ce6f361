//! The changes that the user of the sandbox makes, by a method or a control endpoint.

use std::collections::BTreeMap;

use jumpqr_core::interface::LinkStatus;

use super::file_source::FileSource;
use super::holder::Holder;
use super::rules::StoredRule;
use super::tickets::{PushedTicket, Tickets};
use super::tokens::Grant;
use super::{State, links};
use crate::account::Account;
use crate::clock::Moment;
use crate::error::SandboxError;
use crate::file_fetch::FileFetch;
use crate::platform::Platform;

impl State {
    pub(crate) fn account(&self, appid: &str) -> Result<&Account, SandboxError> {
        self.accounts
            .get(appid)
            .ok_or_else(|| SandboxError::UnknownAccount(appid.to_owned()))
    }

    /// Adds an account, or replaces the account with the same appid.
    pub(crate) fn put_account(&mut self, account: Account) {
        self.secrets.add(account.secret.expose());
        self.accounts.insert(account.appid.clone(), account);
    }

    /// Removes an account with its rules, links, authorisations and tokens.
    pub(crate) fn remove_account(&mut self, appid: &str) -> Result<(), SandboxError> {
        self.kill_tokens(appid)?;
        self.accounts.remove(appid);
        self.rules.remove_all(appid);
        self.links.remove_account(appid);
        for merchants in self.merchants.values_mut() {
            merchants.remove(appid);
        }
        self.file_sources.remove(appid);
        Ok(())
    }

    pub(crate) fn issue_token(&mut self, appid: &str) -> Result<Grant, SandboxError> {
        let lifetime = self.account(appid)?.token_lifetime;
        let now = self.clock.now();
        Ok(self.tokens.issue(Holder::account(appid), lifetime, now))
    }

    pub(crate) fn kill_tokens(&mut self, appid: &str) -> Result<usize, SandboxError> {
        self.account(appid)?;
        Ok(self.kill_where(|holder| holder.appid.as_deref() == Some(appid)))
    }

    /// Kills all tokens of the matching holders. Returns how many of them were still valid.
    pub(crate) fn kill_where(&mut self, matches: impl Fn(&Holder) -> bool) -> usize {
        self.tokens.kill_where(self.clock.now(), matches)
    }

    pub(crate) fn put_rule(&mut self, appid: &str, rule: StoredRule) -> Result<(), SandboxError> {
        self.account(appid)?;
        self.rules.put(appid, rule);
        Ok(())
    }

    pub(crate) fn put_link(
        &mut self,
        service_account: &str,
        mini_program: &str,
        status: Option<LinkStatus>,
    ) -> Result<(), SandboxError> {
        links::check(&self.accounts, service_account, mini_program)?;
        self.links.put(service_account, mini_program, status);
        Ok(())
    }

    pub(crate) fn put_verification_files(
        &mut self,
        appid: &str,
        files: Option<BTreeMap<String, String>>,
    ) -> Result<(), SandboxError> {
        self.account(appid)?;
        match files {
            Some(files) => {
                let listed = FileSource::Listed(files);
                self.file_sources.insert(appid.to_owned(), listed)
            }
            None => self.file_sources.remove(appid),
        };
        Ok(())
    }

    pub(crate) fn put_file_fetch(
        &mut self,
        appid: &str,
        fetch: FileFetch,
    ) -> Result<(), SandboxError> {
        self.account(appid)?;
        fetch.check()?;
        let fetched = FileSource::Fetched(fetch);
        self.file_sources.insert(appid.to_owned(), fetched);
        Ok(())
    }

    pub(crate) fn platform(&self, component_appid: &str) -> Result<&Platform, SandboxError> {
        self.platforms
            .get(component_appid)
            .ok_or_else(|| SandboxError::UnknownPlatform(component_appid.to_owned()))
    }

    /// Adds a platform, or replaces the platform with the same component_appid. If its address is
    /// new, the ticket is pushed there.
    pub(crate) fn put_platform(&mut self, platform: Platform) {
        let component_appid = platform.component_appid.clone();
        let former = self.insert_platform(platform);
        self.note_push_url(&component_appid, former.as_ref());
    }

    /// Adds or replaces a platform without a push. Returns the former one.
    pub(crate) fn insert_platform(&mut self, platform: Platform) -> Option<Platform> {
        let secrets = platform.push.secrets();
        for secret in secrets.chain([&platform.component_appsecret]) {
            self.secrets.add(secret.expose());
        }
        let component_appid = platform.component_appid.clone();
        self.platforms.insert(component_appid, platform)
    }

    /// Removes a platform with its tickets, authorisations and tokens.
    pub(crate) fn remove_platform(&mut self, component_appid: &str) -> Result<(), SandboxError> {
        self.platform(component_appid)?;
        self.kill_where(|holder| holder.component_appid.as_deref() == Some(component_appid));
        self.platforms.remove(component_appid);
        self.tickets.remove(component_appid);
        self.pushes.remove(component_appid);
        self.merchants.remove(component_appid);
        self.codes.remove(component_appid, None);
        Ok(())
    }

    /// Returns the ticket that `push` makes the last one: [`Tickets::current`],
    /// [`Tickets::push_new`] or [`Tickets::push_again`].
    pub(crate) fn ticket(
        &mut self,
        component_appid: &str,
        push: fn(&mut Tickets, Moment) -> PushedTicket,
    ) -> Result<PushedTicket, SandboxError> {
        self.platform(component_appid)?;
        let tickets = self.tickets.entry(component_appid.to_owned()).or_default();
        let pushes_before = tickets.pushes();
        let ticket = push(tickets, self.clock.now());
        if tickets.pushes() != pushes_before {
            self.push_ticket_event(component_appid, &ticket.component_verify_ticket);
        }
        Ok(ticket)
    }

    /// Stops the pushes of tickets to a platform, or starts them again.
    pub(crate) fn pause_tickets(
        &mut self,
        component_appid: &str,
        paused: bool,
    ) -> Result<(), SandboxError> {
        self.platform(component_appid)?;
        self.set_tickets_paused(component_appid, paused);
        Ok(())
    }

    /// Returns whether something has changed.
    pub(super) fn set_tickets_paused(&mut self, component_appid: &str, paused: bool) -> bool {
        let now = self.clock.now();
        let tickets = self.tickets.entry(component_appid.to_owned()).or_default();
        let pushes_before = tickets.pushes();
        let has_changed = tickets.set_paused(paused, now);
        if tickets.pushes() != pushes_before {
            let ticket = tickets.current(now).component_verify_ticket;
            self.push_ticket_event(component_appid, &ticket);
        }
        has_changed
    }

    /// Kills the component tokens of a platform, but not the tokens of its merchants.
    pub(crate) fn kill_component_tokens(
        &mut self,
        component_appid: &str,
    ) -> Result<usize, SandboxError> {
        self.platform(component_appid)?;
        let platform = Holder::platform(component_appid);
        Ok(self.kill_where(|holder| *holder == platform))
    }
}
