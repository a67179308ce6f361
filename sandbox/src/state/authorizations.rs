//! Which accounts have authorised which platforms, to what, and the refresh token of each.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::minted::Minted;
use crate::clock::Moment;
use crate::refusal::Refusal;
use crate::succession::OldRefreshToken;

/// How long an old refresh token lives if it [dies later](OldRefreshToken::DiesAfterFiveMinutes).
const FIVE_MINUTES: Duration = Duration::from_secs(5 * 60);

/// How many old refresh tokens of one authorisation are kept, if nothing kills them.
const MAX_FORMER: usize = 1_000;

/// A refresh token, and the access token that was issued with it; none came with that of the authorisation itself.
struct Issued {
    refresh_token: String,
    access_token: Option<String>,
    /// `None` for one that dies by use, or not at all.
    dies_at: Option<Moment>,
}

impl Issued {
    fn lives(&self, now: Moment) -> bool {
        self.dies_at.is_none_or(|dies_at| now < dies_at)
    }
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

    fn accepts(&self, refresh_token: &str, now: Moment) -> bool {
        self.former
            .iter()
            .chain([&self.present])
            .any(|issued| issued.lives(now) && issued.refresh_token == refresh_token)
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
                dies_at: None,
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
        now: Moment,
    ) -> Result<(), Refusal> {
        let authorization = self
            .get(component_appid, appid)
            .ok_or_else(|| Refusal::new(61003))?;
        if authorization.accepts(refresh_token, now) {
            Ok(())
        } else {
            Err(Refusal::new(61023))
        }
    }

    /// The refresh token that comes with this access token: the next one, or the same again. 61003
    /// if the account has not authorised the platform.
    pub(crate) fn rotate(
        &mut self,
        component_appid: &str,
        appid: &str,
        access_token: &str,
        old: OldRefreshToken,
        now: Moment,
    ) -> Result<String, Refusal> {
        let authorization = self
            .granted
            .get_mut(&key(component_appid, appid))
            .ok_or_else(|| Refusal::new(61003))?;
        if old == OldRefreshToken::Stays {
            authorization.present.access_token = Some(access_token.to_owned());
            return Ok(authorization.present.refresh_token.clone());
        }
        let next = Issued {
            refresh_token: Minted::RefreshToken.mint(),
            access_token: Some(access_token.to_owned()),
            dies_at: None,
        };
        let mut old_one = std::mem::replace(&mut authorization.present, next);
        let former = &mut authorization.former;
        match old {
            OldRefreshToken::DiesAtOnce => former.clear(),
            OldRefreshToken::DiesAfterFiveMinutes => {
                old_one.dies_at = Some(now.saturating_add(FIVE_MINUTES));
                former.push(old_one);
            }
            OldRefreshToken::Stays | OldRefreshToken::DiesAtFirstUse => former.push(old_one),
        }
        former.retain(|issued| issued.lives(now));
        let surplus = former.len().saturating_sub(MAX_FORMER);
        former.drain(..surplus);
        Ok(authorization.present.refresh_token.clone())
    }

    /// The platform calls for the account with this access token. The refresh tokens from before
    /// the one that came with it are dead, unless they die by the clock. 61003 if the account has
    /// not authorised the platform.
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
        let former = &mut authorization.former;
        let used = if came_with(&authorization.present) {
            Some(former.len())
        } else {
            former.iter().position(came_with)
        };
        if let Some(used) = used {
            let mut at = 0;
            former.retain(|issued| {
                at += 1;
                at > used || issued.dies_at.is_some()
            });
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
