//! The changes that the user of the sandbox makes to platforms, by a method or a control endpoint.

use std::collections::BTreeSet;

use super::State;
use super::holder::Holder;
use super::secrets::GeneratedSecret;
use super::tickets::PushedTicket;
use crate::error::SandboxError;
use crate::platform::Platform;

impl State {
    pub(crate) fn platform(&self, component_appid: &str) -> Result<&Platform, SandboxError> {
        self.platforms
            .get(component_appid)
            .ok_or_else(|| SandboxError::UnknownPlatform(component_appid.to_owned()))
    }

    /// Adds a platform, or replaces the platform with the same component_appid.
    pub(crate) fn put_platform(&mut self, platform: Platform) {
        self.secrets.add(platform.component_appsecret.expose());
        let component_appid = platform.component_appid.clone();
        self.platforms.insert(component_appid, platform);
    }

    /// Removes a platform with its tickets, authorisations and tokens.
    pub(crate) fn remove_platform(&mut self, component_appid: &str) -> Result<(), SandboxError> {
        self.platform(component_appid)?;
        let now = self.clock.now();
        self.tokens.kill_where(now, |holder| {
            holder.component_appid() == Some(component_appid)
        });
        self.platforms.remove(component_appid);
        self.tickets.remove_platform(component_appid);
        self.authorizations.remove_platform(component_appid);
        Ok(())
    }

    pub(crate) fn current_ticket(
        &mut self,
        component_appid: &str,
    ) -> Result<PushedTicket, SandboxError> {
        self.platform(component_appid)?;
        let now = self.clock.now();
        Ok(self.tickets.current(component_appid, now))
    }

    pub(crate) fn push_ticket(
        &mut self,
        component_appid: &str,
    ) -> Result<PushedTicket, SandboxError> {
        self.platform(component_appid)?;
        let now = self.clock.now();
        Ok(self.tickets.push(component_appid, now))
    }

    pub(crate) fn push_ticket_again(
        &mut self,
        component_appid: &str,
    ) -> Result<PushedTicket, SandboxError> {
        self.platform(component_appid)?;
        let now = self.clock.now();
        Ok(self.tickets.push_again(component_appid, now))
    }

    /// Kills the component tokens of a platform, but not the tokens of its merchants.
    pub(crate) fn kill_component_tokens(
        &mut self,
        component_appid: &str,
    ) -> Result<usize, SandboxError> {
        self.platform(component_appid)?;
        let now = self.clock.now();
        let platform = Holder::platform(component_appid);
        Ok(self.tokens.kill_where(now, |holder| *holder == platform))
    }

    /// Makes the account authorise the platform. Returns the refresh token. If `permission_sets` is
    /// `None`, they stay as they are; the first time, the platform gets all of the account's.
    pub(crate) fn authorize(
        &mut self,
        component_appid: &str,
        appid: &str,
        permission_sets: Option<BTreeSet<u16>>,
    ) -> Result<String, SandboxError> {
        self.platform(component_appid)?;
        let account = self.account(appid)?;
        let former = self.authorizations.get(component_appid, appid);
        let is_first = former.is_none();
        let permission_sets = permission_sets.unwrap_or_else(|| {
            former
                .map_or(&account.permission_sets, |former| &former.permission_sets)
                .clone()
        });
        let now = self.clock.now();
        if is_first {
            // A new authorisation must not revive the tokens of a revoked one.
            let merchant = Holder::merchant(component_appid, appid);
            self.tokens.kill_where(now, |holder| *holder == merchant);
        }
        let refresh_token = GeneratedSecret::RefreshToken.generate();
        self.authorizations.grant(
            component_appid,
            appid,
            permission_sets,
            refresh_token.clone(),
            now,
        );
        Ok(refresh_token)
    }

    pub(crate) fn revoke(
        &mut self,
        component_appid: &str,
        appid: &str,
    ) -> Result<(), SandboxError> {
        self.platform(component_appid)?;
        if self.authorizations.revoke(component_appid, appid) {
            Ok(())
        } else {
            Err(SandboxError::NotFound(format!(
                "{appid} has not authorised {component_appid}"
            )))
        }
    }
}
