use std::error::Error as StdError;

use jumpqr_core::Secret;
use jumpqr_core::check::has_white_space;
use jumpqr_core::error::{Error, OwnCode, Result};
use jumpqr_core::interface::LONGEST_CREDENTIAL;

use super::{TokenRequest, TokenSource};

/// What the caller's function may fail with.
type Failure = Box<dyn StdError + Send + Sync>;

/// The caller's own function, for example a request to a central token service.
pub(crate) struct TokenFunction<F>(pub(crate) F);

impl<F> TokenSource for TokenFunction<F>
where
    F: Fn(&TokenRequest<'_>) -> Result<Secret, Failure> + Send + Sync + 'static,
{
    fn token(&self, request: &TokenRequest<'_>) -> Result<Option<Secret>> {
        match (self.0)(request) {
            Ok(token) if token.expose().is_empty() => Err(Error::new(
                OwnCode::TokenSourceFailed,
                "the token function gave an empty token",
            )),
            Ok(token) if has_white_space(token.expose()) => Err(Error::new(
                OwnCode::TokenSourceFailed,
                "the token function gave a token with white space or a control character in it",
            )),
            Ok(token) if token.expose().len() > LONGEST_CREDENTIAL => Err(Error::new(
                OwnCode::TokenSourceFailed,
                "the token function gave a token that is far too long; WeChat's have up to 512 characters",
            )),
            // Sending the same token once more would end the same.
            Ok(token) => Ok(Some(token).filter(|token| request.rejected != Some(token))),
            Err(failure) => Err(match failure.downcast::<Error>() {
                Ok(error) => *error,
                Err(failure) => Error::new(OwnCode::TokenSourceFailed, "the token function failed")
                    .with_source(failure),
            }),
        }
    }

    /// The function is the caller's own, and may be bound to the caller's thread.
    fn token_at_hand(&self, request: &TokenRequest<'_>) -> Option<Result<Option<Secret>>> {
        Some(self.token(request))
    }
}
