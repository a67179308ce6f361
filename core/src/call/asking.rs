//! After the request itself was sent.

use std::time::Duration;

use super::verdict::Verdict;
use super::{Call, Phase, State};
use crate::errcode::ErrCode;
use crate::error::Error;
use crate::interface::Interface;

impl<I: Interface> Call<I> {
    pub(super) fn asked(&mut self, now: Duration, verdict: Verdict) {
        match verdict {
            Verdict::Success(object) => match self.interface.decode(&object) {
                Ok(answer) => self.succeed(answer),
                Err(error) => self.outcome_unknown(now, error),
            },
            Verdict::Stale(error) => self.renew(error),
            Verdict::Again { error, wait } => self.ask_again(now, error, wait),
            Verdict::NothingSent(error) => self.next_host(now, error),
            Verdict::Unknown(error) => self.outcome_unknown(now, error),
            Verdict::Refused(error) => self.refused(error),
        }
    }

    /// Sends again after a delay, or ends with `error`.
    pub(super) fn ask_again(&mut self, now: Duration, error: Error, wait: Duration) {
        if self.wait(now, wait) {
            self.last_error = Some(error);
        } else {
            self.fail(error);
        }
    }

    fn next_host(&mut self, now: Duration, error: Error) {
        if self.host + 1 < self.hosts {
            self.host += 1;
            self.state = State::Sending;
            self.last_error = Some(error);
        } else {
            self.host = 0;
            self.ask_again(now, error, Duration::ZERO);
        }
    }

    fn outcome_unknown(&mut self, now: Duration, error: Error) {
        if self.interface.write().is_some() {
            let may_repeat = error.is_retryable();
            self.begin_reading_back(error, may_repeat);
        } else if error.is_retryable() {
            self.ask_again(now, error, Duration::ZERO);
        } else {
            self.fail(error);
        }
    }

    fn refused(&mut self, error: Error) {
        if self.doubted && self.interface.write().is_some() {
            self.begin_reading_back(error, false);
            return;
        }
        let known = error.errcode().and_then(ErrCode::lookup);
        self.fail(match known {
            Some(code) if I::ISSUES_TOKEN => error.with_advice(code.advice_on_token_call()),
            _ => error,
        });
    }

    fn begin_reading_back(&mut self, cause: Error, may_repeat: bool) {
        self.phase = Phase::ReadingBack { cause, may_repeat };
        self.state = State::Reserving;
    }
}
