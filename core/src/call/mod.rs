//! What a call does next, decided without I/O.
//!
//! The driver asks a [`Call`] for its next [`Step`], does what the step says, and reports the
//! result. Time is an argument, counted from an origin of the driver's choice. The [`Policy`] has
//! the delays of retries, jitter included.
//!
//! ```text
//!      ┌──▶ Reserve ◀─▶ Wait
//!      │       │
//!      │       ▼
//!      │    GetToken, if the call has no token yet
//!      │       │
//!      │       ▼
//!      │     Send ──▶ Done
//!      │       │
//!      │       ├─ transient refusal ─▶ Wait ─────────────┐
//!      │       ├─ rule looked up ────▶ the write ────────┤
//!      │       ├─ outcome unknown ───▶ read-back ────────┤
//!      │       └─ stale token, once ─▶ GetToken ─────────┤
//!      └─────────────────────────────────────────────────┘
//!
//!      cancel, before any step ──▶ Done
//! ```
//!
//! - A call reserves its slot first and asks for its token afterwards. If other calls renew the
//!   token while this one waits for its slot, it sends the new token. If the slot expires while the
//!   call gets its token, the call reserves another one before it sends.
//! - While a call waits for a slot, its time stands still. All these waits together must end within
//!   the queue timeout.
//! - A stale token (40001, 40014, 42001) is renewed once, and the request is replayed once. The
//!   renewal comes before the replay's slot: other calls that are waiting then send the new token.
//! - A write to a rule that must exist begins with a request that looks the rule up, unless
//!   [`Policy::look_up`] is false. If the list shows that there is nothing to do, or no such rule,
//!   the call is done, and the write is not sent.
//! - After a transient refusal, the call waits and sends again. It fails if no delay or no time is
//!   left.
//! - The outcome of a write is unknown after -1, a timeout, a connection lost after sending, or a
//!   response that cannot be read. The change is then read back. If it was applied, the call is
//!   done. If not, the write is sent again. If that is unclear, the call ends with
//!   [`Outcome::Unknown`].
//! - A few requests can neither be read back nor be sent twice: the exchange of a code that works
//!   once, a clearing of counts, and a raw call unless its caller allows it. After a lost response,
//!   such a call ends with [`Outcome::Unknown`].
//! - After a resend, the first attempt may still arrive. The refusal we then see (85071, "exists")
//!   may be caused by it. Before such a call fails, the change is therefore read back once more. If
//!   no time is left for that, the outcome is unknown.
//! - A call that is [cancelled](Call::cancel) sends nothing more. If a write may have been sent
//!   before, its outcome is unknown: it is not read back.
//!
//! One complete call:
//!
//! ```
//! use std::time::Duration;
//! use jumpqr_core::response::Response;
//! use jumpqr_core::call::{Call, Policy, Step};
//! use jumpqr_core::interface::DownloadQRCodeText;
//! use jumpqr_core::Secret;
//!
//! let now = Duration::ZERO;
//! let mut call = Call::new(DownloadQRCodeText, Policy::default(), now)?;
//! let file = loop {
//!     match call.step(now) {
//!         Step::Reserve { .. } => call.slot(now, Some(now)),
//!         Step::GetToken { .. } => call.token(now, Ok(Some(Secret::new("TOKEN")))),
//!         Step::Send(send) => {
//!             assert_eq!(send.request.body.as_deref(), Some(&b"{}"[..]));
//!             let body = r#"{"errcode":0,"file_name":"UASjIrr8C9.txt","file_content":"7781"}"#;
//!             call.response(now, Ok(Response::ok(body)));
//!         }
//!         Step::Wait { until } => unreachable!("nothing failed: {until:?}"),
//!         Step::Done(result) => break result?,
//!     }
//! };
//! assert_eq!(file.file_name, "UASjIrr8C9.txt");
//! # Ok::<(), jumpqr_core::Error>(())
//! ```

