//! The changes that the user of the sandbox makes to platforms, by a method or a control endpoint.

use std::collections::BTreeSet;

use super::State;
use super::authorization::Authorization;
use super::holder::Holder;
use super::secrets::GeneratedSecret;
use super::tickets::{PushedTicket, Tickets};
use crate::clock::Moment;
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
        self.tickets.remove(component_appid);
        self.merchants.remove(component_appid);
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
        Ok(push(tickets, self.clock.now()))
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
        let former = self.merchant(component_appid, appid);
        let is_first = former.is_none();
        let former = former.map(|former| &former.permission_sets);
        let permission_sets =
            permission_sets.unwrap_or_else(|| former.unwrap_or(&account.permission_sets).clone());
        let now = self.clock.now();
        if is_first {
            // A new authorisation must not revive the tokens of a revoked one.
            let merchant = Holder::merchant(component_appid, appid);
            self.tokens.kill_where(now, |holder| *holder == merchant);
        }
        let refresh_token = GeneratedSecret::RefreshToken.generate();
        let authorization = Authorization::new(permission_sets, refresh_token.clone(), now);
        self.put_merchant(component_appid, appid, authorization);
        Ok(refresh_token)
    }

    pub(crate) fn put_merchant(
        &mut self,
        component_appid: &str,
        appid: &str,
        authorization: Authorization,
    ) {
        let merchants = self.merchants.entry(component_appid.to_owned());
        merchants
            .or_default()
            .insert(appid.to_owned(), authorization);
    }

    pub(crate) fn revoke(
        &mut self,
        component_appid: &str,
        appid: &str,
    ) -> Result<(), SandboxError> {
        self.platform(component_appid)?;
        let merchants = self.merchants.get_mut(component_appid);
        if merchants.is_some_and(|merchants| merchants.remove(appid).is_some()) {
            return Ok(());
        }
        Err(SandboxError::NotFound(format!(
            "{appid} has not authorised {component_appid}"
        )))
    }

    /// Returns the authorisation of a platform by a merchant.
    pub(crate) fn merchant(&self, component_appid: &str, appid: &str) -> Option<&Authorization> {
        self.merchants.get(component_appid)?.get(appid)
    }

    pub(crate) fn merchant_mut(
        &mut self,
        component_appid: &str,
        appid: &str,
    ) -> Option<&mut Authorization> {
        self.merchants.get_mut(component_appid)?.get_mut(appid)
    }

    /// Returns the merchants that have authorised the platform.
    pub(crate) fn merchants_of(
        &self,
        component_appid: &str,
    ) -> impl Iterator<Item = (&String, &Authorization)> {
        self.merchants.get(component_appid).into_iter().flatten()
    }
}
