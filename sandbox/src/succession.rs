use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Moment;

/// What becomes of an authorizer_refresh_token when the next one is issued. WeChat's pages do not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OldRefreshToken {
    /// It dies at once, whether the answer with the next one arrives or not: 61023.
    #[default]
    DiesAtOnce,
    /// It may be used again until the access token that came with a later one is first used.
    DiesAtFirstUse,
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
    /// What becomes of the old refresh token, whatever becomes of the access token.
    pub old_refresh_token: OldRefreshToken,
}

impl Default for TokenSuccession {
    /// 5 minutes of overlap. Source: the official page of getAccessToken.
    fn default() -> Self {
        Self {
            overlap_seconds: 300,
            kill_old_at_once: false,
            old_refresh_token: OldRefreshToken::DiesAtOnce,
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
