//! The settings for tokens that are superseded by a new one.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Moment;

/// What `api_authorizer_token` does to a merchant's authorizer_refresh_token. WeChat's pages do not
/// say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OldRefreshToken {
    /// The response holds the same refresh token, and it keeps working. Source: WeChat's own
    /// sample, and the measurements of several developers.
    #[default]
    Stays,
    /// The response holds a new refresh token. The old one dies at once (61023), even if the
    /// response does not arrive.
    DiesAtOnce,
    /// The response holds a new refresh token. The old one works until the first use of an access
    /// token that was issued with a later refresh token.
    DiesAtFirstUse,
    /// The response holds a new refresh token. The old one works for 5 more minutes.
    DiesAfterFiveMinutes,
}

/// What happens to a token when the next one is issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct TokenSuccession {
    /// How many seconds a superseded token still works, for `token`, `api_component_token` and
    /// `api_authorizer_token`. A superseded token of `stable_token` works until it expires.
    pub overlap_seconds: u64,
    /// Whether every superseded token, including a token of `stable_token`, dies at once instead.
    pub kill_old_at_once: bool,
    /// What happens to a merchant's refresh token. It does not depend on the other fields.
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
    /// Returns when a token dies that is superseded now.
    pub(crate) fn expiry_of_superseded(self, now: Moment) -> Moment {
        if self.kill_old_at_once {
            now
        } else {
            now.saturating_add(Duration::from_secs(self.overlap_seconds))
        }
    }
}
