//! What a response, or a failure to get one, means for the call.

use core::time::Duration;

use super::SendFailure;
use crate::errcode::Reaction;
use crate::error::{Error, OwnCode};
use crate::response::{Fields, Response};

/// What a response, or a failure to get one, means for the call.
#[derive(Debug)]
pub(super) enum Verdict {
    /// WeChat has done what the request asks.
    Success(Fields),
    /// The token is stale.
    Stale(Error),
    /// Not applied. A retry may succeed, after `wait` at least.
    Transient { error: Error, wait: Duration },
    /// Nothing was sent, so another host may be tried.
    NothingSent(Error),
    /// A write may have been applied.
    Unknown(Error),
    /// Not applied, and a retry would fail too.
    Refused(Error),
}

/// Judges a response. `stale_is_final`: the call has renewed its token already, or gets a token
/// itself.
pub(super) fn judge(response: Result<Response, SendFailure>, stale_is_final: bool) -> Verdict {
    let response = match response {
        Ok(response) => response,
        Err(failure) => {
            let sent = failure.sent;
            let error = failure.into_error();
            return match (sent, error.is_retryable()) {
                (true, _) => Verdict::Unknown(error),
                (false, true) => Verdict::NothingSent(error),
                (false, false) => Verdict::Refused(error),
            };
        }
    };
    match response.fields() {
        Ok(fields) => judge_fields(fields, stale_is_final),
        // A proxy refused the request, which has not reached WeChat.
        Err(error) if matches!(response.status, 300..=407 | 409..=428 | 430..=499) => {
            Verdict::Refused(error.with_retryable(false))
        }
        Err(error) => Verdict::Unknown(error),
    }
}

fn judge_fields(fields: Fields, stale_is_final: bool) -> Verdict {
    let errcode = match fields.errcode() {
        Some(0) => return Verdict::Success(fields),
        Some(errcode) => errcode,
        // A response with content may have no errcode. Its fields decide.
        None if !fields.has("errcode") => return Verdict::Success(fields),
        None => {
            return Verdict::Unknown(Error::new(
                OwnCode::UnexpectedResponse,
                "the response has an errcode that is not a whole number",
            ));
        }
    };
    let error = Error::from_answer(errcode, fields.errmsg());
    let Some(code) = error.code().documented() else {
        return Verdict::Refused(error);
    };
    match code.reaction {
        Reaction::Renew if !stale_is_final => Verdict::Stale(error),
        Reaction::Wait => Verdict::Transient {
            error,
            wait: code.wait,
        },
        Reaction::ReadBack => Verdict::Unknown(error),
        Reaction::Stop | Reaction::Fix | Reaction::Renew => Verdict::Refused(error),
    }
}
