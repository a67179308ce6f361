//! While it is read back whether a write stands.

use core::time::Duration;

use super::verdict::Verdict;
use super::{Call, Phase};
use crate::error::Outcome;
use crate::interface::{Applied, Interface};
use crate::response::Fields;

/// What to do about a change that did not stand when it was read back.
const DID_NOT_STAND: &str = "The change did not stand when it was read back: call again. An attempt that got no answer may still be applied a little later.";

impl<I: Interface> Call<I> {
    pub(super) fn read_back(&mut self, now: Duration, verdict: Verdict) {
        match verdict {
            Verdict::Success(object) => self.compare(now, &object),
            Verdict::Stale(error) => self.renew(error),
            Verdict::Again { error, wait } => self.ask_again(now, error, wait),
            Verdict::NothingSent(error) => self.next_host(now, error),
            Verdict::Unknown(error) => self.ask_again(now, error, Duration::ZERO),
            Verdict::Refused(error) => self.fail(error),
        }
    }

    fn compare(&mut self, now: Duration, object: &Fields) {
        let Some(change) = self.interface.change() else {
            return;
        };
        let applied = match change.applied(object) {
            Ok(applied) => applied,
            Err(error) => return self.ask_again(now, error, Duration::ZERO),
        };
        match applied {
            Applied::Yes => {
                let response = change.confirmed();
                self.succeed(response);
            }
            Applied::No => self.not_applied(now),
            Applied::Unclear => self.unclear(),
        }
    }

    fn not_applied(&mut self, now: Duration) {
        let phase = core::mem::replace(&mut self.phase, Phase::Asking);
        let Phase::ReadingBack { cause, may_repeat } = phase else {
            return;
        };
        self.doubted = false;
        if may_repeat && self.wait(now, Duration::ZERO) {
            // What was sent before may still be on its way.
            self.doubted = true;
            match self.interface.request() {
                Ok(request) => {
                    self.request = request;
                    self.last_error = Some(cause);
                }
                Err(error) => self.fail(error.with_source(cause)),
            }
        } else {
            let error = cause.with_outcome(Outcome::NotApplied);
            // What would be refused again has advice of its own.
            self.fail(if error.is_retryable() {
                error.with_advice(DID_NOT_STAND)
            } else {
                error
            });
        }
    }

    fn unclear(&mut self) {
        let phase = core::mem::replace(&mut self.phase, Phase::Asking);
        if let Phase::ReadingBack { cause, .. } = phase {
            self.fail(cause.with_outcome(Outcome::Unknown));
        }
    }
}
