//! What a response, or a failure to get one, means for the call.

use core::time::Duration;

use super::SendFailure;
use crate::errcode::Reaction;
use crate::error::{Error, OwnCode};
use crate::response::{Fields, TextResponse};

/// Why a request has failed, and what the call does next.
pub(super) type Failure = (Next, Error);

/// What the call does next after a request that has failed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Next {
    /// The token is stale: renew it.
    RenewToken,
    /// Nothing was applied: retry, after `wait` at least.
    Retry { wait: Duration },
    /// Nothing was sent: try another host.
    TryNextHost,
    /// A write may have been applied: read it back.
    ReadBack,
    /// Nothing was applied, and a retry would fail too.
    Fail,
}

/// Judges a response; returns its fields if WeChat has done what the request asks.
/// `stale_is_final`: the call has renewed its token already, or gets a token itself.
pub(super) fn judge<'a>(
    response: Result<&'a TextResponse, &SendFailure>,
    stale_is_final: bool,
) -> Result<Fields<'a>, Failure> {
    let response = response.map_err(|failure| {
        let error = Error::new(failure.cause.code(), failure.detail.as_str());
        let next = match (failure.sent, error.is_retryable()) {
            (true, _) => Next::ReadBack,
            (false, true) => Next::TryNextHost,
            (false, false) => Next::Fail,
        };
        (next, error)
    })?;
    match response.fields() {
        Ok(fields) => judge_fields(fields, stale_is_final),
        // A proxy refused the request, which has not reached WeChat.
        Err(error) if matches!(response.status, 300..=407 | 409..=428 | 430..=499) => {
            Err((Next::Fail, error.with_retryable(false)))
        }
        Err(error) => Err((Next::ReadBack, error)),
    }
}

fn judge_fields(fields: Fields<'_>, stale_is_final: bool) -> Result<Fields<'_>, Failure> {
    let errcode = match fields.errcode() {
        Some(0) => return Ok(fields),
        Some(errcode) => errcode,
        // A response with content may have no errcode. Its fields decide.
        None if !fields.has("errcode") => return Ok(fields),
        None => {
            let what = "the response has an errcode that is not a whole number";
            return Err((
                Next::ReadBack,
                Error::new(OwnCode::UnexpectedResponse, what),
            ));
        }
    };
    let error = Error::from_answer(errcode, fields.errmsg());
    let next = error.code().documented().map(|code| match code.reaction {
        Reaction::Renew if !stale_is_final => Next::RenewToken,
        Reaction::Wait => Next::Retry { wait: code.wait },
        Reaction::ReadBack => Next::ReadBack,
        Reaction::Stop | Reaction::Fix | Reaction::Renew => Next::Fail,
    });
    Err((next.unwrap_or(Next::Fail), error))
}
