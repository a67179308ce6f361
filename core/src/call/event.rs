//! What one call has done, as data for logs, metrics and traces.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use serde::Serialize;

use crate::error::{Code, Error, Outcome};
use crate::named;

/// What one call has done. A listener gets one for each call, when the call is done.
///
/// It contains no secret, no message and no text of WeChat's except the rid. All times are
/// milliseconds, with three decimals. It serialises with the names of its fields, which are the
/// same in every language; `None` is `null`.
///
/// The times add up: `duration_ms` is the sum of `thread_ms`, `slot_ms`, `token_ms`, `lock_ms`,
/// `retry_ms`, `wechat_ms`, and the little that the library itself takes. A time that a cancelled
/// call has begun to wait counts only if it is a wait for a slot.
///
/// If a token is renewed, the requests for it are calls too, and have events of their own: with the
/// interface `stable_token`, `token`, `api_component_token` or `api_authorizer_token`. The call
/// that waited for them has [`token_renewed`](Self::token_renewed).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CallEvent {
    /// WeChat's name of the interface, or the path of a raw call.
    pub interface: Cow<'static, str>,
    /// The account that the call was for; `None` if the client does not know it.
    pub appid: Option<String>,
    /// How long the call took, with all waits.
    pub duration_ms: f64,
    /// How long it waited for a free thread, in Node and asyncio.
    pub thread_ms: f64,
    /// How long it waited for its slots, because of the pace.
    pub slot_ms: f64,
    /// How long it took to get the token, without `lock_ms`. If the token was renewed, this
    /// includes WeChat's time, which the event of the renewal shows.
    pub token_ms: f64,
    /// How long it waited while another thread or another process renewed the token.
    pub lock_ms: f64,
    /// How long it waited before its retries.
    pub retry_ms: f64,
    /// How long its requests took: connecting, sending, and waiting for WeChat's responses.
    pub wechat_ms: f64,
    /// Whether a token was renewed for this call, by itself or by another call that it waited for.
    pub token_renewed: bool,
    /// Whether the change was read back because its outcome was unknown.
    pub read_back: bool,
    /// The HTTP status of the last response; `None` if there was none.
    pub status: Option<u16>,
    /// WeChat's errcode, if the call failed with one.
    pub errcode: Option<i64>,
    /// The code of the error; `None` if the call succeeded.
    pub code: Option<Code>,
    /// The id of the request at WeChat, if the call failed and WeChat told it.
    pub rid: Option<String>,
    /// Whether the change was applied; `None` if the interface changes nothing.
    pub outcome: Option<CallOutcome>,
    /// The requests of the call, in order. It is empty if nothing was sent.
    pub attempts: Vec<Attempt>,
}

/// One request of a call, and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Attempt {
    /// What the request was for.
    pub purpose: Purpose,
    /// When it was sent, counted from the start of the call.
    pub start_ms: f64,
    /// How long it took: connecting, sending, and waiting for the response.
    pub duration_ms: f64,
    /// The HTTP status of the response; `None` if there was none.
    pub status: Option<u16>,
    /// WeChat's errcode, if WeChat refused the request.
    pub errcode: Option<i64>,
    /// The code of the failure; `None` if WeChat did what the request asks.
    pub code: Option<Code>,
    /// The id of the request at WeChat, if WeChat refused it and told the id.
    pub rid: Option<String>,
    /// What the call did next, because of `code`; `None` after the last request.
    pub next: Option<NextAttempt>,
}

named! {
    /// What a request of a call is for.
    #[non_exhaustive]
    pub enum Purpose {
        /// It looks the rule up before a write.
        LookUp = "look_up",
        /// It is the interface's own request.
        Request = "request",
        /// It reads the change back.
        ReadBack = "read_back",
    }
}

named! {
    /// What a call did after a request that was not its last.
    #[non_exhaustive]
    pub enum NextAttempt {
        /// The rule was looked up: it sent its own request.
        Request = "request",
        /// It waited, and sent the same request again.
        Retry = "retry",
        /// Nothing was sent: it tried the next host.
        NextHost = "next_host",
        /// The token was stale: it got another one, and sent the same request again.
        RenewToken = "renew_token",
        /// The outcome of the change was unknown: it read the change back.
        ReadBack = "read_back",
        /// The change that was read back was not applied: it waited, and sent the change again.
        Resend = "resend",
    }
}

