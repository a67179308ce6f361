//! The response to the request that shows whether a write was applied.

use core::time::Duration;

use super::{Call, NextAttempt, Phase};
use crate::error::Outcome;
use crate::interface::{Applied, Interface};
use crate::response::Fields;

/// The advice for a change that was not applied, if a retry may succeed.
const NOT_APPLIED: &str = "The change was not applied when it was read back: call again. An \
    attempt that got no response may still be applied a little later.";

impl<I: Interface> Call<I> {
    pub(super) fn check_applied(&mut self, now: Duration, fields: &Fields<'_>) {
        let Some(change) = self.interface.change() else {
            return;
        };
        let applied = match change.write.check_applied(fields) {
            Ok(applied) => applied,
            Err(error) => {
                if let Some(record) = &mut self.record {
                    record.set_error(&error);
                }
                return self.retry(now, error, Duration::ZERO);
            }
        };
        match applied {
            Applied::Yes => {
                let response = change.confirmation_response();
                self.succeed(response);
            }
            Applied::No => self.resend_or_fail(now),
            Applied::Unclear => self.fail_as_unclear(),
        }
    }

    /// Sends the write again after a delay. If it may not be sent again, or no retry is left, the
    /// call fails: the change was not applied.
    fn resend_or_fail(&mut self, now: Duration) {
        let phase = core::mem::replace(&mut self.phase, Phase::Asking);
        let Phase::ReadingBack { cause, may_resend } = phase else {
            return;
        };
        self.has_unconfirmed_attempt = false;
        if may_resend && self.schedule_retry(now, Duration::ZERO) {
            self.has_unconfirmed_attempt = true;
            if let Some(record) = &mut self.record {
                record.decide(NextAttempt::Resend);
            }
            match self.interface.request() {
                Ok(request) => {
                    self.request = request;
                    self.last_error = Some(cause);
                }
                Err(error) => self.fail(error.with_source(cause)),
            }
        } else {
            let error = cause.with_outcome(Outcome::NotApplied);
            // An error that is not retryable has advice of its own.
            self.fail(if error.is_retryable() {
                error.with_advice(NOT_APPLIED)
            } else {
                error
            });
        }
    }

    fn fail_as_unclear(&mut self) {
        let phase = core::mem::replace(&mut self.phase, Phase::Asking);
        if let Phase::ReadingBack { cause, .. } = phase {
            self.fail(cause.with_outcome(Outcome::Unknown));
        }
    }
}
