use jumpqr_core::Secret;
use jumpqr_core::error::Result;

use super::{TokenRequest, TokenSource};

/// One token for ever: when WeChat calls it stale, there is no other.
#[derive(Debug)]
pub(crate) struct FixedToken(pub(crate) Secret);

impl TokenSource for FixedToken {
    fn token(&self, request: &TokenRequest<'_>) -> Result<Option<Secret>> {
        Ok(request.rejected.is_none().then(|| self.0.clone()))
    }

    fn token_at_hand(&self, request: &TokenRequest<'_>) -> Option<Result<Option<Secret>>> {
        Some(self.token(request))
    }
}
