//! Describes failures in our own words.
//!
//! ureq's errors have no source chain, and some of their texts hold the whole URL with the token.
//! None of their texts is passed on.

use std::fmt;
use std::io;

use jumpqr_core::call::{FailureCause, SendFailure};
use ureq::Timeout;

use crate::cancel::CALLER_CANCELLED;

/// A failure of our own, which passes through ureq as one of its errors.
#[derive(Debug)]
enum Failure {
    NotSent(SendFailure),
    Cancelled { sent: bool },
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotSent(failure) => &failure.detail,
            Self::Cancelled { .. } => CALLER_CANCELLED,
        })
    }
}

impl std::error::Error for Failure {}

impl From<Failure> for SendFailure {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotSent(failure) => failure,
            Failure::Cancelled { sent } => Self {
                cause: FailureCause::Cancelled,
                sent,
                detail: CALLER_CANCELLED.to_owned(),
            },
        }
    }
}

/// Returns the error for a failure before anything was sent.
pub(super) fn error_before_sending(cause: FailureCause, detail: String) -> ureq::Error {
    let failure = SendFailure::before_sending(cause, detail);
    ureq::Error::Other(Box::new(Failure::NotSent(failure)))
}

/// Returns the error for a call that is cancelled when the request may have been sent.
pub(super) fn cancel_error_after_sending() -> ureq::Error {
    ureq::Error::Other(Box::new(Failure::Cancelled { sent: true }))
}

/// Returns the error for a call that is cancelled before anything was sent.
pub(super) fn cancel_error_before_sending() -> ureq::Error {
    ureq::Error::Other(Box::new(Failure::Cancelled { sent: false }))
}

/// Returns whether the error says that the call is cancelled.
pub(super) fn is_cancelled(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::Other(other) => {
            matches!(other.downcast_ref(), Some(Failure::Cancelled { .. }))
        }
        _ => false,
    }
}

/// Returns our own failure before sending, if the error is one.
pub(super) fn failure_before_sending(error: &ureq::Error) -> Option<&SendFailure> {
    match error {
        ureq::Error::Other(other) => match other.downcast_ref() {
            Some(Failure::NotSent(failure)) => Some(failure),
            _ => None,
        },
        _ => None,
    }
}

/// Describes the error with which a request failed.
pub(super) fn to_send_failure(error: ureq::Error) -> SendFailure {
    match error {
        ureq::Error::Other(other) => match other.downcast::<Failure>() {
            Ok(failure) => (*failure).into(),
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
