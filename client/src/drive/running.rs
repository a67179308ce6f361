//! The loop.

use std::time::Duration;

use jumpqr_core::Error;
use jumpqr_core::call::{Call, Policy, SendFailure, Step, Tally};
use jumpqr_core::error::{OwnCode, Result};
use jumpqr_core::interface::Interface;
use jumpqr_core::renewal::is_not_authorised;
use jumpqr_core::response::Response;
use log::Level;

use super::Driver;
use super::slot::ReservedSlot;
use crate::cancel::{BETWEEN_CHECKS, Cancel};
use crate::listener::{LOG_TARGET, gather};
use crate::token_source::{TokenRequest, TokenSource};
use crate::transport::{HttpRequest, InFlight};

/// A call between two steps.
pub(super) struct Running<I: Interface> {
    pub(super) call: Call<I>,
    slot: ReservedSlot,
    started: Duration,
    logs: bool,
    /// What the call has failed with, if the source of its token must still be asked about it.
    refusal: Option<Error>,
}

/// What a call needs to go on.
#[derive(Clone, Copy)]
pub(super) struct Surroundings<'a> {
    pub(super) driver: &'a Driver,
    /// `None` for a call that needs no token.
    pub(super) tokens: Option<&'a dyn TokenSource>,
    pub(super) cancel: &'a Cancel,
}

/// Whether the loop may wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Waits {
    Allowed,
    Refused,
}

/// Why the loop stops.
pub(super) enum Stop<R> {
    Done(Result<R>),
    /// A request was sent, and its response is awaited. Only if waits are refused.
    #[cfg_attr(
        not(target_os = "linux"),
        expect(dead_code, reason = "only event loops take the request")
    )]
    InFlight(Box<dyn InFlight>),
    /// The next step waits. Only if waits are refused.
    MustWait,
}

impl<I: Interface> Running<I> {
    /// `waited` is how long the call has waited for a free thread.
    pub(super) fn new(
        interface: I,
        policy: Policy,
        driver: &Driver,
        waited: Duration,
    ) -> Result<Self> {
        let started = driver.clock.now();
        let mut call = Call::new(interface, policy, started)?;
        if driver.listener.is_on() {
            call.watch(started, waited);
        }
        Ok(Self {
            call,
            slot: ReservedSlot::new(driver),
            started,
            logs: log::log_enabled!(target: LOG_TARGET, Level::Debug),
            refusal: None,
        })
    }

