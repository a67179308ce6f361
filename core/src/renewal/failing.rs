//! An attempt has failed: it is repeated, or the renewal ends.

use alloc::format;

use super::leasing::{MAX_RETRIES, retry_at};
use super::loading::Loading;
use super::{Moment, Renewal, State, Step};
use crate::error::{Error, ErrorKind};

impl Renewal<'_> {
    /// Repeats the attempt if the store has failed, or if a time-out may pass; else ends.
    ///
    /// If the store fails, it is tried a few times more. If the refresh token that WeChat has just
    /// given would be lost, it is tried until the deadline.
    pub(super) fn fail_attempt(&mut self, moment: Moment, error: Error) {
        let error = self.with_unsaved(error);
        let got_further = core::mem::take(&mut self.got_further);
        let would_lose = !self.had_unsaved && self.memory.has_unsaved();
        let is_worth_it =
            self.may_pass(moment, &error) && (would_lose || self.failures < MAX_RETRIES);
        let until = retry_at(moment.now, self.failures, self.deadline);
        if let Some(until) = until.filter(|_| is_worth_it) {
            self.failures += 1;
            return self.begin_again(until);
        }
        if self.time_left(moment).is_zero() {
            // What held the former attempt up is what the whole renewal fails with.
            let late = self.late.take().filter(|_| !got_further);
            return self.fail(moment, late.unwrap_or(error));
        }
        // Somebody else may have a token by now; if not, there is time to ask once more. Each
        // attempt that gets further is followed by another.
        if error.kind() != ErrorKind::Timeout || (self.late.is_some() && !got_further) {
            return self.fail(moment, error);
        }
        self.late = Some(error);
        self.state = State::Loading(Loading::First);
    }

    /// Whether the store has failed in a way that may pass, and memory cannot make up for it.
    fn may_pass(&self, moment: Moment, error: &Error) -> bool {
        error.kind() == ErrorKind::Store
            && error.is_retryable()
            && (self.memory.has_unsaved() || !self.is_served(moment))
    }

    /// The same error; if a refresh token waits to be stored, one that says so.
    fn with_unsaved(&self, error: Error) -> Error {
        if error.kind() != ErrorKind::Store || !self.memory.has_unsaved() {
            return error;
        }
        let what = format!(
            "the refresh token of {} that WeChat has just given could not be stored: {}",
            self.account.appid,
            error.message()
        );
        let advice = format!(
            "{} Then call again: this process keeps the refresh token in memory. If the process ends before, the next call looks it up in WeChat's list of merchants.",
            error.advice()
        );
        error.with_message(what).with_advice(advice)
    }

    /// Ends with the former token, if it still lives, or with `error`.
    fn fail(&mut self, moment: Moment, error: Error) {
        if self.is_served(moment) {
            self.use_former(moment, Some(error));
        } else {
            self.state = State::Done(Step::Fail(error));
        }
    }

    /// Ends with the former token, which is renewed a little later.
    pub(super) fn use_former(&mut self, moment: Moment, failure: Option<Error>) {
        if let Some(cached) = &mut self.memory.cached {
            cached.postpone(moment.now);
            let token = cached.token.clone();
            self.state = State::Done(Step::Use { token, failure });
        }
    }
}
