//! A call that does not block its thread, whatever its interface is.

use std::fmt;
use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

use jumpqr_core::error::Result;
use jumpqr_core::interface::{CallVisitor, Interface};
use serde::Serialize;
use serde_json::Value;

use super::call::{accept_call, to_value};
use crate::cancel::Cancel;
use crate::client::Client;
use crate::drive::{BegunCall, Progress};

/// A call that no event loop watches. If its next step waits, for a connection, a token, a slot, a
/// retry or an unusual response, it is [finished](Self::finish) on a thread.
///
/// If it is dropped, the call ends where it is, and its connection is closed.
pub struct UnfinishedCall<R>(Box<dyn Ongoing<R>>);

/// How far an [`UnfinishedCall`] has come without waiting.
#[derive(Debug)]
pub enum WentOn<R> {
    /// The call is done.
    Done(Result<R>),
    /// The call awaits a response. An [`InFlightCalls`](super::InFlightCalls) tells when it
    /// arrives.
    InFlight(UnfinishedCall<R>),
    /// The call must be finished on a thread.
    MustWait(UnfinishedCall<R>),
}

impl<R> UnfinishedCall<R> {
    /// Makes a call, and checks it. Nothing is sent before it goes on. `convert` makes its result
    /// from the response.
    pub fn new<I, C>(client: &Client, call: I, convert: C) -> Result<Self>
    where
        I: Interface,
        C: Fn(I::Response) -> Result<R> + Send + 'static,
    {
        let call = client.begin(call)?;
        Ok(Self(Box::new(Converted { call, convert })))
    }

    /// Makes a call by WeChat's name of its interface, as [`call`](super::call) does. `convert`
    /// makes its result from the serialised one.
    pub fn named<C>(client: &Client, interface: &str, arguments: Value, convert: C) -> Result<Self>
    where
        C: Fn(Value) -> Result<R> + Send + 'static,
    {
        accept_call(interface, arguments, Named { client, convert })
    }

    /// Does all that takes no waiting.
    #[must_use]
    pub fn go_on(mut self) -> WentOn<R> {
        match self.0.go_on() {
            Progress::Done(result) => WentOn::Done(result),
            Progress::InFlight => WentOn::InFlight(self),
            Progress::MustWait => WentOn::MustWait(self),
        }
    }

    /// Cancels the call, and closes its connection.
    pub fn cancel(mut self) -> Result<R> {
        self.0.cancel()
    }

    /// Returns the socket of the request in flight.
    pub(super) fn socket(&self) -> Option<BorrowedFd<'_>> {
        self.0.socket()
    }

    /// Returns when the request in flight is out of time.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.0.deadline()
    }

    /// Waits for the end of the call, on the thread of the caller. The call has waited this long
    /// for a free thread, and `cancel` cancels it.
    pub fn finish(self, waited: Duration, cancel: &Cancel) -> Result<R> {
        self.0.finish(waited, cancel)
    }
}

/// A call to any interface, whose result is converted.
trait Ongoing<R>: Send {
    fn go_on(&mut self) -> Progress<R>;
    fn socket(&self) -> Option<BorrowedFd<'_>>;
    fn deadline(&self) -> Option<Instant>;
    fn cancel(&mut self) -> Result<R>;
    fn finish(self: Box<Self>, waited: Duration, cancel: &Cancel) -> Result<R>;
}

struct Converted<I: Interface, C> {
    call: BegunCall<I>,
    convert: C,
}

impl<I, R, C> Ongoing<R> for Converted<I, C>
where
    I: Interface,
    C: Fn(I::Response) -> Result<R> + Send,
{
    fn go_on(&mut self) -> Progress<R> {
        match self.call.go_on() {
            Progress::Done(result) => Progress::Done(result.and_then(&self.convert)),
            Progress::InFlight => Progress::InFlight,
            Progress::MustWait => Progress::MustWait,
        }
    }

    fn socket(&self) -> Option<BorrowedFd<'_>> {
        self.call.socket()
    }

    fn deadline(&self) -> Option<Instant> {
        self.call.deadline()
    }

    fn cancel(&mut self) -> Result<R> {
        self.call.cancel().and_then(&self.convert)
    }

    fn finish(self: Box<Self>, waited: Duration, cancel: &Cancel) -> Result<R> {
        let Self { call, convert } = *self;
        call.finish(waited, cancel).and_then(convert)
    }
}

/// Makes a call, whose result is serialised.
struct Named<'a, C> {
    client: &'a Client,
    convert: C,
}

impl<R, C> CallVisitor for Named<'_, C>
where
    C: Fn(Value) -> Result<R> + Send + 'static,
{
    type Output = Result<UnfinishedCall<R>>;

    fn visit<I: Interface<Response: Serialize>>(self, call: I) -> Self::Output {
        let convert = self.convert;
        let convert = move |response| to_value(response).and_then(&convert);
        UnfinishedCall::new(self.client, call, convert)
    }
}

impl<R> fmt::Debug for UnfinishedCall<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnfinishedCall").finish_non_exhaustive()
    }
}
