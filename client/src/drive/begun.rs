//! A call that never blocks its caller.

use std::os::fd::BorrowedFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jumpqr_core::call::{CALLER_CANCELLED, FailureCause, SendFailure};
use jumpqr_core::error::Result;
use jumpqr_core::interface::Interface;

use super::running::{Running, Stop, Surroundings, Waits};
use super::{CallOptions, Driver};
use crate::cancel::Cancel;
use crate::token_source::{CancellableSource, TokenSource};
use crate::transport::{Advance, InFlight};

/// A call that was begun, and goes on when its caller says so.
///
/// Its caller is an event loop. [`go_on`](Self::go_on) does all that takes no waiting. The call is
/// [finished](Self::finish) on a thread if its next step would wait: for a connection, a token, a
/// slot, a retry, or an unusual response.
pub(crate) struct BegunCall<I: Interface> {
    running: Running<I>,
    /// The request whose response the call awaits.
    in_flight: Option<Box<dyn InFlight>>,
    driver: Arc<Driver>,
    tokens: Arc<dyn TokenSource>,
    cancel: Cancel,
}

/// How far a begun call has come.
#[derive(Debug)]
pub(crate) enum Progress<R> {
    /// The call is done.
    Done(Result<R>),
    /// The call awaits a response.
    InFlight,
    /// The call must be finished on a thread.
    MustWait,
}

impl<I: Interface> BegunCall<I> {
    pub(crate) fn new(
        interface: I,
        driver: &Arc<Driver>,
        tokens: &Arc<dyn TokenSource>,
        options: &CallOptions,
    ) -> Result<Self> {
        Ok(Self {
            running: driver.start(interface, options)?,
            in_flight: None,
            driver: Arc::clone(driver),
            tokens: Arc::clone(tokens),
            cancel: options.cancel.clone(),
        })
    }

    /// Does all that takes no waiting.
    pub(crate) fn go_on(&mut self) -> Progress<I::Response> {
        if let Some(in_flight) = &mut self.in_flight {
            let response = match in_flight.advance() {
                Advance::Pending => return Progress::InFlight,
                Advance::MustWait => return Progress::MustWait,
                Advance::Done(response) => response,
            };
            self.in_flight = None;
            self.running.response(self.driver.clock.now(), response);
        }
        let surroundings = Surroundings {
            driver: &self.driver,
            tokens: Some(&*self.tokens),
            cancel: &self.cancel,
        };
        match self.running.go_on(surroundings, Waits::Refused) {
            Stop::Done(result) => Progress::Done(result),
            Stop::MustWait => Progress::MustWait,
            Stop::InFlight(in_flight) => {
                self.in_flight = Some(in_flight);
                Progress::InFlight
            }
        }
    }

    /// Returns the socket of the request in flight. It becomes readable when the call can go on.
    pub(crate) fn socket(&self) -> Option<BorrowedFd<'_>> {
        self.in_flight.as_ref().map(|in_flight| in_flight.socket())
    }

    /// Returns when the call must go on in any case, because its request is out of time.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.in_flight
            .as_ref()
            .map(|in_flight| in_flight.deadline())
    }

    /// Cancels the call, and closes the connection of its request.
    pub(crate) fn cancel(&mut self) -> Result<I::Response> {
        let now = self.driver.clock.now();
        if self.in_flight.take().is_some() {
            let failure = SendFailure::after_sending(FailureCause::Cancelled, CALLER_CANCELLED);
            self.running.response(now, Err(failure));
        }
        self.running.call.cancel(now);
        self.run_to_end(&self.cancel.clone())
    }

    /// Waits for the end of the call, which has waited this long for a free thread. `cancel`
    /// cancels it.
    pub(crate) fn finish(mut self, waited: Duration, cancel: &Cancel) -> Result<I::Response> {
        match self.in_flight.take() {
            None => self.running.call.waited(self.driver.clock.now(), waited),
            Some(in_flight) => {
                let response = in_flight.finish(cancel);
                self.running.response(self.driver.clock.now(), response);
            }
        }
        self.run_to_end(cancel)
    }

    fn run_to_end(&mut self, cancel: &Cancel) -> Result<I::Response> {
        let cancellable = cancel.check_interval().map(|_| CancellableSource {
            source: Arc::clone(&self.tokens),
            cancel: cancel.clone(),
        });
        let tokens: &dyn TokenSource = match &cancellable {
            None => &*self.tokens,
            Some(cancellable) => cancellable,
        };
        self.running.run_to_end(Surroundings {
            driver: &self.driver,
            tokens: Some(tokens),
            cancel,
        })
    }
}
