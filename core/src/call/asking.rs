//! The response to the interface's own request.

use core::time::Duration;

use super::tally::Note;
use super::{Call, NextAttempt, Phase, State};
use crate::error::{Error, Result};
use crate::interface::{Interface, LostResponse};
use crate::request::Request;
use crate::response::Fields;

impl<I: Interface> Call<I> {
    pub(super) fn handle_response(&mut self, now: Duration, json: &str, fields: &Fields<'_>) {
        match I::decode(json, fields) {
            Ok(response) => self.succeed(response),
            Err(error) => {
                if let Some(record) = &mut self.record {
                    record.set_error(&error);
                }
                self.handle_unknown_outcome(now, error);
            }
        }
    }

    /// Sends again after the next delay and `extra_wait`. If no retry is left, fails with `error`.
    pub(super) fn retry(&mut self, now: Duration, error: Error, extra_wait: Duration) {
        if self.schedule_retry(now, extra_wait) {
            self.last_error = Some(error);
        } else {
            self.fail_after_read_back(error);
        }
    }

    /// Fails with `error`. If an earlier attempt of the write may still arrive, reads back first.
    pub(super) fn fail_after_read_back(&mut self, error: Error) {
        let may_arrive = self.has_unconfirmed_attempt;
        match self.read_back_request().filter(|_| may_arrive) {
            Some(read_back) => self.begin_read_back(read_back, error, false),
            None => self.fail(error),
        }
    }

    /// Tries the next host at once. After the last host, retries with the first after a delay.
    pub(super) fn try_next_host(&mut self, now: Duration, error: Error) {
        if self.host + 1 < self.host_count {
            self.host += 1;
            self.state = self.state_before_send(now);
            self.last_error = Some(error);
            self.tally.further_hosts += 1;
            self.decide(Note::FurtherHost, NextAttempt::NextHost);
        } else {
            self.host = 0;
            self.retry(now, error, Duration::ZERO);
        }
    }

    /// Reads a write back. A read-back is retried; other requests are if `error` and the interface
    /// allow it. If such a request changes something, each attempt may be applied.
    pub(super) fn handle_unknown_outcome(&mut self, now: Duration, error: Error) {
        let may_resend = error.is_retryable();
        if let Some(read_back) = self.read_back_request() {
            self.begin_read_back(read_back, error, may_resend);
        } else if let Some(lost) = self.lost_response() {
            self.has_unconfirmed_attempt = true;
            if lost.may_repeat && may_resend {
                self.retry(now, error, Duration::ZERO);
            } else {
                self.fail(error);
            }
        } else if may_resend || matches!(self.phase, Phase::ReadingBack { .. }) {
            self.retry(now, error, Duration::ZERO);
        } else {
            self.fail(error);
        }
    }

    /// Returns what a lost response to the call's own request means.
    fn lost_response(&self) -> Option<LostResponse> {
        let is_own = matches!(self.phase, Phase::Asking);
        self.interface.lost_response().filter(|_| is_own)
    }

    /// Returns the request that reads the call's own request back, if that is a write.
    fn read_back_request(&self) -> Option<Result<Request>> {
        let change = self.interface.change();
        let change = change.filter(|_| matches!(self.phase, Phase::Asking))?;
        Some(change.write.read_back())
    }

    fn begin_read_back(&mut self, request: Result<Request>, cause: Error, may_resend: bool) {
        self.phase = Phase::ReadingBack { cause, may_resend };
        self.tally.read_backs += 1;
        self.decide(Note::ReadBack, NextAttempt::ReadBack);
        self.prepare(request);
    }

    /// Sends `request` next.
    pub(super) fn prepare(&mut self, request: Result<Request>) {
        match request {
            Ok(request) => {
                self.request = request;
                self.state = State::Reserving;
            }
            Err(error) => self.fail(error),
        }
    }
}
