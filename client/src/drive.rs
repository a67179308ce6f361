//! The one loop that does what a call's state machine says.

use std::sync::Arc;
use std::time::Duration;

use jumpqr_core::call::{Call, Policy, SendFailure, Step, Tally};
use jumpqr_core::error::{OwnCode, Result};
use jumpqr_core::interface::Interface;
use jumpqr_core::response::Response;
use jumpqr_core::{Error, Pacer, Slot};
use log::Level;

use crate::base_url::BaseUrl;
use crate::cancel::{BETWEEN_CHECKS, Cancel};
use crate::clock::Clock;
use crate::mutex::Mutex;
use crate::retry::delays;
use crate::token_source::{TokenRequest, TokenSource};
use crate::transport::{HttpRequest, Transport};

/// The target of the log. The crate logs there, at the level debug, what a call does besides
/// sending its request.
const LOG_TARGET: &str = "jumpqr";

/// Everything outside the call that it needs: the network, the clock, the pacer.
#[derive(Debug)]
pub(crate) struct Driver {
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) hosts: Hosts,
    pub(crate) max_retries: usize,
    /// `None` if the caller paces.
    pub(crate) pacer: Option<Mutex<Pacer>>,
    /// How long a call may wait for a free thread and for its slots.
    pub(crate) queue_timeout: Duration,
}

/// The hosts that calls are sent to. A host is tried only if nothing was sent to the hosts before
/// it.
#[derive(Debug, Clone)]
pub(crate) struct Hosts {
    pub(crate) first: Arc<BaseUrl>,
    pub(crate) further: Arc<[BaseUrl]>,
}

impl Hosts {
    /// Returns the host with this index.
    fn get(&self, index: usize) -> &BaseUrl {
        self.iter().nth(index).unwrap_or(&self.first)
    }

    fn len(&self) -> usize {
        1 + self.further.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &BaseUrl> {
        std::iter::once(&*self.first).chain(&*self.further)
    }
}

/// How long one call may take, and what may end it early.
#[derive(Debug, Clone)]
pub(crate) struct CallOptions {
    /// The time for the whole call, without the time in queues.
    pub(crate) timeout: Duration,
    /// How long it has waited for a free thread.
    pub(crate) waited: Duration,
    /// Ends the call early.
    pub(crate) cancel: Cancel,
    /// Whether the call is checked first, and a rule that must exist is looked up.
    pub(crate) validate: bool,
}

impl CallOptions {
    pub(crate) fn new(timeout: Duration) -> Self {
        Self {
            timeout,
            waited: Duration::ZERO,
            cancel: Cancel::default(),
            validate: true,
        }
    }
}

impl Driver {
    /// Runs one call to its end, or until it is cancelled.
    ///
    /// `tokens` is `None` for a call that needs no token.
    pub(crate) fn run<I: Interface>(
        &self,
        interface: I,
        tokens: Option<&dyn TokenSource>,
        options: &CallOptions,
    ) -> Result<I::Response> {
        let cancel = &options.cancel;
        let policy = Policy {
            timeout: options.timeout,
            queue_timeout: self.queue_left(options.waited)?,
            retry_delays: delays(self.max_retries),
            host_count: self.hosts.len(),
            look_up: options.validate,
        };
        let started = self.clock.now();
        let logs = log::log_enabled!(target: LOG_TARGET, Level::Debug);
        let mut call = Call::new(interface, policy, started)?;
        let mut slot = ReservedSlot {
            pacer: self.pacer.as_ref(),
            slot: Slot::default(),
        };
        loop {
            if logs {
                if let Some(note) = call.take_note() {
                    log_note(I::NAME, &note);
                }
            }
            match call.step(self.clock.now()) {
                Step::Reserve { path, deadline } => {
                    let now = self.clock.now();
                    call.slot(now, slot.reserve(path, now, deadline));
                }
                Step::GetToken { rejected, deadline } => {
                    let time_left = deadline.saturating_sub(self.clock.now());
                    let request = TokenRequest {
                        rejected,
                        time_left,
                    };
                    let token = tokens.map_or(Ok(None), |tokens| tokens.token(&request));
                    call.token(self.clock.now(), token);
                }
                Step::Wait { .. } if cancel.check() => call.cancel(self.clock.now()),
                Step::Wait { until } => self.sleep(until),
                Step::Send(_) if cancel.is_cancelled() => call.cancel(self.clock.now()),
                Step::Send(send) => {
                    let host = self.hosts.get(send.host);
                    let request = HttpRequest::new(send, host.as_str(), cancel);
                    let response = self.transport.send(&request);
                    slot.mark_used(&response);
                    call.response(self.clock.now(), response);
                }
                Step::Done(result) => {
                    if logs {
                        let took = self.clock.now().saturating_sub(started);
                        log_end(I::NAME, call.tally(), took, result.as_ref().err());
                    }
                    return result;
                }
            }
        }
    }

