//! After the request itself was sent.

use core::time::Duration;

use super::tally::Note;
use super::verdict::Verdict;
use super::{Call, Phase, State};
use crate::error::{Error, Result};
use crate::interface::Interface;
use crate::request::Request;

impl<I: Interface> Call<I> {
    pub(super) fn asked(&mut self, now: Duration, verdict: Verdict) {
        match verdict {
            Verdict::Success(object) => match I::decode(&object) {
                Ok(response) => self.succeed(response),
                Err(error) => self.outcome_unknown(now, error),
            },
            Verdict::Stale(error) => self.renew(error),
            Verdict::Again { error, wait } => self.ask_again(now, error, wait),
            Verdict::NothingSent(error) => self.next_host(now, error),
            Verdict::Unknown(error) => self.outcome_unknown(now, error),
            Verdict::Refused(error) => self.give_up(error),
        }
    }

    /// Sends again after a delay, or gives up with `error`.
    pub(super) fn ask_again(&mut self, now: Duration, error: Error, wait: Duration) {
        if self.wait(now, wait) {
            self.last_error = Some(error);
        } else {
            self.give_up(error);
        }
    }

    /// Ends with `error`; where an earlier attempt is in doubt, it is read back once more before.
    fn give_up(&mut self, error: Error) {
        let in_doubt = self.doubted && matches!(self.phase, Phase::Asking);
        match self.read_back_request().filter(|_| in_doubt) {
            Some(read_back) => self.begin_reading_back(read_back, error, false),
            None => self.fail(error),
        }
    }

    /// Tries the next host at once; after the last one, begins again with the first after a delay.
    pub(super) fn next_host(&mut self, now: Duration, error: Error) {
        if self.host + 1 < self.hosts {
            self.host += 1;
            self.state = self.sending_or_reserving(now);
            self.last_error = Some(error);
            self.tally.further_hosts += 1;
            self.note = Some(Note::FurtherHost);
        } else {
            self.host = 0;
            self.ask_again(now, error, Duration::ZERO);
        }
    }

    fn outcome_unknown(&mut self, now: Duration, error: Error) {
        let may_repeat = error.is_retryable();
        if let Some(read_back) = self.read_back_request() {
            self.begin_reading_back(read_back, error, may_repeat);
        } else if may_repeat {
            self.ask_again(now, error, Duration::ZERO);
        } else {
            self.fail(error);
        }
    }

    fn read_back_request(&self) -> Option<Result<Request>> {
        self.interface.change().map(|change| change.read_back())
    }

    fn begin_reading_back(&mut self, request: Result<Request>, cause: Error, may_repeat: bool) {
        self.phase = Phase::ReadingBack { cause, may_repeat };
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
