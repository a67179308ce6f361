//! Describes failures in our own words.
//!
//! ureq's errors have no source chain, and some of their texts hold the whole URL with the token.
//! None of their texts is passed on.

use std::fmt;
use std::io;

use jumpqr_core::call::{CALLER_CANCELLED, FailureCause, SendFailure};
use ureq::Timeout;

/// A failure of our own, which passes through ureq as one of its errors.
#[derive(Debug)]
struct Failure(SendFailure);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.detail)
    }
}

impl std::error::Error for Failure {}

/// Returns the error for a failure before anything was sent.
pub(super) fn error_before_sending(cause: FailureCause, detail: String) -> ureq::Error {
    ureq::Error::Other(Box::new(Failure(SendFailure::before_sending(
        cause, detail,
    ))))
}

/// Returns the error for a call that is cancelled. `sent`: the request may have been sent.
pub(super) fn cancel_error(sent: bool) -> ureq::Error {
    ureq::Error::Other(Box::new(Failure(SendFailure {
        cause: FailureCause::Cancelled,
        sent,
        detail: CALLER_CANCELLED.to_owned(),
    })))
}

/// Returns our own failure, if the error is one.
pub(super) fn own_failure(error: &ureq::Error) -> Option<&SendFailure> {
    match error {
        ureq::Error::Other(other) => other.downcast_ref().map(|Failure(failure)| failure),
        _ => None,
    }
}

/// Returns whether the error says that the call is cancelled.
pub(super) fn is_cancelled(error: &ureq::Error) -> bool {
    own_failure(error).is_some_and(|failure| failure.cause == FailureCause::Cancelled)
}

/// Describes the error with which a request failed.
pub(super) fn to_send_failure(error: ureq::Error) -> SendFailure {
    match error {
        ureq::Error::Other(other) => match other.downcast::<Failure>() {
            Ok(failure) => failure.0,
            Err(_) => connection_lost("the connection failed"),
        },
        ureq::Error::Timeout(timeout) => SendFailure::after_sending(
            FailureCause::Timeout,
            match timeout {
                Timeout::PerRead => "the server sent nothing for too long",
                Timeout::PerWrite | Timeout::SendRequest | Timeout::SendBody => {
                    "sending the request took too long"
                }
                _ => "the response did not arrive in time",
            },
        ),
        ureq::Error::BodyExceedsLimit(limit) => SendFailure::after_sending(
            FailureCause::BodyTooLarge,
            format!("the response is larger than {limit} bytes"),
        ),
        ureq::Error::LargeResponseHeader(..) => SendFailure::after_sending(
            FailureCause::BodyTooLarge,
            "the head of the response is too large",
        ),
        ureq::Error::Http(_) | ureq::Error::BadUri(_) | ureq::Error::RequireHttpsOnly(_) => {
            SendFailure::before_sending(
                FailureCause::Refused,
                "the URL to call is not valid; check the base URL",
            )
        }
        ureq::Error::Protocol(_) => connection_lost("the server did not respond in HTTP"),
        ureq::Error::Io(io) => match io.kind() {
            io::ErrorKind::UnexpectedEof => {
                connection_lost("the server closed the connection before the response was complete")
            }
            kind => connection_lost(&format!("the connection broke: {kind}")),
        },
        _ => connection_lost("the connection failed"),
    }
}

fn connection_lost(detail: &str) -> SendFailure {
    SendFailure::after_sending(FailureCause::ConnectionLost, detail)
}