    /// Goes on until the call is done, or until the loop would wait and must not.
    pub(super) fn go_on(
        &mut self,
        surroundings: Surroundings<'_>,
        waits: Waits,
    ) -> Stop<I::Response> {
        let Surroundings {
            driver,
            tokens,
            cancel,
        } = surroundings;
        if self.slot.has_refusal() {
            if waits == Waits::Refused {
                return Stop::MustWait;
            }
            self.slot.report_refusal();
        }
        let clock = &*driver.clock;
        let mut now = clock.now();
        if let Some(error) = self.refusal.take() {
            return self.end(Err(error), surroundings, waits);
        }
        loop {
            if self.logs {
                if let Some(note) = self.call.take_note() {
                    log_note(&self.call.name(), &note);
                }
            }
            match self.call.step(now) {
                Step::Reserve { .. } if waits == Waits::Refused && self.slot.would_block(now) => {
                    return Stop::MustWait;
                }
                Step::Reserve { path, deadline } => {
                    let start = self.slot.reserve(path, now, deadline);
                    self.call.slot(now, start);
                    if self.slot.is_shared() {
                        now = clock.now();
                    }
                }
                Step::GetToken { rejected, deadline } => {
                    let request = TokenRequest {
                        rejected,
                        time_left: deadline.saturating_sub(now),
                    };
                    let cached = tokens.map_or(Some(Ok(None)), |it| it.cached_token(&request));
                    let token = match (cached, tokens) {
                        (Some(token), _) => token,
                        (None, Some(tokens)) if waits == Waits::Allowed => {
                            let (token, gathered) = gather(|| tokens.token(&request));
                            now = clock.now();
                            self.call.token_wait(now, gathered.wait);
                            gathered.deliver();
                            token
                        }
                        (None, _) => return Stop::MustWait,
                    };
                    self.call.token(now, token);
                }
                Step::Wait { .. } if cancel.check() => self.call.cancel(now),
                Step::Wait { .. } if waits == Waits::Refused => return Stop::MustWait,
                Step::Wait { until } => {
                    // The call may be cancelled meanwhile, and its slot may move to an earlier
                    // time.
                    clock.sleep_until(until.min(now.saturating_add(BETWEEN_CHECKS)));
                    now = clock.now();
                }
                Step::Send(_) if cancel.is_cancelled() => self.call.cancel(now),
                Step::Send(send) => {
                    let host = driver.hosts.get(send.host);
                    let request = HttpRequest::new(send, host.as_str(), cancel);
                    let response = if waits == Waits::Allowed {
                        driver.transport.send(&request)
                    } else {
                        match driver.transport.begin(&request) {
                            Some(Ok(in_flight)) => {
                                // The call may be dropped before its response arrives.
                                self.slot.set_used();
                                return Stop::InFlight(in_flight);
                            }
                            Some(Err(failure)) => Err(failure),
                            None => return Stop::MustWait,
                        }
                    };
                    now = clock.now();
                    self.response(now, response);
                    self.slot.report_refusal();
                }
                Step::Done(result) => return self.end(result, surroundings, waits),
            }
        }
    }

    /// Ends the call. If WeChat says that the merchant has not authorised the platform, the source
    /// of the token may know that the merchant has ended the authorisation.
    fn end(
        &mut self,
        mut result: Result<I::Response>,
        surroundings: Surroundings<'_>,
        waits: Waits,
    ) -> Stop<I::Response> {
        let clock = &*surroundings.driver.clock;
        if let (Err(error), Some(tokens)) = (&mut result, surroundings.tokens) {
            if is_not_authorised(error) {
                if waits == Waits::Refused {
                    self.refusal = Some(error.clone());
                    return Stop::MustWait;
                }
                let timeout = self.call.deadline().saturating_sub(clock.now());
                if let Some(ended) = tokens.end_of_authorisation(timeout) {
                    *error = ended
                        .in_interface(self.call.name().into_owned())
                        .with_source(error.clone());
                }
            }
        }
        if self.logs {
            let took = clock.now().saturating_sub(self.started);
            let error = result.as_ref().err();
            log_end(&self.call.name(), self.call.tally(), took, error);
        }
        if self.call.is_watched() {
            self.emit_event(surroundings.driver, result.as_ref().err());
        }
        Stop::Done(result)
    }

    #[cold]
    fn emit_event(&mut self, driver: &Driver, error: Option<&Error>) {
        let now = driver.clock.now();
        if let Some(event) = self.call.event(now, driver.appid.as_deref(), error) {
            driver.listener.emit(event);
        }
    }

    /// Goes on to the end of the call, and waits wherever that is needed.
    pub(super) fn run_to_end(&mut self, surroundings: Surroundings<'_>) -> Result<I::Response> {
        match self.go_on(surroundings, Waits::Allowed) {
            Stop::Done(result) => result,
            Stop::InFlight(_) | Stop::MustWait => Err(Error::new(
                OwnCode::Internal,
                "a call that may wait has stopped before its end",
            )),
        }
    }

    /// Takes the response to the request that was sent last.
    pub(super) fn response(&mut self, now: Duration, response: Result<Response, SendFailure>) {
        if response.as_ref().err().is_none_or(|failure| failure.sent) {
            self.slot.set_used();
        }
        self.call.response(now, response);
        if let Some(path) = self.call.take_refused_pace() {
            self.slot.hold(path, now);
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
