//! What a call does next, decided without I/O.
//!
//! A [`Call`] is asked for its next [`Step`]. Whoever drives it does what the step says and reports
//! the result. Time is an argument, counted from an origin of the driver's choice. The delays of
//! retries are given in the [`Policy`], jitter included.
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
//! - A call reserves its slot first and asks for its token afterwards. If other calls renew the token
//!   while this one waits for its slot, it sends the new token. If getting the token takes so long
//!   that the slot is out of date, the call reserves another one before it sends.
//! - While a call waits for a slot, its deadline stands still. All these waits together take at most
//!   the queue timeout.
//! - A stale token (40001, 40014, 42001) is renewed once, and the request is replayed once. The
//!   renewal comes before the replay's slot, so that the calls that are waiting need not send the
//!   stale token, too.
//! - A write to a rule that must exist begins with a request that looks the rule up (unless
//!   [`Policy::look_up`] is false). If the list shows that there is nothing to do, or no such rule, the
//!   call is done, and the write is not sent.
//! - A transient refusal waits and is sent again, as long as there are delays and time left.
//! - A write whose outcome is unknown (-1, a timeout, a connection lost after sending, an answer that
//!   cannot be read) is read back. If the change was applied, the call is done. If not, the write is
//!   sent again. If that is unclear, the call ends with [`Outcome::Unknown`].
//! - After a resend, the first attempt may still arrive. The refusal that is then seen (85071,
//!   "exists") may be caused by it. So the end of such a call is read back once more. If no time is
//!   left for that, the outcome is unknown.
//! - A call that is [cancelled](Call::cancel) sends nothing more. A write that may have been sent
//!   before is not read back any more: its outcome is unknown.
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
//!         Step::Reserve { .. } => call.reserved(now, Some(now)),
//!         Step::GetToken { .. } => call.token(now, Ok(Some(Secret::new("TOKEN")))),
//!         Step::Send(sending) => {
//!             assert_eq!(sending.request.body(), Some(&b"{}"[..]));
//!             let answer = r#"{"errcode":0,"file_name":"UASjIrr8C9.txt","file_content":"7781"}"#;
//!             call.response(now, Ok(Response::ok(answer)));
//!         }
//!         Step::Wait { until } => unreachable!("nothing failed: {until:?}"),
//!         Step::Done(result) => break result?,
//!     }
//! };
//! assert_eq!(file.file_name, "UASjIrr8C9.txt");
//! # Ok::<(), jumpqr_core::Error>(())
//! ```

mod asking;
mod failure;
mod looking_up;
mod policy;
mod reading_back;
mod step;
mod tally;
mod verdict;

pub use failure::{FailureCause, SendFailure};
pub use policy::{DEFAULT_QUEUE_TIMEOUT, Policy};
pub use step::{SendRequest, Step};
pub use tally::Tally;

use alloc::format;
use alloc::vec;
use core::time::Duration;

use self::tally::Note;
use self::verdict::judge;
use crate::errcode::Reaction;
use crate::error::{Error, Outcome, OwnCode, Result};
use crate::interface::Interface;
use crate::request::Request;
use crate::response::Response;
use crate::secret::Secret;

/// How much of the time left a write does not use, so that it can be read back: a quarter, but no
/// more than this.
const MOST_KEPT_FOR_READING_BACK: Duration = Duration::from_secs(5);

/// How much time a write must have left to be sent at all: a quarter of the whole, but no more than
/// this. With less, its outcome could be unknown for want of time alone.
const MOST_LEFT_FOR_SENDING: Duration = Duration::from_secs(1);

/// How long after the start of its slot a request may be sent: half of the tenth of a second that
/// the [`Pacer`](crate::Pacer) adds to WeChat's second.
const SLOT_LASTS: Duration = Duration::from_millis(50);

