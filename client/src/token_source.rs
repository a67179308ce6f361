//! Where a call gets its access token.
//!
//! This stands below the driver of calls, and knows no store and no interface. The tokens that are
//! renewed and stored are in [`tokens`](crate::tokens), above the driver.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use jumpqr_core::Secret;
use jumpqr_core::check::has_white_space;
use jumpqr_core::error::{Error, OwnCode, Result};
use jumpqr_core::interface::is_credential_too_long;

use crate::cancel::Cancel;
use crate::on_thread::on_thread;
use crate::token_status::TokenStatus;

/// Provides access tokens. It is asked before every call, from many threads at once, so it keeps
/// the token that it has.
pub trait TokenSource: Send + Sync + 'static {
    /// Returns a token that is newer than the rejected one, if one was rejected; `Ok(None)` if
    /// there is no newer one.
    fn token(&self, request: &TokenRequest<'_>) -> Result<Option<Secret>>;

    /// Returns what [`token`](Self::token) returns if that takes no waiting, and calls no function
    /// of others; `None` if it may take some time.
    fn cached_token(&self, _request: &TokenRequest<'_>) -> Option<Result<Option<Secret>>> {
        None
    }

    /// Whether [`token`](Self::token) must be called on the thread of the call. If not, it is
    /// called on a thread of its own for a call that can be [cancelled](crate::Cancel::with_check)
    /// while it waits.
    fn is_bound_to_thread(&self) -> bool {
        false
    }

    /// Returns the error of a merchant who has ended the authorisation of its platform, as far as
    /// the store knows. It is asked after WeChat has refused a call with the token because the
    /// merchant has not authorised the platform.
    fn end_of_authorisation(&self, _timeout: Duration) -> Option<Error> {
        None
    }

    /// Returns the state of the token in its store, which may take `timeout`; `None` if there is no
    /// store.
    fn status(&self, _timeout: Duration) -> Result<Option<TokenStatus>> {
        Ok(None)
    }
}

/// What a token is asked for.
#[derive(Debug, Clone, Copy)]
pub struct TokenRequest<'a> {
    /// The token that WeChat has just called stale.
    pub rejected: Option<&'a Secret>,
    /// How long the call that needs the token has left.
    pub time_left: Duration,
}

/// The same token for ever. If WeChat calls it stale, there is no other.
#[derive(Debug)]
pub(crate) struct FixedToken(pub(crate) Secret);

impl TokenSource for FixedToken {
    fn token(&self, request: &TokenRequest<'_>) -> Result<Option<Secret>> {
        Ok(request.rejected.is_none().then(|| self.0.clone()))
    }

    fn cached_token(&self, request: &TokenRequest<'_>) -> Option<Result<Option<Secret>>> {
        Some(self.token(request))
    }
}

/// What the caller's function may fail with.
type Failure = Box<dyn StdError + Send + Sync>;

/// The caller's own function, for example a request to a central token service.
pub(crate) struct TokenFunction<F>(pub(crate) F);

impl<F> TokenSource for TokenFunction<F>
where
    F: Fn(&TokenRequest<'_>) -> Result<Secret, Failure> + Send + Sync + 'static,
{
    fn token(&self, request: &TokenRequest<'_>) -> Result<Option<Secret>> {
        let token = (self.0)(request).map_err(|failure| match failure.downcast::<Error>() {
            Ok(error) => *error,
            Err(failure) => Error::new(OwnCode::TokenSourceFailed, "the token function failed")
                .with_source(failure),
        })?;
        let mistake = match token.expose() {
            "" => "an empty token",
            text if has_white_space(text) => {
                "a token with white space or a control character in it"
            }
            text if is_credential_too_long(text) => {
                "a token that is far too long; WeChat's have up to 512 characters"
            }
            // WeChat would reject the same token again.
            _ => return Ok(Some(token).filter(|token| request.rejected != Some(token))),
        };
        let message = format!("the token function gave {mistake}");
        Err(Error::new(OwnCode::TokenSourceFailed, message))
    }

    /// The function is the caller's own, and may use what is bound to the caller's thread.
    fn is_bound_to_thread(&self) -> bool {
        true
    }
}

/// The tokens of a source, for a call that can be cancelled while it waits for one.
///
/// A request for a token is not broken off: others may be waiting for it, and a refresh token that
/// comes with it would be lost. So it is made on another thread, which ends it in any case.
pub(crate) struct CancellableSource {
    pub(crate) source: Arc<dyn TokenSource>,
    pub(crate) cancel: Cancel,
}

impl TokenSource for CancellableSource {
    fn token(&self, request: &TokenRequest<'_>) -> Result<Option<Secret>> {
        if self.source.is_bound_to_thread() {
            return self.source.token(request);
        }
        let source = Arc::clone(&self.source);
        let rejected = request.rejected.cloned();
        let time_left = request.time_left;
        let get = move || {
            source.token(&TokenRequest {
                rejected: rejected.as_ref(),
                time_left,
            })
        };
        on_thread("jumpqr-token", &self.cancel, get)?
    }

    fn cached_token(&self, request: &TokenRequest<'_>) -> Option<Result<Option<Secret>>> {
        self.source.cached_token(request)
    }

    fn end_of_authorisation(&self, timeout: Duration) -> Option<Error> {
        let source = Arc::clone(&self.source);
        let look = move || source.end_of_authorisation(timeout);
        on_thread("jumpqr-token", &self.cancel, look).ok().flatten()
    }
}