    /// Returns a driver for another account, with a pacer of its own.
    pub(crate) fn for_another_account(&self) -> Self {
        Self {
            transport: Arc::clone(&self.transport),
            clock: Arc::clone(&self.clock),
            hosts: self.hosts.clone(),
            max_retries: self.max_retries,
            pacer: self.pacer.as_ref().map(|_| Mutex::default()),
            queue_timeout: self.queue_timeout,
        }
    }

    /// Returns the host, if it is not WeChat's own. Tokens of another host have keys of their own.
    pub(crate) fn custom_host(&self) -> Option<&str> {
        self.hosts.first.custom_host()
    }

    /// Returns what is left of the queue timeout after a call has waited for a free thread.
    pub(crate) fn queue_left(&self, waited: Duration) -> Result<Duration> {
        match self.queue_timeout.checked_sub(waited) {
            Some(left) if !left.is_zero() => Ok(left),
            _ => Err(Error::new(
                OwnCode::PacedOut,
                "no thread was free before the call's queue timeout ended",
            )),
        }
    }

    /// Waits until then, but only for a moment. After it, the call may be cancelled, and its slot
    /// may have moved to an earlier time.
    fn sleep(&self, until: Duration) {
        let look = self.clock.now().saturating_add(BETWEEN_CHECKS);
        self.clock.sleep_until(until.min(look));
    }
}

/// A call's place in the pacer's queue, or its slot. If it is not used, it is given back at the end
/// of the call, also after an error or a panic.
struct ReservedSlot<'a> {
    /// `None` if the caller paces.
    pacer: Option<&'a Mutex<Pacer>>,
    slot: Slot,
}

impl ReservedSlot<'_> {
    fn reserve(
        &mut self,
        path: &'static str,
        now: Duration,
        deadline: Duration,
    ) -> Option<Duration> {
        match self.pacer {
            None => Some(now),
            Some(pacer) => pacer.lock().reserve(&mut self.slot, path, now, deadline),
        }
    }

    fn mark_used(&mut self, response: &Result<Response, SendFailure>) {
        if response.as_ref().err().is_none_or(|failure| failure.sent) {
            self.slot.set_used();
        }
    }
}

impl Drop for ReservedSlot<'_> {
    fn drop(&mut self) {
        if let Some(pacer) = self.pacer.filter(|_| self.slot.is_held()) {
            pacer.lock().give_back(&mut self.slot);
        }
    }
}

/// Logs what the call has just decided to do, if that is more than to send its request.
#[cold]
fn log_note(interface: &str, note: &str) {
    log::debug!(target: LOG_TARGET, "{interface}: {note}");
}

/// Logs how the call ended, if it has done more than to send its request once.
#[cold]
fn log_end(interface: &str, tally: &Tally, took: Duration, error: Option<&Error>) {
    if !tally.is_empty() {
        let end = error.map_or("done", |error| error.code().name());
        log::debug!(target: LOG_TARGET, "{interface}: {end} after {took:.3?}: {tally}");
    }
}
