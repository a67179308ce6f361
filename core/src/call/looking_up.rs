//! Before a write: is the rule there that it is about?

use core::time::Duration;

use super::verdict::Verdict;
use super::{Call, Phase, State};
use crate::errcode::Reaction;
use crate::error::Error;
use crate::interface::{GetJumpQRCode, Interface, LookUp};
use crate::response::Fields;

impl<I: Interface> Call<I> {
    pub(super) fn looked_up(&mut self, now: Duration, verdict: Verdict) {
        match verdict {
            Verdict::Success(object) => self.decide(&object),
            Verdict::Stale(error) => self.renew(of_look_up(error)),
            Verdict::Again { error, wait } => self.ask_again(now, of_look_up(error), wait),
            Verdict::NothingSent(error) => self.next_host(now, of_look_up(error)),
            Verdict::Unknown(error) if error.is_retryable() => {
                self.ask_again(now, of_look_up(error), Duration::ZERO);
            }
            Verdict::Unknown(error) | Verdict::Refused(error) => self.fail(of_look_up(error)),
        }
    }

    fn decide(&mut self, object: &Fields) {
        let Some(change) = self.interface.change() else {
            return;
        };
        match change.look_up(object) {
            LookUp::Needed => {
                self.phase = Phase::Asking;
                self.last_error = None;
                match self.interface.request() {
                    Ok(request) => {
                        self.request = request;
                        self.state = State::Reserving;
                    }
                    Err(error) => self.fail(error),
                }
            }
            LookUp::Already(response) => self.succeed(response),
            LookUp::Impossible(error) => self.fail(error),
        }
    }
}

/// The error of the request that looked the rule up. Nothing of the write was sent, so there is
/// nothing to read back.
fn of_look_up(error: Error) -> Error {
    let error = error.in_interface(GetJumpQRCode::NAME);
    match error.code().documented() {
        Some(code) if code.reaction == Reaction::ReadBack => {
            error.with_advice("Call again a little later: nothing was changed.")
        }
        _ => error,
    }
}
