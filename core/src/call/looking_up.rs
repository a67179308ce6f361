//! The response to the request that looks the rule up before a write.

use super::{Call, NextAttempt, Phase};
use crate::errcode::Reaction;
use crate::error::Error;
use crate::interface::{GetJumpQRCode, Interface};
use crate::response::Fields;

impl<I: Interface> Call<I> {
    /// Sends the write, unless the list shows that it is done already or cannot succeed.
    pub(super) fn handle_rule_list(&mut self, fields: &Fields<'_>) {
        let Some(change) = self.interface.change() else {
            return;
        };
        match change.look_up(fields) {
            Ok(None) => {
                self.phase = Phase::Asking;
                self.last_error = None;
                if let Some(record) = &mut self.record {
                    record.decide(NextAttempt::Request);
                }
                self.prepare(self.interface.request());
            }
            Ok(Some(response)) => self.succeed(response),
            Err(error) => self.fail(error),
        }
    }
}

/// Returns the error of the request that looked the rule up. The write was not sent, so the advice
/// does not say to read it back.
pub(super) fn look_up_error(error: Error) -> Error {
    let error = error.in_interface(GetJumpQRCode::NAME);
    match error.code().documented() {
        Some(code) if code.reaction == Reaction::ReadBack => {
            error.with_advice("Call again a little later: nothing was changed.")
        }
        _ => error,
    }
}
