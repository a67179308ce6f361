//! The changes that the user of the sandbox makes to accounts and links, by a method or a
//! control endpoint.

use std::collections::BTreeMap;

use jumpqr_core::interface::LinkStatus;
use jumpqr_core::verification_file::location;

use super::holder::Holder;
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
        for merchants in self.merchants.values_mut() {
            merchants.remove(appid);
        }
        self.verification_files.remove(appid);
        Ok(())
    }

    pub(crate) fn issue_token(&mut self, appid: &str) -> Result<Grant, SandboxError> {
        let lifetime = self.account(appid)?.token_lifetime;
        let now = self.clock.now();
        Ok(self.tokens.issue(Holder::account(appid), lifetime, now))
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
        self.links.put(service_account, mini_program, status);
        Ok(())
    }

    /// Whether the account's verification file is at the URL for this prefix.
    pub(crate) fn has_verification_file(&self, account: &Account, prefix: &str) -> bool {
        let Some(files) = self.verification_files.get(&account.appid) else {
            return true;
        };
        let (name, content) = account.verification_file();
        let placed = location(prefix, &name).and_then(|url| files.get(&url));
        placed == Some(&content)
    }

    pub(crate) fn put_verification_files(
        &mut self,
        appid: &str,
        files: Option<BTreeMap<String, String>>,
    ) -> Result<(), SandboxError> {
        self.account(appid)?;
        match files {
            Some(files) => self.verification_files.insert(appid.to_owned(), files),
            None => self.verification_files.remove(appid),
        };
        Ok(())
    }
}
