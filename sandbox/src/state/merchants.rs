//! The changes of authorisations: by a control endpoint, a page or an interface. They push what
//! happened to the platform, as WeChat does, and return it.

use std::collections::BTreeSet;
use std::time::Duration;

use super::State;
use super::authorization::Authorization;
use super::codes::PUSHED_CODE_LIFETIME;
use super::event::{AuthorizationEvent, InfoType, PushedCodes};
use super::holder::Holder;
use super::secrets::GeneratedSecret;
use crate::error::SandboxError;
use crate::succession::OldRefreshToken;

/// An authorisation that a merchant has given.
pub(crate) struct Authorized {
    pub(crate) refresh_token: String,
    /// `None` if nothing has changed for the platform.
    pub(crate) event: Option<AuthorizationEvent>,
}

/// How a merchant authorises a platform.
#[derive(Default)]
pub(crate) struct Grant {
    /// `None`: the permission sets stay as they are. The first time, the platform gets all of the
    /// account's.
    pub(crate) permission_sets: Option<BTreeSet<u16>>,
    /// Whether the platform knows the refresh token already, as after `api_query_auth`. If not,
    /// `api_get_authorizer_list` does not show it.
    pub(crate) is_exchanged: bool,
    /// The code of the link. `None` if the merchant came by no link.
    pub(crate) pre_auth_code: Option<String>,
}

impl State {
    /// Makes the account authorise the platform, for the first time or again.
    pub(crate) fn authorize(
        &mut self,
        component_appid: &str,
        appid: &str,
        grant: Grant,
    ) -> Result<Authorized, SandboxError> {
        self.platform(component_appid)?;
        let account = self.account(appid)?;
        let merchants = self.merchants.get(component_appid);
        let former = merchants
            .and_then(|merchants| merchants.get(appid))
            .cloned();
        let former_sets = former.as_ref().map(|former| &former.permission_sets);
        let permission_sets = grant
            .permission_sets
            .unwrap_or_else(|| former_sets.unwrap_or(&account.permission_sets).clone());
        let info_type = match former_sets {
            None => Some(InfoType::Authorized),
            Some(former_sets) if *former_sets != permission_sets => {
                Some(InfoType::UpdateAuthorized)
            }
            Some(_) => None,
        };
        if former.is_none() {
            // A new authorisation must not revive the tokens of a revoked one.
            let merchant = Holder::merchant(component_appid, appid);
            self.kill_where(|holder| *holder == merchant);
        }
        let refresh_token = GeneratedSecret::RefreshToken.generate();
        let now = self.clock.now();
        let mut authorization = Authorization::new(permission_sets, refresh_token.clone(), now);
        authorization.is_exchanged = grant.is_exchanged;
        if let Some(former) = former {
            authorization.is_exchanged |= former.is_exchanged;
            if self.succession.old_refresh_token == OldRefreshToken::DiesAfterFiveMinutes {
                authorization.keep_former(former, now);
            }
        }
        self.put_authorization(component_appid, appid, authorization);
        let event = info_type.map(|info_type| {
            let codes = self.issue_pushed_codes(component_appid, appid, grant.pre_auth_code);
            self.make_event(info_type, component_appid, appid, Some(codes))
        });
        if let Some(event) = &event {
            self.push_event(event);
        }
        Ok(Authorized {
            refresh_token,
            event,
        })
    }

    /// Sets the authorisation of a platform by an account.
    pub(crate) fn put_authorization(
        &mut self,
        component_appid: &str,
        appid: &str,
        authorization: Authorization,
    ) {
        let merchants = self.merchants.entry(component_appid.to_owned());
        let merchants = merchants.or_default();
        merchants.insert(appid.to_owned(), authorization);
    }

    /// Issues a code with which the platform gets the merchant's tokens.
    pub(crate) fn issue_authorization_code(
        &mut self,
        component_appid: &str,
        appid: &str,
        lifetime: Duration,
    ) -> String {
        let now = self.clock.now();
        self.codes
            .issue_authorization_code(component_appid, appid, now, lifetime)
    }

    fn issue_pushed_codes(
        &mut self,
        component_appid: &str,
        appid: &str,
        pre_auth_code: Option<String>,
    ) -> PushedCodes {
        PushedCodes {
            authorization_code: self.issue_authorization_code(
                component_appid,
                appid,
                PUSHED_CODE_LIFETIME,
            ),
            expires_at: self.clock.now().saturating_add(PUSHED_CODE_LIFETIME),
            pre_auth_code: pre_auth_code.unwrap_or_else(|| GeneratedSecret::PreAuthCode.generate()),
        }
    }

    fn make_event(
        &self,
        info_type: InfoType,
        component_appid: &str,
        appid: &str,
        codes: Option<PushedCodes>,
    ) -> AuthorizationEvent {
        AuthorizationEvent {
            info_type,
            component_appid: component_appid.to_owned(),
            authorizer_appid: appid.to_owned(),
            create_time: self.clock.now(),
            codes,
        }
    }

    /// Makes the account end its authorisation. Its codes die, too.
    pub(crate) fn revoke(
        &mut self,
        component_appid: &str,
        appid: &str,
    ) -> Result<AuthorizationEvent, SandboxError> {
        self.platform(component_appid)?;
        let merchants = self.merchants.get_mut(component_appid);
        if merchants.is_some_and(|merchants| merchants.remove(appid).is_some()) {
            self.codes.remove(component_appid, Some(appid));
            let event = self.make_event(InfoType::Unauthorized, component_appid, appid, None);
            self.push_event(&event);
            return Ok(event);
        }
        Err(SandboxError::NotFound(format!(
            "{appid} has not authorised {component_appid}"
        )))
    }

    /// Gives every merchant of the platform a new refresh token. Returns how many there are.
    pub(crate) fn rotate_refresh_tokens(
        &mut self,
        component_appid: &str,
    ) -> Result<usize, SandboxError> {
        self.platform(component_appid)?;
        let now = self.clock.now();
        let old = self.succession.old_refresh_token;
        let merchants = self.merchants.get_mut(component_appid);
        let mut rotated = 0;
        for authorization in merchants.into_iter().flat_map(|all| all.values_mut()) {
            authorization.replace_refresh_token(old, now);
            rotated += 1;
        }
        Ok(rotated)
    }

    /// Returns the authorisation of a platform by a merchant.
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