mod asking;
mod event;
mod failure;
mod looking_up;
mod policy;
mod reading_back;
mod record;
mod step;
mod tally;
mod verdict;

pub use event::{Attempt, CallEvent, CallOutcome, NextAttempt, Purpose};
pub use failure::{FailureCause, SendFailure};
pub use policy::{DEFAULT_QUEUE_TIMEOUT, Policy, RetryDelays};
pub use record::TokenWait;
pub use step::{SendRequest, Step};
pub use tally::Tally;

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::format;
use core::time::Duration;

use self::looking_up::look_up_error;
use self::record::Record;
use self::tally::Note;
use self::verdict::{Next, judge};
use crate::errcode::Reaction;
use crate::error::{Error, Outcome, OwnCode, Result};
use crate::interface::Interface;
use crate::request::Request;
use crate::response::{Response, TextResponse};
use crate::secret::Secret;

/// The message of a call that was cancelled.
pub const CALLER_CANCELLED: &str = "the caller has cancelled the call";

/// The message of a call that waited in vain for other calls to end.
pub const TOO_MANY_CALLS: &str = "too many other calls ran until the call's queue timeout ended";

/// The maximum time that a write leaves for its read-back. It leaves a quarter of the remaining
/// time, up to this.
const MAX_READ_BACK_RESERVE: Duration = Duration::from_secs(5);

/// The maximum time that a write needs to be sent at all. It needs a quarter of the call's timeout,
/// up to this. With less, its outcome may be unknown only because the time is short.
const MAX_RESPONSE_RESERVE: Duration = Duration::from_secs(1);

/// The time after the start of its slot in which a request may be sent. It is half of the 100 ms
/// that the [`Pacer`](crate::Pacer) adds to WeChat's second.
const SLOT_LIFETIME: Duration = Duration::from_millis(50);

/// The errcode for more calls in a second than WeChat takes.
const SECOND_RATE_LIMIT: i64 = 44990;

/// One call, from the first request to its result.
#[derive(Debug)]
pub struct Call<I: Interface> {
    interface: I,
    /// The request of the current phase.
    request: Request,
    timeout: Duration,
    /// The end of the timeout. It moves by the time that the call waits for slots.
    deadline: Duration,
    /// The unused part of the queue timeout.
    queue_time_left: Duration,
    /// The time at which the call asked for its next slot, until that slot starts.
    queued_since: Option<Duration>,
    retry_delays: RetryDelays,
    host_count: usize,
    /// The index of the host for the next request.
    host: usize,
    phase: Phase,
    state: State<I::Response>,
    /// The start of the reserved slot, until something is sent in it.
    slot_start: Option<Duration>,
    access_token: Option<Secret>,
    rejected_token: Option<Secret>,
    /// Whether the write was sent again and not read back since: an earlier attempt may still
    /// arrive.
    has_unconfirmed_attempt: bool,
    last_error: Option<Error>,
    /// Whether the next slot was not free at once.
    must_queue: bool,
    tally: Tally,
    note: Option<Note>,
    /// The path of a request that WeChat has refused for its pace, until the driver takes it.
    refused_pace: Option<&'static str>,
    /// The time of the last step: when a request was sent, or a token was asked for.
    stepped_at: Duration,
    /// What the call gathers for its event, if it is watched.
    record: Option<Box<Record>>,
}

/// Which request is sent.
#[derive(Debug)]
enum Phase {
    /// The request that looks the rule up before a write.
    LookingUp,
    /// The interface's own request.
    Asking,
    /// The request that shows whether a write was applied.
    ReadingBack {
        /// Why the outcome of the write is unknown.
        cause: Error,
        /// Whether the write may be sent again if it was not applied.
        may_resend: bool,
    },
}

