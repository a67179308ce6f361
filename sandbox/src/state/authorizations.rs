//! Which accounts have authorised which platforms, to what, and the refresh token of each.

use std::collections::{BTreeMap, BTreeSet};

use super::minted::Minted;
use crate::clock::Moment;
use crate::refusal::Refusal;

/// Has no `Debug`: it holds a refresh token.
pub(crate) struct Authorization {
    pub(crate) permission_sets: BTreeSet<u16>,
    /// When the account authorised the platform last.
    pub(crate) auth_time: Moment,
    authorizer_refresh_token: String,
}

impl Authorization {
    /// The present one.
    pub(crate) fn refresh_token(&self) -> &str {
        &self.authorizer_refresh_token
    }
}

#[derive(Default)]
pub(crate) struct Authorizations {
    /// By platform and account.
    granted: BTreeMap<(String, String), Authorization>,
}

impl Authorizations {
    pub(crate) fn get(&self, component_appid: &str, appid: &str) -> Option<&Authorization> {
        self.granted.get(&key(component_appid, appid))
    }

    /// The account authorises the platform, for the first time or again: a new refresh token; a former one is dead.
    pub(crate) fn grant(
        &mut self,
        component_appid: &str,
        appid: &str,
        permission_sets: BTreeSet<u16>,
        now: Moment,
    ) -> String {
        let authorizer_refresh_token = Minted::RefreshToken.mint();
        let authorization = Authorization {
            permission_sets,
            auth_time: now,
            authorizer_refresh_token: authorizer_refresh_token.clone(),
        };
        self.granted
            .insert(key(component_appid, appid), authorization);
        authorizer_refresh_token
    }

    /// The next refresh token, in exchange for the present one, which is dead from then on.
    ///
    /// 61003 where the account has not authorised the platform, 61023 for any other refresh token.
    pub(crate) fn rotate(
        &mut self,
        component_appid: &str,
        appid: &str,
        authorizer_refresh_token: &str,
    ) -> Result<String, Refusal> {
        let authorization = self
            .granted
            .get_mut(&key(component_appid, appid))
            .ok_or_else(|| Refusal::new(61003))?;
        if authorization.authorizer_refresh_token != authorizer_refresh_token {
            return Err(Refusal::new(61023));
        }
        let next = Minted::RefreshToken.mint();
        authorization.authorizer_refresh_token.clone_from(&next);
        Ok(next)
    }

    /// Whether there was one.
    pub(crate) fn revoke(&mut self, component_appid: &str, appid: &str) -> bool {
        self.granted.remove(&key(component_appid, appid)).is_some()
    }

    pub(crate) fn remove_account(&mut self, appid: &str) {
        self.granted.retain(|(_, account), _| account != appid);
    }

    pub(crate) fn remove_platform(&mut self, component_appid: &str) {
        self.granted
            .retain(|(platform, _), _| platform != component_appid);
    }

    /// The accounts that have authorised the platform.
    pub(crate) fn of<'a>(
        &'a self,
        component_appid: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a Authorization)> {
        self.granted
            .iter()
            .filter(move |((platform, _), _)| platform == component_appid)
            .map(|((_, appid), authorization)| (appid.as_str(), authorization))
    }
}

fn key(component_appid: &str, appid: &str) -> (String, String) {
    (component_appid.to_owned(), appid.to_owned())
}
