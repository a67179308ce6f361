//! The authorisations of platforms by merchants: permission sets and refresh tokens.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::secrets::GeneratedSecret;
use crate::clock::Moment;
use crate::refusal::Refusal;
use crate::succession::OldRefreshToken;

/// The rest of an old refresh token's life, if it [dies
/// later](OldRefreshToken::DiesAfterFiveMinutes).
const FIVE_MINUTES: Duration = Duration::from_secs(5 * 60);

/// The greatest number of old refresh tokens of one authorisation.
const MAX_FORMER: usize = 1_000;

/// A refresh token and the access token of the same response. The first refresh token of an
/// authorisation comes without an access token.
#[derive(Clone)]
struct IssuedRefreshToken {
    refresh_token: String,
    access_token: Option<String>,
    /// `None` if its life does not depend on the time.
    dies_at: Option<Moment>,
}

impl IssuedRefreshToken {
    fn is_valid(&self, now: Moment) -> bool {
        self.dies_at.is_none_or(|dies_at| now < dies_at)
    }
}

/// The authorisation of one platform by one merchant. It has no `Debug`, because that would show
/// tokens.
#[derive(Clone)]
pub(crate) struct Authorization {
    pub(crate) permission_sets: BTreeSet<u16>,
    /// When the merchant last authorised the platform.
    pub(crate) auth_time: Moment,
    present: IssuedRefreshToken,
    /// The old refresh tokens that are still valid, oldest first.
    former: Vec<IssuedRefreshToken>,
}

impl Authorization {
    /// Returns the latest refresh token.
    pub(crate) fn refresh_token(&self) -> &str {
        &self.present.refresh_token
    }

    fn accepts(&self, refresh_token: &str, now: Moment) -> bool {
        self.former
            .iter()
            .chain([&self.present])
            .any(|issued| issued.is_valid(now) && issued.refresh_token == refresh_token)
    }
}

#[derive(Clone, Default)]
pub(crate) struct Authorizations {
    /// The authorisations by component_appid and the merchant's appid.
    granted: BTreeMap<(String, String), Authorization>,
}

impl Authorizations {
    pub(crate) fn get(&self, component_appid: &str, appid: &str) -> Option<&Authorization> {
        self.granted.get(&key(component_appid, appid))
    }

    /// Makes the merchant authorise the platform, for the first time or again. Old refresh tokens
    /// are dead.
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
            present: IssuedRefreshToken {
                refresh_token,
                access_token: None,
                dies_at: None,
            },
            former: Vec::new(),
        };
        self.granted
            .insert(key(component_appid, appid), authorization);
    }

    /// Checks the refresh token. If the merchant has not authorised the platform, the result is
    /// 61003. If the refresh token is wrong or dead, it is 61023.
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

    /// Returns the refresh token for the response with this access token: a new one, or the same
    /// again. If the merchant has not authorised the platform, the result is 61003.
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
        let next = IssuedRefreshToken {
            refresh_token: GeneratedSecret::RefreshToken.generate(),
            access_token: Some(access_token.to_owned()),
            dies_at: None,
        };
        let mut old_token = std::mem::replace(&mut authorization.present, next);
        let former = &mut authorization.former;
        match old {
            OldRefreshToken::DiesAtOnce => former.clear(),
            OldRefreshToken::DiesAfterFiveMinutes => {
                old_token.dies_at = Some(now.saturating_add(FIVE_MINUTES));
                former.push(old_token);
            }
            OldRefreshToken::Stays | OldRefreshToken::DiesAtFirstUse => former.push(old_token),
        }
        former.retain(|issued| issued.is_valid(now));
        let surplus = former.len().saturating_sub(MAX_FORMER);
        former.drain(..surplus);
        Ok(authorization.present.refresh_token.clone())
    }

    /// Returns the authorisation behind a merchant's access token, and notes its use: refresh
    /// tokens older than the access token die, unless they die at a set time. If the merchant has
    /// not authorised the platform, the result is 61003.
    pub(crate) fn use_access_token(
        &mut self,
        component_appid: &str,
        appid: &str,
        access_token: &str,
    ) -> Result<&Authorization, Refusal> {
        let authorization = self
            .granted
            .get_mut(&key(component_appid, appid))
            .ok_or_else(|| Refusal::new(61003))?;
        let is_issued_with =
            |issued: &IssuedRefreshToken| issued.access_token.as_deref() == Some(access_token);
        let former = &mut authorization.former;
        let used = if is_issued_with(&authorization.present) {
            Some(former.len())
        } else {
            former.iter().position(is_issued_with)
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

    /// Removes an authorisation. Returns whether it existed.
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

    /// Returns the merchants that have authorised the platform.
    pub(crate) fn merchants_of<'a>(
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
