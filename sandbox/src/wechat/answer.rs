//! The answer to a call: the body of the response, and what is recorded of it.

use serde_json::Value;

use crate::refusal::Refusal;
use crate::state::journal::RecordedAnswer;

/// The answer to a call.
#[derive(Debug, Default)]
pub(super) struct Answer {
    /// The body of the response.
    pub(super) body: Vec<u8>,
    pub(super) recorded: RecordedAnswer,
}

impl Answer {
    pub(super) fn success(body: &Value) -> Self {
        Self {
            body: body.to_string().into_bytes(),
            recorded: RecordedAnswer {
                errcode: Some(0),
                ..RecordedAnswer::default()
            },
        }
    }

    /// Makes the answer of a refusal. `errmsg` has the rid.
    pub(super) fn refusal(body: String, refusal: Refusal, errmsg: String) -> Self {
        Self {
            body: body.into_bytes(),
            recorded: RecordedAnswer {
                errcode: Some(refusal.errcode),
                errmsg: Some(errmsg),
                reason: refusal.reason,
            },
        }
    }
}
