//! What a call that is watched gathers for its event.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use super::event::{Attempt, CallEvent, CallOutcome, NextAttempt, Purpose, milliseconds};
use super::tally::Note;
use super::{Call, Phase};
use crate::error::Error;
use crate::interface::Interface;

/// What the driver has measured while it got a token.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TokenWait {
    /// How long it waited for another thread or process that renewed the token.
    pub lock: Duration,
    /// Whether the token was renewed meanwhile.
    pub renewed: bool,
}

/// What has happened so far.
#[derive(Debug)]
pub(super) struct Record {
    started: Duration,
    /// How long the call had waited for a thread before it started.
    waited_before: Duration,
    thread: Duration,
    token: Duration,
    lock: Duration,
    retry: Duration,
    wechat: Duration,
    /// When the call began to wait for its next retry.
    retry_since: Option<Duration>,
    token_renewed: bool,
    attempts: Vec<Attempt>,
}

impl Record {
    /// Takes what the call has decided to do after its last request.
    pub(super) fn decide(&mut self, next: NextAttempt) {
        if let Some(attempt) = self.attempts.last_mut() {
            attempt.next = Some(next);
        }
    }

    pub(super) fn set_error(&mut self, error: &Error) {
        if let Some(attempt) = self.attempts.last_mut() {
            attempt.set_error(error);
        }
    }

    pub(super) fn begin_retry_wait(&mut self, now: Duration) {
        self.retry_since = Some(now);
    }

    /// Takes the end of the wait before a retry.
    pub(super) fn end_retry_wait(&mut self, now: Duration) {
        if let Some(since) = self.retry_since.take() {
            self.retry = self.retry.saturating_add(now.saturating_sub(since));
        }
    }

    pub(super) fn add_thread_wait(&mut self, waited: Duration) {
        self.thread = self.thread.saturating_add(waited);
    }
}

impl<I: Interface> Call<I> {
    /// Gathers what the [event](Self::event) of the call needs. `waited` is how long the call has
    /// waited for a free thread before it started. Watch it before its first step.
    pub fn watch(&mut self, now: Duration, waited: Duration) {
        self.record = Some(Box::new(Record {
            started: now,
            waited_before: waited,
            thread: waited,
            token: Duration::ZERO,
            lock: Duration::ZERO,
            retry: Duration::ZERO,
            wechat: Duration::ZERO,
            retry_since: None,
            token_renewed: false,
            attempts: Vec::new(),
        }));
    }

    /// Whether the call is [watched](Self::watch).
    #[must_use]
    pub fn is_watched(&self) -> bool {
        self.record.is_some()
    }

    /// Takes what the driver has measured while it got the token. Report it before
    /// [`Call::token`]. A token that was in memory takes no time, and need not be reported.
    pub fn token_wait(&mut self, now: Duration, wait: TokenWait) {
        if let Some(record) = &mut self.record {
            let all = now.saturating_sub(self.stepped_at);
            record.lock = record.lock.saturating_add(wait.lock.min(all));
            record.token = record.token.saturating_add(all.saturating_sub(wait.lock));
            record.token_renewed |= wait.renewed;
        }
    }

    /// Returns the event of the call, which has ended with `error` or has succeeded; `None` if it
    /// was not [watched](Self::watch). `appid` is the account of the client.
    pub fn event(
        &mut self,
        now: Duration,
        appid: Option<&str>,
        error: Option<&Error>,
    ) -> Option<CallEvent> {
        let mut record = *self.record.take()?;
        record.end_retry_wait(now);
        let mut event = CallEvent::unsent(&self.interface, appid, record.waited_before);
        if let Some(error) = error {
            event.fail(error);
        }
        let elapsed = now.saturating_sub(record.started);
        event.duration_ms = milliseconds(elapsed.saturating_add(record.waited_before));
        event.thread_ms = milliseconds(record.thread);
        event.slot_ms = milliseconds(self.tally.queue_time);
        event.token_ms = milliseconds(record.token);
        event.lock_ms = milliseconds(record.lock);
        event.retry_ms = milliseconds(record.retry);
        event.wechat_ms = milliseconds(record.wechat);
        // The driver may not know what the caller's own function does for a new token.
        event.token_renewed =
            record.token_renewed || (self.tally.renewals > 0 && self.access_token.is_some());
        event.read_back = self.tally.read_backs > 0;
        event.status = record.attempts.last().and_then(|attempt| attempt.status);
        event.attempts = record.attempts;
        // A call that was cancelled, or out of time, has not done it.
        if let Some(last) = event.attempts.last_mut() {
            last.next = None;
        }
        Some(event)
    }

    /// Records the end of the request that was sent last. It is called before the call decides what
    /// to do next.
    #[cold]
    pub(super) fn record_attempt(
        &mut self,
        now: Duration,
        status: Option<u16>,
        error: Option<&Error>,
    ) {
        // Its rid is WeChat's text.
        let error = error.map(|error| self.add_name(error.clone()));
        let Some(record) = &mut self.record else {
            return;
        };
        let purpose = match self.phase {
            Phase::LookingUp => Purpose::LookUp,
            Phase::Asking => Purpose::Request,
            Phase::ReadingBack { .. } => Purpose::ReadBack,
        };
        let start = self.stepped_at.saturating_sub(record.started);
        let start = start.saturating_add(record.waited_before);
        let took = now.saturating_sub(self.stepped_at);
        record.wechat = record.wechat.saturating_add(took);
        let mut attempt = Attempt::new(purpose, milliseconds(start), milliseconds(took));
        attempt.status = status;
        if let Some(error) = &error {
            attempt.set_error(error);
        }
        record.attempts.push(attempt);
    }

    /// Takes a decision, for the log and for the event.
    #[cold]
    pub(super) fn decide(&mut self, note: Note, next: NextAttempt) {
        self.note = Some(note);
        if let Some(record) = &mut self.record {
            record.decide(next);
        }
    }
}

impl CallEvent {
    /// Makes the event of a call that has sent nothing yet. `appid` is the account of the client,
    /// and `waited` is how long the call has waited for a free thread.
    pub fn unsent<I: Interface>(interface: &I, appid: Option<&str>, waited: Duration) -> Self {
        let appid = interface.account().or(appid);
        let mut event = Self::new(interface.name(), appid);
        let changes = interface.change().is_some() || interface.lost_response().is_some();
        event.outcome = changes.then_some(CallOutcome::Applied);
        event.thread_ms = milliseconds(waited);
        event.duration_ms = event.thread_ms;
        event
    }

    /// Takes the error with which the call has ended.
    pub fn fail(&mut self, error: &Error) {
        self.errcode = error.errcode();
        self.code = Some(error.code());
        self.rid = error.rid().map(String::from);
        if let Some(outcome) = &mut self.outcome {
            *outcome = error.outcome().into();
        }
    }
}
