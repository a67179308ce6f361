//! What went wrong, in words of our own.
//!
//! ureq's errors have no source chain, and some of their texts hold the whole URL, token included: none is passed on.

use std::fmt;
use std::io;

use jumpqr_core::call::{FailureCause, SendFailure};
use ureq::Timeout;

use crate::cancel::CALLER_CANCELLED;

/// Carries a failure of ours through ureq's errors.
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

pub(super) fn not_sent(cause: FailureCause, detail: String) -> ureq::Error {
    let failure = SendFailure::before_sending(cause, detail);
    ureq::Error::Other(Box::new(Failure::NotSent(failure)))
}

/// The caller cancelled the call after some or all of the request may have been sent.
pub(super) fn cancelled_after_sending() -> ureq::Error {
    ureq::Error::Other(Box::new(Failure::Cancelled { sent: true }))
}

/// The caller cancelled the call before anything was sent.
pub(super) fn cancelled_before_sending() -> ureq::Error {
    ureq::Error::Other(Box::new(Failure::Cancelled { sent: false }))
}

pub(super) fn is_cancelled(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::Other(other) => {
            matches!(other.downcast_ref(), Some(Failure::Cancelled { .. }))
        }
        _ => false,
    }
}

/// What was said of a failure to connect, if it has been said already.
pub(super) fn said(error: &ureq::Error) -> Option<&SendFailure> {
    match error {
        ureq::Error::Other(other) => match other.downcast_ref() {
            Some(Failure::NotSent(failure)) => Some(failure),
            _ => None,
        },
        _ => None,
    }
}

/// What a request failed with.
pub(super) fn failure(error: ureq::Error) -> SendFailure {
    match error {
        ureq::Error::Other(other) => match other.downcast::<Failure>() {
            Ok(failure) => (*failure).into(),
            Err(_) => lost("the connection failed"),
        },
        ureq::Error::Timeout(timeout) => SendFailure::after_sending(
            FailureCause::Timeout,
            match timeout {
                Timeout::PerRead => "the server said nothing for too long",
                Timeout::PerWrite | Timeout::SendRequest | Timeout::SendBody => {
                    "sending the request took too long"
                }
                _ => "the answer did not come in time",
            },
        ),
        ureq::Error::BodyExceedsLimit(limit) => SendFailure::after_sending(
            FailureCause::BodyTooLarge,
            format!("the answer is larger than {limit} bytes"),
        ),
        ureq::Error::LargeResponseHeader(..) => SendFailure::after_sending(
            FailureCause::BodyTooLarge,
            "the head of the answer is too large",
        ),
        ureq::Error::Http(_) | ureq::Error::BadUri(_) | ureq::Error::RequireHttpsOnly(_) => {
            SendFailure::before_sending(
                FailureCause::Refused,
                "the URL to call is not a valid one; check base_url",
            )
        }
        ureq::Error::Protocol(_) => lost("what the server sent is not HTTP"),
        ureq::Error::Io(io) => match io.kind() {
            io::ErrorKind::UnexpectedEof => {
                lost("the server closed the connection before the answer was complete")
            }
            kind => lost(&format!("the connection broke: {kind}")),
        },
        _ => lost("the connection failed"),
    }
}

fn lost(detail: &str) -> SendFailure {
    SendFailure::after_sending(FailureCause::ConnectionLost, detail)
}