/// What the call is doing in its current phase.
#[derive(Debug)]
enum State<R> {
    /// It needs a slot.
    Reserving,
    /// It has a place in the queue. `until` is the start of its slot.
    WaitingForSlot { until: Duration },
    /// It has a slot and needs a token.
    GettingToken,
    /// The request can be sent.
    Sending,
    /// A retry is due at `until`.
    WaitingForRetry { until: Duration },
    /// The result, until the driver takes it.
    Done(Option<Result<R>>),
}

impl<I: Interface> Call<I> {
    /// Starts a call at the time `now`. Fails if the body of the request cannot be written.
    pub fn new(interface: I, policy: Policy, now: Duration) -> Result<Self> {
        let look_up = policy
            .look_up
            .then(|| interface.change()?.look_up_request())
            .flatten();
        let (phase, request) = match look_up {
            Some(look_up) => (Phase::LookingUp, look_up),
            None => (Phase::Asking, interface.request()),
        };
        let request = request.map_err(|error| error.in_interface(interface.name()))?;
        Ok(Self {
            interface,
            request,
            timeout: policy.timeout,
            deadline: now.saturating_add(policy.timeout),
            queue_time_left: policy.queue_timeout,
            queued_since: None,
            retry_delays: policy.retry_delays,
            host_count: policy.host_count.max(1),
            host: 0,
            phase,
            state: State::Reserving,
            slot_start: None,
            access_token: None,
            rejected_token: None,
            has_unconfirmed_attempt: false,
            last_error: None,
            must_queue: false,
            tally: Tally::default(),
            note: None,
            refused_pace: None,
            stepped_at: now,
            record: None,
        })
    }

