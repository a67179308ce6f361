//! The verdict on the interface's own request.

use core::time::Duration;

use super::tally::Note;
use super::verdict::Verdict;
use super::{Call, Phase, State};
use crate::error::{Error, Result};
use crate::interface::Interface;
use crate::request::Request;

impl<I: Interface> Call<I> {
    pub(super) fn handle_request(&mut self, now: Duration, verdict: Verdict) {
        match verdict {
            Verdict::Success(fields) => match I::decode(&fields) {
                Ok(response) => self.succeed(response),
                Err(error) => self.handle_unknown_outcome(now, error),
            },
            Verdict::Stale(error) => self.renew_token(error),
            Verdict::Transient { error, wait } => self.retry(now, error, wait),
            Verdict::NothingSent(error) => self.try_next_host(now, error),
            Verdict::Unknown(error) => self.handle_unknown_outcome(now, error),
            Verdict::Refused(error) => self.fail_after_read_back(error),
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
    fn fail_after_read_back(&mut self, error: Error) {
        let must_read_back = self.has_unconfirmed_attempt && matches!(self.phase, Phase::Asking);
        match self.read_back_request().filter(|_| must_read_back) {
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
            self.note = Some(Note::FurtherHost);
        } else {
            self.host = 0;
            self.retry(now, error, Duration::ZERO);
        }
    }

    /// Reads a write back. Other requests are retried if `error` allows it.
    fn handle_unknown_outcome(&mut self, now: Duration, error: Error) {
        let may_resend = error.is_retryable();
        if let Some(read_back) = self.read_back_request() {
            self.begin_read_back(read_back, error, may_resend);
        } else if may_resend {
            self.retry(now, error, Duration::ZERO);
        } else {
            self.fail(error);
        }
    }

    fn read_back_request(&self) -> Option<Result<Request>> {
        self.interface.change().map(|change| change.read_back())
    }

    fn begin_read_back(&mut self, request: Result<Request>, cause: Error, may_resend: bool) {
        self.phase = Phase::ReadingBack { cause, may_resend };
        match request {
            Ok(request) => {
                self.tally.read_backs += 1;
                self.note = Some(Note::ReadBack);
                self.request = request;
                self.state = State::Reserving;
            }
            Err(error) => self.fail(error),
        }
    }
}
