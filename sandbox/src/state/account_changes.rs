//! The changes that the user of the sandbox makes to accounts and links, by a method or a
//! control endpoint.

use std::collections::BTreeMap;

use jumpqr_core::interface::LinkStatus;

use super::rules::StoredRule;
use super::tokens::Grant;
use super::{State, links};
use crate::account::Account;
use crate::error::SandboxError;

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
        self.account(appid)?;
        self.kill_tokens(appid)?;
        self.accounts.remove(appid);
        self.rules.remove_all(appid);
        self.links.remove_account(appid);
        self.authorizations.remove_account(appid);
        self.verification_files.clear(appid);
        Ok(())
    }

    pub(crate) fn issue_token(&mut self, appid: &str) -> Result<Grant, SandboxError> {
        let account = self.account(appid)?.clone();
        Ok(self.tokens.issue_detached(&account, self.clock.now()))
    }

    pub(crate) fn kill_tokens(&mut self, appid: &str) -> Result<usize, SandboxError> {
        self.account(appid)?;
        let now = self.clock.now();
        Ok(self
            .tokens
            .kill_where(now, |holder| holder.appid() == Some(appid)))
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
        match status {
            Some(status) => self.links.put(service_account, mini_program, status),
            None => self.links.remove(service_account, mini_program),
        }
        Ok(())
    }

    pub(crate) fn put_verification_files(
        &mut self,
        appid: &str,
        files: Option<BTreeMap<String, String>>,
    ) -> Result<(), SandboxError> {
        self.account(appid)?;
        match files {
            Some(files) => self.verification_files.put(appid, files),
            None => self.verification_files.clear(appid),
        }
        Ok(())
    }
}
