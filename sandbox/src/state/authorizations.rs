//! Which accounts have authorised which platforms, to what, and the refresh token of each.

use std::collections::{BTreeMap, BTreeSet};

use super::minted::Minted;
use crate::clock::Moment;
use crate::refusal::Refusal;
use crate::succession::OldRefreshToken;

/// A refresh token, and the access token that was issued with it; none came with that of the authorisation itself.
struct Issued {
    refresh_token: String,
    access_token: Option<String>,
}

/// Has no `Debug`: it holds tokens.
pub(crate) struct Authorization {
    pub(crate) permission_sets: BTreeSet<u16>,
    /// When the account authorised the platform last.
    pub(crate) auth_time: Moment,
    present: Issued,
    /// The earlier ones that still live, oldest first.
    former: Vec<Issued>,
}

impl Authorization {
    /// The present one.
    pub(crate) fn refresh_token(&self) -> &str {
        &self.present.refresh_token
    }

    fn accepts(&self, refresh_token: &str) -> bool {
        self.former
            .iter()
            .chain([&self.present])
            .any(|issued| issued.refresh_token == refresh_token)
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

    /// The account authorises the platform, for the first time or again; a former refresh token is dead.
    pub(crate) fn grant(
        &mut self,
        component_appid: &str,
        appid: &str,
        permission_sets: BTreeSet<u16>,
        refresh_token: String,
        now: Moment,
    ) {
        let authorization = Authorization {
            permission_sets,
            auth_time: now,
            present: Issued {
                refresh_token,
                access_token: None,
            },
            former: Vec::new(),
        };
        self.granted
            .insert(key(component_appid, appid), authorization);
    }

    /// 61003 where the account has not authorised the platform, 61023 for a refresh token that is none or dead.
    pub(crate) fn check(
        &self,
        component_appid: &str,
        appid: &str,
        refresh_token: &str,
    ) -> Result<(), Refusal> {
        let authorization = self
            .get(component_appid, appid)
            .ok_or_else(|| Refusal::new(61003))?;
        if authorization.accepts(refresh_token) {
            Ok(())
        } else {
            Err(Refusal::new(61023))
        }
    }

    /// The next refresh token, which comes with this access token; 61003 where the account has not authorised the platform.
    pub(crate) fn rotate(
        &mut self,
        component_appid: &str,
        appid: &str,
        access_token: &str,
        old: OldRefreshToken,
    ) -> Result<String, Refusal> {
        let authorization = self
            .granted
            .get_mut(&key(component_appid, appid))
            .ok_or_else(|| Refusal::new(61003))?;
        let next = Issued {
            refresh_token: Minted::RefreshToken.mint(),
            access_token: Some(access_token.to_owned()),
        };
        let old_one = std::mem::replace(&mut authorization.present, next);
        match old {
            OldRefreshToken::DiesAtOnce => authorization.former.clear(),
            OldRefreshToken::DiesAtFirstUse => authorization.former.push(old_one),
        }
        Ok(authorization.present.refresh_token.clone())
    }

    /// The platform calls for the account with this access token: the refresh tokens from before the one that came with it
    /// are dead. 61003 where the account has not authorised the platform.
    pub(crate) fn admit(
        &mut self,
        component_appid: &str,
        appid: &str,
        access_token: &str,
    ) -> Result<&Authorization, Refusal> {
        let authorization = self
            .granted
            .get_mut(&key(component_appid, appid))
            .ok_or_else(|| Refusal::new(61003))?;
        let came_with = |issued: &Issued| issued.access_token.as_deref() == Some(access_token);
        if came_with(&authorization.present) {
            authorization.former.clear();
        } else if let Some(at) = authorization.former.iter().position(came_with) {
            authorization.former.drain(..at);
        }
        Ok(authorization)
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