    /// Returns the name of the interface, as errors have it.
    pub fn name(&self) -> Cow<'static, str> {
        self.interface.name()
    }

    /// Returns when the call ends at the latest. It is later after each wait for a slot or a thread.
    pub fn deadline(&self) -> Duration {
        self.deadline
    }

    /// Returns what to do now.
    pub fn step(&mut self, now: Duration) -> Step<'_, I::Response> {
        self.stepped_at = now;
        if let State::WaitingForRetry { until } = self.state {
            if until <= now {
                self.state = State::Reserving;
                if let Some(record) = &mut self.record {
                    record.end_retry_wait(now);
                }
            }
        }
        if self.is_timed_out(now) {
            let error = self.timeout_error(now);
            self.fail(error);
        }
        if matches!(self.state, State::Reserving) {
            if self.paced_path().is_some() {
                self.queued_since.get_or_insert(now);
            } else {
                self.begin_slot(now);
            }
        }
        if let State::WaitingForSlot { until } = self.state {
            // The driver may return early. The pacer is then asked again.
            self.state = State::Reserving;
            if now < until {
                return Step::Wait { until };
            }
        }
        match &mut self.state {
            State::Reserving => Step::Reserve {
                path: self.paced_path().unwrap_or_default(),
                deadline: self.slot_deadline(),
            },
            State::WaitingForSlot { until } | State::WaitingForRetry { until } => {
                Step::Wait { until: *until }
            }
            State::GettingToken => Step::GetToken {
                rejected: self.rejected_token.as_ref(),
                deadline: self.deadline,
            },
            State::Sending => Step::Send(self.build_send_request(now)),
            State::Done(result) => Step::Done(result.take().unwrap_or_else(|| {
                Err(Error::new(
                    OwnCode::Internal,
                    "the call was asked for a step after it was done",
                ))
            })),
        }
    }

    /// Takes the result of [`Step::Reserve`]: the start of the slot. `None` means that no slot
    /// starts before the deadline.
    pub fn slot(&mut self, now: Duration, start: Option<Duration>) {
        match start {
            Some(start) if start <= now => {
                let waited = now.saturating_sub(self.queued_since.take().unwrap_or(now));
                self.deadline = self.deadline.saturating_add(waited);
                self.queue_time_left = self.queue_time_left.saturating_sub(waited);
                if core::mem::take(&mut self.must_queue) {
                    self.tally.queue_time = self.tally.queue_time.saturating_add(waited);
                }
                self.begin_slot(now);
            }
            Some(start) if start <= self.slot_deadline() => {
                if !core::mem::replace(&mut self.must_queue, true) {
                    let wait = start.saturating_sub(now);
                    self.note = Some(Note::Queue { wait });
                }
                self.state = State::WaitingForSlot { until: start };
            }
            _ => {
                self.count_queue_time(now);
                self.fail(Error::new(
                    OwnCode::PacedOut,
                    "the call would wait for its slot longer than its queue timeout",
                ));
            }
        }
    }

    /// Counts the wait of a call that ends before its slot.
    #[cold]
    fn count_queue_time(&mut self, now: Duration) {
        if let Some(since) = self.queued_since.take().filter(|_| self.must_queue) {
            let waited = now.saturating_sub(since);
            self.tally.queue_time = self.tally.queue_time.saturating_add(waited);
        }
    }

    /// Takes the result of [`Step::GetToken`]; `None` if there is no newer token than the rejected
    /// one.
    pub fn token(&mut self, now: Duration, token: Result<Option<Secret>>) {
        match token {
            Ok(Some(token)) => {
                self.access_token = Some(token);
                self.state = self.state_before_send(now);
            }
            Ok(None) => {
                let stale = self.last_error.take();
                self.fail(stale.unwrap_or_else(|| {
                    Error::new(OwnCode::NoCredentials, "there is no access token")
                }));
            }
            Err(error) => self.fail(error),
        }
    }

    /// Takes the result of [`Step::Send`].
    pub fn response(&mut self, now: Duration, response: Result<Response, SendFailure>) {
        if response.as_ref().err().is_none_or(|failure| failure.sent) {
            self.slot_start = None;
        }
        let response = response.map(TextResponse::from);
        let stale_is_final = !self.request.needs_token || self.rejected_token.is_some();
        let judged = judge(response.as_ref(), stale_is_final);
        if self.record.is_some() {
            let status = response.as_ref().ok().map(|response| response.status);
            let error = judged.as_ref().err().map(|(_, error)| error);
            self.record_attempt(now, status, error);
        }
        let (next, error) = match (judged, &self.phase) {
            (Ok(fields), Phase::LookingUp) => return self.handle_rule_list(&fields),
            (Ok(fields), Phase::Asking) => {
                let json = response.as_ref().map_or("", TextResponse::json);
                return self.handle_response(now, json, &fields);
            }
            (Ok(fields), Phase::ReadingBack { .. }) => return self.check_applied(now, &fields),
            (Err((next, error)), Phase::LookingUp) => (next, look_up_error(error)),
            (Err(failure), _) => failure,
        };
        if error.errcode() == Some(SECOND_RATE_LIMIT) {
            self.refused_pace = self.paced_path();
        }
        match next {
            Next::RenewToken => self.renew_token(error),
            Next::Retry { wait } => self.retry(now, error, wait),
            Next::TryNextHost => self.try_next_host(now, error),
            Next::ReadBack => self.handle_unknown_outcome(now, error),
            Next::Fail => self.fail_after_read_back(error),
        }
    }

    /// Takes the path of the interface whose last response said that it was called too often (44990).
    /// Then other clients call for the same account: tell the [`Pacer`](crate::Pacer) to
    /// [hold](crate::Pacer::hold) the other calls, too.
    pub fn take_refused_pace(&mut self) -> Option<&'static str> {
        self.refused_pace.take()
    }

    /// Ends the call, because its caller has cancelled it. The next step is [`Step::Done`].
    ///
    /// Cancel instead of doing a step. If a request may have been sent, report that to
    /// [`Call::response`].
    pub fn cancel(&mut self, now: Duration) {
        if matches!(self.state, State::Done(_)) {
            return;
        }
        self.count_queue_time(now);
        self.fail(Error::new(OwnCode::Cancelled, CALLER_CANCELLED));
    }

    /// Takes the time that the call has waited for a thread. It counts towards the queue
    /// timeout, not towards the timeout.
    ///
    /// Report it between two steps, and only if no request is in flight.
    pub fn waited(&mut self, now: Duration, waited: Duration) {
        // A call that waits for its slot waits for a thread at the same time.
        if matches!(self.state, State::Done(_)) || self.queued_since.is_some() {
            return;
        }
        if let Some(record) = &mut self.record {
            record.add_thread_wait(waited);
        }
        if waited >= self.queue_time_left {
            return self.fail(Error::new(OwnCode::PacedOut, TOO_MANY_CALLS));
        }
        self.queue_time_left = self.queue_time_left.saturating_sub(waited);
        self.deadline = self.deadline.saturating_add(waited);
        if matches!(self.state, State::Sending) {
            self.state = self.state_before_send(now);
        }
    }

    /// Returns the path of the interface whose pace the request keeps, if it keeps any.
    fn paced_path(&self) -> Option<&'static str> {
        self.request.known_path().filter(|_| I::PACED)
    }

    /// Begins the slot: the next step gets the token, or sends the request.
    fn begin_slot(&mut self, start: Duration) {
        self.slot_start = Some(start);
        self.state = if self.request.needs_token && self.access_token.is_none() {
            State::GettingToken
        } else {
            State::Sending
        };
    }

    /// Returns `Sending` if the call has a slot that has not expired, else `Reserving`.
    fn state_before_send(&self, now: Duration) -> State<I::Response> {
        let is_paced = self.paced_path().is_some();
        let is_live = |start| !is_paced || now.saturating_sub(start) <= SLOT_LIFETIME;
        if self.slot_start.is_some_and(is_live) {
            State::Sending
        } else {
            State::Reserving
        }
    }

    /// Returns the end of the queue timeout, for a call that waits for a slot.
    fn slot_deadline(&self) -> Duration {
        let since = self.queued_since.unwrap_or_default();
        since.saturating_add(self.queue_time_left)
    }

    /// Returns the time before which the next request must begin.
    fn send_deadline(&self) -> Duration {
        self.deadline.saturating_sub(self.response_reserve())
    }

    /// Returns the time that must be left for a response when the next request begins.
    fn response_reserve(&self) -> Duration {
        if self.is_writing() {
            (self.timeout / 4).min(MAX_RESPONSE_RESERVE)
        } else {
            Duration::ZERO
        }
    }

    /// Returns whether the call has timed out. While it waits for a slot, its time stands still.
    fn is_timed_out(&self, now: Duration) -> bool {
        match self.state {
            State::Done(_) => false,
            State::Reserving | State::WaitingForSlot { .. } if self.queued_since.is_some() => false,
            State::Reserving | State::Sending => now >= self.send_deadline(),
            _ => now >= self.deadline,
        }
    }

    /// Returns whether the next request changes something.
    fn is_writing(&self) -> bool {
        matches!(self.phase, Phase::Asking) && self.interface.change().is_some()
    }

    fn build_send_request(&self, now: Duration) -> SendRequest<'_> {
        let left = self.deadline.saturating_sub(now);
        let reserve = if self.is_writing() {
            (left / 4).min(MAX_READ_BACK_RESERVE)
        } else {
            Duration::ZERO
        };
        SendRequest {
            request: &self.request,
            access_token: self.access_token.as_ref(),
            host: self.host,
            timeout: left.saturating_sub(reserve),
        }
    }

    /// Renews the token. If the new one is called stale too, the call fails.
    fn renew_token(&mut self, stale: Error) {
        self.last_error = Some(stale);
        self.rejected_token = self.access_token.take();
        self.tally.renewals += 1;
        self.decide(Note::Renewal, NextAttempt::RenewToken);
        self.state = State::GettingToken;
    }

    /// Schedules a retry after the next delay and `extra_wait`. Returns whether there are a delay
    /// and time left for it.
    fn schedule_retry(&mut self, now: Duration, extra_wait: Duration) -> bool {
        let Some(delay) = self.retry_delays.after(self.tally.retries) else {
            return false;
        };
        let until = now.saturating_add(delay).saturating_add(extra_wait);
        if until >= self.send_deadline() {
            return false;
        }
        self.tally.retries += 1;
        let wait = until.saturating_sub(now);
        self.decide(Note::Retry { wait }, NextAttempt::Retry);
        if let Some(record) = &mut self.record {
            record.begin_retry_wait(now);
        }
        self.state = State::WaitingForRetry { until };
        true
    }

    fn timeout_error(&mut self, now: Duration) -> Error {
        let timeout = self.timeout;
        let message = if now < self.deadline {
            let left = self.deadline.saturating_sub(now);
            format!(
                "too little of the call's timeout is left for a change: {left:?} of {timeout:?}"
            )
        } else {
            format!("the call took longer than {timeout:?}")
        };
        let error = Error::new(OwnCode::Timeout, message);
        match self.last_error.take() {
            Some(last) => error.with_source(self.add_name(last)),
            None => error,
        }
    }

    fn succeed(&mut self, response: I::Response) {
        self.state = State::Done(Some(Ok(response)));
    }

    /// Ends the call with `error`. A failed read-back is only the source of the error: the error
    /// itself says why the outcome is unknown.
    fn fail(&mut self, error: Error) {
        let error = match core::mem::replace(&mut self.phase, Phase::Asking) {
            Phase::Asking if self.has_unconfirmed_attempt => {
                let error = error.with_outcome(Outcome::Unknown);
                match self.interface.lost_response() {
                    Some(lost) => error.with_advice(lost.advice),
                    None => error,
                }
            }
            Phase::LookingUp | Phase::Asking => error,
            Phase::ReadingBack { cause, .. } => {
                let error = self.add_name(error);
                cause.with_source(error).with_outcome(Outcome::Unknown)
            }
        };
        let error = self.complete(error);
        self.state = State::Done(Some(Err(error)));
    }

    /// Makes the error that the caller sees: with this request's advice and the interface's name,
    /// and without secrets.
    fn complete(&self, error: Error) -> Error {
        let error = match self.interface.change() {
            Some(change) if error.outcome() == Outcome::Unknown => {
                error.with_advice(change.write.advise_if_unknown())
            }
            _ => error,
        };
        self.add_name(self.add_advice(error))
    }

    /// Adds this request's advice about the code. An error from another interface, such as one that
    /// issues tokens, keeps its own.
    fn add_advice(&self, error: Error) -> Error {
        if error.interface().is_some() {
            return error;
        }
        let Some(code) = error.code().documented() else {
            return error;
        };
        match self.interface.advise(code) {
            Some(advice) if error.outcome() == Outcome::Unknown => {
                let advice = format!("{} {advice}", error.advice());
                error.with_advice(advice)
            }
            // The request itself causes the error, so that a retry would fail too.
            Some(advice) if code.reaction == Reaction::ReadBack => {
                error.with_advice(advice).with_retryable(false)
            }
            Some(advice) => error.with_advice(advice),
            // A call that changes nothing is not read back.
            None if code.reaction == Reaction::ReadBack
                && error.outcome() != Outcome::Unknown
                && self.interface.change().is_none() =>
            {
                error.with_advice("Call again a little later.")
            }
            None => error,
        }
    }

    /// Adds the interface's name, if the error has none, and removes secrets.
    fn add_name(&self, error: Error) -> Error {
        let tokens = [self.access_token.as_ref(), self.rejected_token.as_ref()];
        let secrets = tokens.into_iter().flatten().chain(self.interface.secrets());
        let error = match error.interface() {
            Some(_) => error,
            None => error.in_interface(self.interface.name()),
        };
        secrets.fold(error, Error::redact)
    }
}
