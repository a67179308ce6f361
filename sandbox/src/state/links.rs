//! The links between service accounts and Mini Programs, and the pending requests for links.

use std::collections::{BTreeMap, BTreeSet};

use jumpqr_core::interface::LinkStatus::{
    self, AwaitsAccountAdmin, AwaitsMiniProgramAdmin, Linked, Refused,
};

use crate::account::{Account, AccountKind};
use crate::error::SandboxError;

#[derive(Debug, Clone, Default)]
pub(crate) struct Links {
    by_accounts: BTreeMap<(String, String), LinkStatus>,
    /// The links whose end the service account's administrator has to confirm.
    ending: BTreeSet<(String, String)>,
}

impl Links {
    pub(crate) fn get(&self, service_account: &str, mini_program: &str) -> Option<LinkStatus> {
        let key = (service_account.to_owned(), mini_program.to_owned());
        self.by_accounts.get(&key).copied()
    }

    /// Sets the status of a link; `None` removes the link.
    pub(crate) fn put(
        &mut self,
        service_account: &str,
        mini_program: &str,
        status: Option<LinkStatus>,
    ) {
        let key = (service_account.to_owned(), mini_program.to_owned());
        self.ending.remove(&key);
        match status {
            Some(status) => self.by_accounts.insert(key, status),
            None => self.by_accounts.remove(&key),
        };
    }

    pub(crate) fn remove_account(&mut self, appid: &str) {
        self.by_accounts
            .retain(|(service, mini), _| service != appid && mini != appid);
        self.ending
            .retain(|(service, mini)| service != appid && mini != appid);
    }

    /// Requests the end of a link. The link stays until the administrator confirms.
    pub(crate) fn request_end(&mut self, service_account: &str, mini_program: &str) {
        let key = (service_account.to_owned(), mini_program.to_owned());
        self.ending.insert(key);
    }

    /// Confirms or refuses a request, as the administrator who decides next: first the service
    /// account's, then the Mini Program's. The end of a link needs the service account's only. If
    /// the service account's administrator refuses, WeChat's behaviour is undocumented; here the
    /// request is removed.
    pub(crate) fn decide(
        &mut self,
        service_account: &str,
        mini_program: &str,
        confirm: bool,
    ) -> Result<Option<LinkStatus>, SandboxError> {
        let key = (service_account.to_owned(), mini_program.to_owned());
        let is_ending = self.ending.contains(&key);
        let status = match (self.get(service_account, mini_program), confirm) {
            (Some(Linked), true) if is_ending => None,
            (Some(Linked), false) if is_ending => Some(Linked),
            (Some(AwaitsAccountAdmin), true) => Some(AwaitsMiniProgramAdmin),
            (Some(AwaitsAccountAdmin), false) => None,
            (Some(AwaitsMiniProgramAdmin), true) => Some(Linked),
            (Some(AwaitsMiniProgramAdmin), false) => Some(Refused),
            _ => {
                return Err(SandboxError::Invalid(format!(
                    "no request to link {service_account} to {mini_program}, or to unlink them, \
                     waits for an administrator; call wxamplink or wxampunlink first"
                )));
            }
        };
        self.put(service_account, mini_program, status);
        Ok(status)
    }

    /// Returns the service account, the Mini Program and the status of each link.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &str, LinkStatus)> {
        self.by_accounts
            .iter()
            .map(|((service, mini), status)| (service.as_str(), mini.as_str(), *status))
    }
}

/// Checks that a link between these two accounts is possible.
pub(crate) fn check(
    accounts: &BTreeMap<String, Account>,
    service_account: &str,
    mini_program: &str,
) -> Result<(), SandboxError> {
    let check_side = |side, appid: &str, kind| match accounts.get(appid) {
        None => Err(SandboxError::UnknownAccount(appid.to_owned())),
        Some(account) if account.kind == kind => Ok(()),
        Some(_) => Err(SandboxError::Invalid(format!(
            "{side} is {appid}, an account of another kind"
        ))),
    };
    let service_kind = AccountKind::ServiceAccount;
    check_side("service_account", service_account, service_kind)?;
    check_side("mini_program", mini_program, AccountKind::MiniProgram)
}
