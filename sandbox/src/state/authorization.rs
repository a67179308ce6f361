//! The authorisation of a platform by a merchant: permission sets and refresh tokens.

use std::collections::BTreeSet;
use std::time::Duration;

use super::secrets::GeneratedSecret;
use crate::clock::Moment;
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
    /// The end of a life that depends on the time.
    dies_at: Option<Moment>,
}

/// The authorisation of one platform by one merchant. It has no `Debug`, because that would show
/// tokens.
#[derive(Clone)]
pub(crate) struct Authorization {
    pub(crate) permission_sets: BTreeSet<u16>,
    /// When the merchant last authorised the platform.
    pub(crate) auth_time: Moment,
    /// Whether the platform has exchanged an authorization_code. Before that,
    /// `api_get_authorizer_list` does not show the refresh token.
    pub(crate) is_exchanged: bool,
    present: IssuedRefreshToken,
    /// The old refresh tokens that are still valid, oldest first.
    former: Vec<IssuedRefreshToken>,
}

impl Authorization {
    /// Makes the authorisation of a platform that knows the refresh token.
    pub(crate) fn new(permission_sets: BTreeSet<u16>, refresh_token: String, now: Moment) -> Self {
        Self {
            permission_sets,
            auth_time: now,
            is_exchanged: true,
            present: IssuedRefreshToken {
                refresh_token,
                access_token: None,
                dies_at: None,
            },
            former: Vec::new(),
        }
    }

    /// Returns the latest refresh token.
    pub(crate) fn refresh_token(&self) -> &str {
        &self.present.refresh_token
    }

    /// Returns the latest refresh token, if the platform has exchanged an authorization_code.
    pub(crate) fn shown_refresh_token(&self) -> Option<&str> {
        self.is_exchanged.then(|| self.refresh_token())
    }

    /// Whether the refresh token is right and alive.
    pub(crate) fn accepts(&mut self, refresh_token: &str, now: Moment) -> bool {
        self.remove_dead(now);
        let mut all = self.former.iter().chain([&self.present]);
        all.any(|issued| issued.refresh_token == refresh_token)
    }

    /// Makes the refresh token for the response with this access token: a new one, or the same
    /// again.
    pub(crate) fn rotate(&mut self, access_token: &str, old: OldRefreshToken, now: Moment) {
        let access_token = Some(access_token.to_owned());
        if old == OldRefreshToken::Stays {
            self.present.access_token = access_token;
        } else {
            self.supersede(access_token, old, now);
        }
    }

    /// Makes a new refresh token, without an access token. If the old one is to stay, it dies at
    /// once.
    pub(crate) fn replace_refresh_token(&mut self, old: OldRefreshToken, now: Moment) {
        self.supersede(None, old, now);
    }

    /// Notes that the platform has got this access token for an authorization_code.
    pub(crate) fn note_exchange(&mut self, access_token: &str) {
        self.is_exchanged = true;
        self.present.access_token = Some(access_token.to_owned());
    }

    /// Lets the refresh tokens of a former authorisation live for 5 more minutes.
    pub(crate) fn keep_former(&mut self, former: Self, now: Moment) {
        let dies_at = now.saturating_add(FIVE_MINUTES);
        self.former = former.former;
        self.former.push(former.present);
        for issued in &mut self.former {
            issued.dies_at = Some(
                issued
                    .dies_at
                    .map_or(dies_at, |earlier| earlier.min(dies_at)),
            );
        }
        self.trim(now);
    }

    fn supersede(&mut self, access_token: Option<String>, old: OldRefreshToken, now: Moment) {
        let next = IssuedRefreshToken {
            refresh_token: GeneratedSecret::RefreshToken.generate(),
            access_token,
            dies_at: None,
        };
        let mut former = std::mem::replace(&mut self.present, next);
        if old == OldRefreshToken::DiesAfterFiveMinutes {
            former.dies_at = Some(now.saturating_add(FIVE_MINUTES));
        }
        self.former.push(former);
        if matches!(old, OldRefreshToken::DiesAtOnce | OldRefreshToken::Stays) {
            self.former.clear();
        }
        self.trim(now);
    }

    /// Removes dead refresh tokens, and the oldest if there are too many.
    fn trim(&mut self, now: Moment) {
        self.remove_dead(now);
        let surplus = self.former.len().saturating_sub(MAX_FORMER);
        self.former.drain(..surplus);
    }

    fn remove_dead(&mut self, now: Moment) {
        self.former
            .retain(|issued| issued.dies_at.is_none_or(|dies_at| now < dies_at));
    }

    /// Notes the use of an access token: older refresh tokens die, unless they die at a set time.
    pub(crate) fn note_use(&mut self, access_token: &str) {
        let used = (self.former.iter().chain([&self.present]))
            .position(|issued| issued.access_token.as_deref() == Some(access_token));
        let mut index = 0;
        self.former.retain(|issued| {
            index += 1;
            index > used.unwrap_or(0) || issued.dies_at.is_some()
        });
    }
}
