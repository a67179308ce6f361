use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Moment;

/// What `api_authorizer_token` does to a merchant's authorizer_refresh_token. WeChat's pages do not
/// say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OldRefreshToken {
    /// The same one is answered, and goes on working. So it is in WeChat's own sample, and so
    /// several developers measured.
    #[default]
    Stays,
    /// Another one is answered, and the old one dies at once, whether the answer arrives or not:
    /// 61023.
    DiesAtOnce,
    /// Another one is answered. The old one works until the access token that came with a later one
    /// is first used.
    DiesAtFirstUse,
    /// Another one is answered. The old one works for 5 more minutes.
    DiesAfterFiveMinutes,
}

/// What becomes of a token when the next one is issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct TokenSuccession {
    /// How long, in seconds, the former token lives on beside the new one: of `token`, `api_component_token` and
    /// `api_authorizer_token`. That of `stable_token` lives to its end.
    pub overlap_seconds: u64,
    /// Whether every former token dies at once instead, that of `stable_token` too.
    pub kill_old_at_once: bool,
    /// What becomes of a merchant's refresh token, whatever becomes of the access token.
    pub old_refresh_token: OldRefreshToken,
}

impl Default for TokenSuccession {
    /// 5 minutes of overlap. Source: the official page of getAccessToken.
    fn default() -> Self {
        Self {
            overlap_seconds: 300,
            kill_old_at_once: false,
            old_refresh_token: OldRefreshToken::Stays,
        }
    }
}

impl TokenSuccession {
    /// When a token dies that is superseded `now`.
    pub(crate) fn end_of_former(self, now: Moment) -> Moment {
        if self.kill_old_at_once {
            now
        } else {
            now.saturating_add(Duration::from_secs(self.overlap_seconds))
        }
    }
}