named! {
    /// Whether the change of a call was applied.
    #[non_exhaustive]
    pub enum CallOutcome {
        /// The change was applied, or was in effect before.
        Applied = "applied",
        /// The change was not applied.
        NotApplied = "not_applied",
        /// Whether the change was applied is not known.
        Unknown = "unknown",
    }
}

impl From<Outcome> for CallOutcome {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::NotApplied => Self::NotApplied,
            Outcome::Unknown => Self::Unknown,
        }
    }
}

impl CallEvent {
    /// Makes the event of a call that has sent nothing yet.
    pub(super) fn new(interface: Cow<'static, str>, appid: Option<&str>) -> Self {
        Self {
            interface,
            appid: appid.map(String::from),
            duration_ms: 0.0,
            thread_ms: 0.0,
            slot_ms: 0.0,
            token_ms: 0.0,
            lock_ms: 0.0,
            retry_ms: 0.0,
            wechat_ms: 0.0,
            token_renewed: false,
            read_back: false,
            status: None,
            errcode: None,
            code: None,
            rid: None,
            outcome: None,
            attempts: Vec::new(),
        }
    }

    /// Whether the call succeeded.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.code.is_none()
    }
}

impl Attempt {
    pub(super) fn new(purpose: Purpose, start_ms: f64, duration_ms: f64) -> Self {
        Self {
            purpose,
            start_ms,
            duration_ms,
            status: None,
            errcode: None,
            code: None,
            rid: None,
            next: None,
        }
    }

    pub(super) fn set_error(&mut self, error: &Error) {
        self.errcode = error.errcode();
        self.code = Some(error.code());
        self.rid = error.rid().map(String::from);
    }
}

/// Returns milliseconds with three decimals.
#[expect(
    clippy::cast_precision_loss,
    reason = "a day in microseconds is far less than 2^53"
)]
pub(super) fn milliseconds(duration: Duration) -> f64 {
    duration.as_micros() as f64 / 1000.0
}

/// Writes one line, with the names of the fields. What is zero, false or `None` is left out.
///
/// ```text
/// addJumpQRCode appid=wx1234567890abcdef ok duration_ms=812.4 wechat_ms=9.1 retry_ms=803.0
/// outcome=applied attempts=[request 200 system_busy(-1) next=retry; request 200]
/// ```
impl fmt::Display for CallEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.interface)?;
        if let Some(appid) = &self.appid {
            write!(f, " appid={appid}")?;
        }
        match self.code {
            None => write!(f, " ok")?,
            Some(code) => write!(f, " code={code}")?,
        }
        if let Some(errcode) = self.errcode {
            write!(f, " errcode={errcode}")?;
        }
        write!(f, " duration_ms={:.1}", self.duration_ms)?;
        let times = [
            ("thread_ms", self.thread_ms),
            ("slot_ms", self.slot_ms),
            ("token_ms", self.token_ms),
            ("lock_ms", self.lock_ms),
            ("retry_ms", self.retry_ms),
            ("wechat_ms", self.wechat_ms),
        ];
        for (name, time) in times.into_iter().filter(|(_, time)| *time > 0.0) {
            write!(f, " {name}={time:.1}")?;
        }
        for (name, flag) in [
            ("token_renewed", self.token_renewed),
            ("read_back", self.read_back),
        ] {
            if flag {
                write!(f, " {name}=true")?;
            }
        }
        if let Some(status) = self.status {
            write!(f, " status={status}")?;
        }
        if let Some(rid) = &self.rid {
            write!(f, " rid={rid}")?;
        }
        if let Some(outcome) = self.outcome {
            write!(f, " outcome={outcome}")?;
        }
        write!(f, " attempts=[")?;
        let mut separator = "";
        for attempt in &self.attempts {
            write!(f, "{separator}{attempt}")?;
            separator = "; ";
        }
        write!(f, "]")
    }
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.purpose)?;
        if let Some(status) = self.status {
            write!(f, " {status}")?;
        }
        match (self.code, self.errcode) {
            (Some(code), Some(errcode)) => write!(f, " {code}({errcode})")?,
            (Some(code), None) => write!(f, " {code}")?,
            (None, _) => {}
        }
        match self.next {
            Some(next) => write!(f, " next={next}"),
            None => Ok(()),
        }
    }
}
