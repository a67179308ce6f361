use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;

use jumpqr_core::Secret;
use jumpqr_core::error::{Error, OwnCode, Result};

use super::{TokenRequest, TokenSource};
use crate::cancel::{BETWEEN_CHECKS, CALLER_CANCELLED, Cancel};

/// The tokens of a source, for a caller who may give up while one is waited for.
///
/// A request for a token is not broken off: others may be waiting for it, and a refresh token that comes with it would be
/// lost. So it is made on another thread, which ends it in any case.
pub(crate) struct TokensAside {
    source: Arc<dyn TokenSource>,
    cancel: Cancel,
}

impl TokensAside {
    pub(crate) fn new(source: &Arc<dyn TokenSource>, cancel: &Cancel) -> Self {
        Self {
            source: Arc::clone(source),
            cancel: cancel.clone(),
        }
    }
}

impl TokenSource for TokensAside {
    fn token(&self, request: &TokenRequest<'_>) -> Result<Option<Secret>> {
        if let Some(token) = self.source.token_at_hand(request) {
            return token;
        }
        let (sender, receiver) = channel();
        let source = Arc::clone(&self.source);
        let rejected = request.rejected.cloned();
        let time_left = request.time_left;
        let fetch = move || {
            let token = source.token(&TokenRequest {
                rejected: rejected.as_ref(),
                time_left,
            });
            // Nobody listens any more where the caller has given up.
            drop(sender.send(token));
        };
        thread::Builder::new()
            .name("jumpqr-token".to_owned())
            .spawn(fetch)
            .map_err(|error| internal(format!("no thread can be started: {error}")))?;
        loop {
            match receiver.recv_timeout(BETWEEN_CHECKS) {
                Ok(token) => return token,
                Err(RecvTimeoutError::Timeout) if self.cancel.check() => {
                    return Err(Error::new(OwnCode::Cancelled, CALLER_CANCELLED));
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(internal(
                        "the request for a token was broken off".to_owned(),
                    ));
                }
            }
        }
    }
}

fn internal(what: String) -> Error {
    Error::new(OwnCode::Internal, what)
}
