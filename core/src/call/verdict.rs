//! What an answer, or the lack of one, means for the call.

use core::time::Duration;

use super::SendFailure;
use crate::errcode::Reaction;
use crate::error::{Error, OwnCode};
use crate::response::{Fields, Response};

#[derive(Debug)]
pub(super) enum Verdict {
    /// WeChat says that it is done.
    Success(Fields),
    /// The token is stale.
    Stale(Error),
    /// Not applied; sending again after `wait`, at least, may succeed.
    Again { error: Error, wait: Duration },
    /// Nothing was sent, so another host may be tried.
    NothingSent(Error),
    /// A write may have been applied.
    Unknown(Error),
    /// Not applied, and sending again is no use.
    Refused(Error),
}

/// `stale_is_final`: the token has been renewed already, or the call itself asks for one.
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
        Ok(object) => judge_object(object, stale_is_final),
        // A proxy's refusal: the request has not reached WeChat.
        Err(error) if matches!(response.status, 300..=407 | 409..=428 | 430..=499) => {
            Verdict::Refused(error.with_retryable(false))
        }
        Err(error) => Verdict::Unknown(error),
    }
}

fn judge_object(object: Fields, stale_is_final: bool) -> Verdict {
    let errcode = match object.errcode() {
        Some(0) => return Verdict::Success(object),
        Some(errcode) => errcode,
        // Answers that hold something may leave it out; what they hold decides.
        None if !object.has("errcode") => return Verdict::Success(object),
        None => {
            return Verdict::Unknown(Error::new(
                OwnCode::UnexpectedResponse,
                "the answer has an errcode that is not a whole number",
            ));
        }
    };
    let error = Error::from_answer(errcode, object.errmsg());
    let Some(code) = error.code().documented() else {
        return Verdict::Refused(error);
    };
    match code.reaction {
        Reaction::Renew if !stale_is_final => Verdict::Stale(error),
        Reaction::Wait => Verdict::Again {
            error,
            wait: code.wait,
        },
        Reaction::ReadBack => Verdict::Unknown(error),
        Reaction::Stop | Reaction::Fix | Reaction::Renew => Verdict::Refused(error),
    }
}