/// One call, from the first request to its result.
#[derive(Debug)]
pub struct Call<I: Interface> {
    interface: I,
    /// The request of the present phase.
    request: Request,
    timeout: Duration,
    /// It moves on by as long as the call waits for slots.
    deadline: Duration,
    /// How much of the queue timeout is left.
    queue_left: Duration,
    /// Since when the call has waited for its next slot.
    queued: Option<Duration>,
    delays: vec::IntoIter<Duration>,
    hosts: usize,
    host: usize,
    phase: Phase,
    state: State<I::Response>,
    /// When the slot starts that was reserved and in which nothing was sent yet.
    slot: Option<Duration>,
    access_token: Option<Secret>,
    rejected_token: Option<Secret>,
    /// Whether an earlier attempt may have been applied since it was read back.
    doubted: bool,
    last_error: Option<Error>,
    /// Whether the next slot was not free at once.
    had_to_wait: bool,
    tally: Tally,
    note: Option<Note>,
}

/// What is being asked.
#[derive(Debug)]
enum Phase {
    /// Whether the rule is there, before a write is sent.
    LookingUp,
    /// The interface itself.
    Asking,
    /// Whether a write stands.
    ReadingBack {
        /// What left its outcome unknown.
        cause: Error,
        /// Whether it may be sent again if it does not stand.
        may_repeat: bool,
    },
}

#[derive(Debug)]
enum State<A> {
    Reserving,
    /// The call has a place in the queue, and its slot starts then.
    WaitingForSlot {
        until: Duration,
    },
    GettingToken,
    Sending,
    /// A retry is due then.
    WaitingForRetry {
        until: Duration,
    },
    Done(Option<Result<A>>),
}

impl<I: Interface> Call<I> {
    /// Starts a call at the time `now`. It fails if the body of the request cannot be written.
    pub fn new(interface: I, policy: Policy, now: Duration) -> Result<Self> {
        let look_up = policy
            .look_up
            .then(|| interface.change()?.before())
            .flatten();
        let (phase, request) = match look_up {
            Some(look_up) => (Phase::LookingUp, look_up),
            None => (Phase::Asking, interface.request()),
        };
        let request = request.map_err(|error| error.in_interface(I::NAME))?;
        Ok(Self {
            interface,
            request,
            timeout: policy.timeout,
            deadline: now.saturating_add(policy.timeout),
            queue_left: policy.queue_timeout,
            queued: None,
            delays: policy.delays.into_iter(),
            hosts: policy.hosts.max(1),
            host: 0,
            phase,
            state: State::Reserving,
            slot: None,
            access_token: None,
            rejected_token: None,
            doubted: false,
            last_error: None,
            had_to_wait: false,
            tally: Tally::default(),
            note: None,
        })
    }

    /// What to do now.
    pub fn step(&mut self, now: Duration) -> Step<I::Response> {
        if let State::WaitingForRetry { until } = self.state {
            if until <= now {
                self.state = State::Reserving;
            }
        }
        if self.is_too_late(now) {
            let timeout = self.timed_out(now);
            self.fail(timeout);
        }
        if matches!(self.state, State::Reserving) {
            if I::PACED {
                self.queued.get_or_insert(now);
            } else {
                self.slot_begins(now);
            }
        }
        if let State::WaitingForSlot { until } = self.state {
            // Whenever the wait ends, the pacer is asked again.
            self.state = State::Reserving;
            if now < until {
                return Step::Wait { until };
            }
        }
        match &mut self.state {
            State::Reserving => Step::Reserve {
                path: self.request.path(),
                latest: self.latest_slot(),
            },
            State::WaitingForSlot { until } | State::WaitingForRetry { until } => {
                Step::Wait { until: *until }
            }
            State::GettingToken => Step::GetToken {
                rejected: self.rejected_token.clone(),
                deadline: self.deadline,
            },
            State::Sending => Step::Send(self.sending(now)),
            State::Done(result) => Step::Done(result.take().unwrap_or_else(|| {
                Err(Error::new(
                    OwnCode::Internal,
                    "the call was asked for a step after it was done",
                ))
            })),
        }
    }

    /// Takes the result of [`Step::Reserve`]: the time at which the call may start; `None` if that
    /// is after the latest.
    pub fn reserved(&mut self, now: Duration, start: Option<Duration>) {
        match start {
            Some(start) if start <= now => {
                let waited = now.saturating_sub(self.queued.take().unwrap_or(now));
                self.deadline = self.deadline.saturating_add(waited);
                self.queue_left = self.queue_left.saturating_sub(waited);
                if core::mem::take(&mut self.had_to_wait) {
                    self.tally.queued = self.tally.queued.saturating_add(waited);
                }
                self.slot_begins(now);
            }
            Some(start) if start <= self.latest_slot() => {
                if !core::mem::replace(&mut self.had_to_wait, true) {
                    let wait = start.saturating_sub(now);
                    self.note = Some(Note::Queue { wait });
                }
                self.state = State::WaitingForSlot { until: start };
            }
            _ => self.fail(Error::new(
                OwnCode::PacedOut,
                "the call would wait longer for its slot than its queue timeout",
            )),
        }
    }

    /// Takes the result of [`Step::GetToken`]; `None` if there is no newer token than the rejected
    /// one.
    pub fn token(&mut self, now: Duration, token: Result<Option<Secret>>) {
        match token {
            Ok(Some(token)) => {
                self.access_token = Some(token);
                self.state = self.sending_or_reserving(now);
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
        if response
            .as_ref()
            .map_or_else(|failure| failure.sent, |_| true)
        {
            self.slot = None;
        }
        let stale_is_final = I::ISSUES_TOKEN || self.rejected_token.is_some();
        let verdict = judge(response, stale_is_final);
        match self.phase {
            Phase::LookingUp => self.looked_up(now, verdict),
            Phase::Asking => self.asked(now, verdict),
            Phase::ReadingBack { .. } => self.read_back(now, verdict),
        }
    }

    /// Ends the call, because its caller has cancelled it. The next step is [`Step::Done`].
    ///
    /// Any step but [`Step::Done`] may be answered so, as long as nothing was done for it. If a
    /// request may have been sent, report that to [`Call::response`] instead.
    pub fn cancel(&mut self, now: Duration) {
        if matches!(self.state, State::Done(_)) {
            return;
        }
        if let Some(since) = self.queued.take().filter(|_| self.had_to_wait) {
            let waited = now.saturating_sub(since);
            self.tally.queued = self.tally.queued.saturating_add(waited);
        }
        self.fail(Error::new(
            OwnCode::Cancelled,
            "the caller has cancelled the call",
        ));
    }

    /// The slot begins: the token is next, or the request.
    fn slot_begins(&mut self, start: Duration) {
        self.slot = Some(start);
        self.state = if self.request.needs_token() && self.access_token.is_none() {
            State::GettingToken
        } else {
            State::Sending
        };
    }

    /// Sends in the slot that the call has, or reserves another one if it has none or if that is
    /// out of date.
    fn sending_or_reserving(&self, now: Duration) -> State<I::Response> {
        match self.slot {
            Some(start) if !I::PACED || now.saturating_sub(start) <= SLOT_LASTS => State::Sending,
            _ => State::Reserving,
        }
    }

    /// When the queue timeout ends, if the call waits for a slot.
    fn latest_slot(&self) -> Duration {
        let since = self.queued.unwrap_or_default();
        since.saturating_add(self.queue_left)
    }

    /// When the next request must have begun: a write keeps time for its response.
    fn latest_start(&self) -> Duration {
        self.deadline.saturating_sub(self.kept_for_response())
    }

    fn kept_for_response(&self) -> Duration {
        if self.is_writing() {
            (self.timeout / 4).min(MOST_LEFT_FOR_SENDING)
        } else {
            Duration::ZERO
        }
    }

    /// Whether the call has timed out. While it waits for a slot, it does not.
    fn is_too_late(&self, now: Duration) -> bool {
        match self.state {
            State::Done(_) => false,
            State::Reserving | State::WaitingForSlot { .. } if self.queued.is_some() => false,
            State::Reserving | State::Sending => now >= self.latest_start(),
            _ => now >= self.deadline,
        }
    }

    /// Whether the next request changes something.
    fn is_writing(&self) -> bool {
        matches!(self.phase, Phase::Asking) && self.interface.change().is_some()
    }

    fn sending(&self, now: Duration) -> SendRequest {
        let left = self.deadline.saturating_sub(now);
        let kept = if self.is_writing() {
            (left / 4).min(MOST_KEPT_FOR_READING_BACK)
        } else {
            Duration::ZERO
        };
        SendRequest {
            request: self.request.clone(),
            access_token: self.access_token.clone(),
            host: self.host,
            timeout: left.saturating_sub(kept),
        }
    }

    /// Renews the token; a second stale answer is final.
    fn renew(&mut self, stale: Error) {
        self.last_error = Some(stale);
        self.rejected_token = self.access_token.take();
        self.tally.renewals += 1;
        self.note = Some(Note::Renewal);
        self.state = State::GettingToken;
    }

    /// Waits for the next delay, `wait` longer, if there is one and time is left.
    fn wait(&mut self, now: Duration, wait: Duration) -> bool {
        let Some(delay) = self.delays.next() else {
            return false;
        };
        let until = now.saturating_add(delay).saturating_add(wait);
        if until >= self.latest_start() {
            return false;
        }
        self.tally.retries += 1;
        self.note = Some(Note::Retry {
            wait: until.saturating_sub(now),
        });
        self.state = State::WaitingForRetry { until };
        true
    }

    fn timed_out(&mut self, now: Duration) -> Error {
        let timeout = self.timeout;
        let message = if now < self.deadline {
            let left = self.deadline.saturating_sub(now);
            format!(
                "of the call's {timeout:?} only {left:?} were left, too little to send a change"
            )
        } else {
            format!("the call took longer than {timeout:?}")
        };
        let error = Error::new(OwnCode::Timeout, message);
        match self.last_error.take() {
            Some(last) => error.with_source(self.named(last)),
            None => error,
        }
    }

    fn succeed(&mut self, answer: I::Response) {
        self.state = State::Done(Some(Ok(answer)));
    }

    /// Ends the call. While reading back, what is reported is why the outcome is unknown.
    fn fail(&mut self, error: Error) {
        let error = match core::mem::replace(&mut self.phase, Phase::Asking) {
            Phase::Asking if self.doubted => error.with_outcome(Outcome::Unknown),
            Phase::LookingUp | Phase::Asking => error,
            Phase::ReadingBack { cause, .. } => {
                let error = self.named(error);
                cause.with_source(error).with_outcome(Outcome::Unknown)
            }
        };
        let error = self.finished(error);
        self.state = State::Done(Some(Err(error)));
    }

    /// The error as it may be seen: with what this request tells about the code, with the
    /// interface's name, and without secrets.
    fn finished(&self, error: Error) -> Error {
        self.named(self.advised(error))
    }

    /// With the advice that belongs to this request. What failed in another interface, to get a
    /// token, has its own.
    fn advised(&self, error: Error) -> Error {
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
            // What the request itself causes does not pass.
            Some(advice) if code.reaction == Reaction::ReadBack => {
                error.with_advice(advice).with_retryable(false)
            }
            Some(advice) => error.with_advice(advice),
            // Where nothing was to be changed, there is nothing to be read back.
            None if code.reaction == Reaction::ReadBack && self.interface.change().is_none() => {
                error.with_advice("Call again a little later.")
            }
            None => error,
        }
    }

    fn named(&self, error: Error) -> Error {
        let tokens = [self.access_token.as_ref(), self.rejected_token.as_ref()];
        let secrets = tokens.into_iter().flatten().chain(self.interface.secrets());
        let named = match error.interface() {
            Some(_) => error,
            None => error.in_interface(I::NAME),
        };
        secrets.fold(named, Error::redact)
    }
}
