//! The calls of one event loop: they go on when the loop says so, and block no thread.
//!
//! An epoll has the sockets of all calls that await a response. The event loop watches the epoll's
//! descriptor and nothing else, so it learns nothing of connections that come and go. Each socket is
//! watched only while its request is in flight: an idle connection belongs to all threads. The
//! epoll keeps the socket, but its event disarms it: to add it anew costs six times as much.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use jumpqr_core::error::Result;
use jumpqr_core::interface::{CallVisitor, Interface};
use rustix::event::{Timespec, epoll};
use serde::Serialize;
use serde_json::Value;

use super::call::{read_call, to_value};
use crate::cancel::Cancel;
use crate::client::Client;
use crate::drive::{BegunCall, Progress};

/// The most sockets that one look at the epoll returns. If there are more, the next look does.
const EVENTS: usize = 64;

/// The calls of one event loop that await responses. `R` is what the results are converted to.
///
/// Use it from the loop's thread. Dropping it drops the calls, and closes their connections.
pub struct InFlightCalls<R> {
    epoll: OwnedFd,
    /// The calls by the indexes of their names.
    calls: Vec<Option<InFlightCall<R>>>,
    /// The indexes that no call has.
    free: Vec<usize>,
    last_number: u64,
    /// The calls that can go on.
    ready: VecDeque<CallId>,
    /// A time before which no request is out of time.
    earliest: Option<Instant>,
    /// The time to which the loop's timer was last set, if it has not gone off since.
    timer: Option<Instant>,
}

/// Names a call of an [`InFlightCalls`]. The name of a call that has ended names no other call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CallId(pub u64);

impl CallId {
    /// The bits of the index. There are fewer calls, because each one has a socket.
    const INDEX_BITS: u32 = 24;

    fn new(index: usize, number: u64) -> Self {
        Self(number << Self::INDEX_BITS | index as u64)
    }

    fn index(self) -> usize {
        usize::try_from(self.0 & ((1 << Self::INDEX_BITS) - 1)).unwrap_or(usize::MAX)
    }
}

struct InFlightCall<R> {
    id: CallId,
    call: Box<dyn Ongoing<R>>,
    /// Whether the epoll still watches the socket.
    is_armed: bool,
    /// Whether [`InFlightCalls::next_ready`] has returned it.
    is_taken: bool,
}

/// What has become of a call.
#[derive(Debug)]
pub enum Begun<R> {
    /// The call is done.
    Done(Result<R>),
    /// The call awaits a response.
    InFlight(CallId),
    /// The call must be finished on a thread.
    MustWait(UnfinishedCall<R>),
}

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
    /// The call awaits a response, see [`InFlightCalls::add`].
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
        read_call(interface, arguments)?.accept(Named { client, convert })
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

    /// Waits for the end of the call, on the thread of the caller. The call has waited this long for
    /// a free thread, and `cancel` cancels it.
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

impl<R> InFlightCalls<R> {
    /// Makes an empty set, with an epoll of its own.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            epoll: epoll::create(epoll::CreateFlags::CLOEXEC)?,
            calls: Vec::new(),
            free: Vec::new(),
            last_number: 0,
            ready: VecDeque::new(),
            earliest: None,
            timer: None,
        })
    }

    /// Returns the descriptor for the event loop to watch. When it is readable, call
    /// [`look`](Self::look).
    #[must_use]
    pub fn descriptor(&self) -> BorrowedFd<'_> {
        self.epoll.as_fd()
    }

    /// Returns how many calls await responses.
    #[must_use]
    pub fn len(&self) -> usize {
        self.calls.len() - self.free.len()
    }

    /// Returns whether no call awaits a response.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Begins a call, and does all that takes no waiting. `convert` makes its result from the
    /// response.
    pub fn begin<I, C>(&mut self, client: &Client, call: I, convert: C) -> Begun<R>
    where
        I: Interface,
        C: Fn(I::Response) -> Result<R> + Send + 'static,
    {
        self.begin_made(UnfinishedCall::new(client, call, convert))
    }

    /// Begins a call by WeChat's name of its interface, as [`call`](super::call) makes it. `convert`
    /// makes its result from the serialised one.
    pub fn begin_named<C>(
        &mut self,
        client: &Client,
        interface: &str,
        arguments: Value,
        convert: C,
    ) -> Begun<R>
    where
        C: Fn(Value) -> Result<R> + Send + 'static,
    {
        self.begin_made(UnfinishedCall::named(client, interface, arguments, convert))
    }

    /// Watches a call that awaits a response. If it cannot be watched, it must be finished on a
    /// thread.
    pub fn add(&mut self, call: UnfinishedCall<R>) -> Result<CallId, UnfinishedCall<R>> {
        let id = self.new_id();
        self.watch(id, call.0).map_err(|call| {
            self.free.push(id.index());
            UnfinishedCall(call)
        })
    }

    /// Looks which responses have arrived, without waiting. Call [`next_ended`](Self::next_ended) or
    /// [`next_ready`](Self::next_ready) then.
    pub fn look(&mut self) -> io::Result<()> {
        let mut events = Vec::with_capacity(EVENTS);
        let at_once = Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        epoll::wait(
            &self.epoll,
            rustix::buffer::spare_capacity(&mut events),
            Some(&at_once),
        )?;
        for event in events.drain(..) {
            let index = usize::try_from(event.data.u64()).unwrap_or(usize::MAX);
            if let Some(Some(call)) = self.calls.get_mut(index) {
                call.is_armed = false;
                self.ready.push_back(call.id);
            }
        }
        Ok(())
    }

    /// Finds the calls whose requests are out of time, when the timer has gone off. Call
    /// [`next_ended`](Self::next_ended) or [`next_ready`](Self::next_ready) then.
    pub fn time_out(&mut self, now: Instant) {
        self.timer = None;
        self.earliest = None;
        let waiting = self.calls.iter().flatten();
        for call in waiting.filter(|call| !call.is_taken) {
            match call.call.deadline() {
                Some(deadline) if deadline > now => {
                    self.earliest = Some(earlier(self.earliest, deadline));
                }
                _ => self.ready.push_back(call.id),
            }
        }
    }

    /// Returns the next call that has ended or must be finished on a thread; `None` if all others
    /// await responses. It is never [`Begun::InFlight`].
    pub fn next_ended(&mut self) -> Option<(CallId, Begun<R>)> {
        while let Some(id) = self.ready.pop_front() {
            let Some(call) = self.unwatch(id) else {
                continue;
            };
            match self.go_on(id, call) {
                Begun::InFlight(_) => {}
                ended => return Some((id, ended)),
            }
        }
        None
    }

    /// Returns the name of the next call that can go on; `None` if all others await responses.
    /// [Remove](Self::remove) it, and go on with it.
    ///
    /// For a caller that must not use this set while a call goes on, because the call may log, and
    /// a handler of the log may come back.
    pub fn next_ready(&mut self) -> Option<CallId> {
        while let Some(id) = self.ready.pop_front() {
            if let Some(Some(call)) = self.calls.get_mut(id.index())
                && call.id == id
                && !call.is_taken
            {
                call.is_taken = true;
                return Some(id);
            }
        }
        None
    }

    /// Removes a call from the set. `None` if it was removed before.
    pub fn remove(&mut self, id: CallId) -> Option<UnfinishedCall<R>> {
        let call = self.unwatch(id)?;
        self.free.push(id.index());
        Some(UnfinishedCall(call))
    }

    /// Cancels a call, and closes its connection. `None` if it has ended before.
    pub fn cancel(&mut self, id: CallId) -> Option<Result<R>> {
        self.remove(id).map(UnfinishedCall::cancel)
    }

    /// Returns the time to which the loop's timer must be set now, if it must be set anew. When it
    /// goes off, call [`time_out`](Self::time_out).
    pub fn timer_to_set(&mut self) -> Option<Instant> {
        let earliest = self.earliest?;
        if self.timer.is_some_and(|timer| timer <= earliest) {
            return None;
        }
        self.timer = Some(earliest);
        self.timer
    }

    fn begin_made(&mut self, call: Result<UnfinishedCall<R>>) -> Begun<R> {
        match call {
            Err(error) => Begun::Done(Err(error)),
            Ok(UnfinishedCall(call)) => {
                let id = self.new_id();
                self.go_on(id, call)
            }
        }
    }

    /// Goes on with a call that is not watched.
    fn go_on(&mut self, id: CallId, mut call: Box<dyn Ongoing<R>>) -> Begun<R> {
        let begun = match call.go_on() {
            Progress::Done(result) => Begun::Done(result),
            Progress::MustWait => Begun::MustWait(UnfinishedCall(call)),
            Progress::InFlight => match self.watch(id, call) {
                Ok(id) => Begun::InFlight(id),
                Err(call) => Begun::MustWait(UnfinishedCall(call)),
            },
        };
        if !matches!(begun, Begun::InFlight(_)) {
            self.free.push(id.index());
        }
        begun
    }

    /// Names a new call.
    fn new_id(&mut self) -> CallId {
        let index = self.free.pop().unwrap_or_else(|| {
            self.calls.push(None);
            self.calls.len() - 1
        });
        self.last_number += 1;
        CallId::new(index, self.last_number)
    }

    /// Has the epoll watch the socket of a call.
    fn watch(
        &mut self,
        id: CallId,
        call: Box<dyn Ongoing<R>>,
    ) -> Result<CallId, Box<dyn Ongoing<R>>> {
        let data = epoll::EventData::new_u64(id.index() as u64);
        let is_watched = call
            .socket()
            .is_some_and(|socket| arm(&self.epoll, socket, data).is_ok());
        match self.calls.get_mut(id.index()) {
            Some(place) if is_watched => {
                if let Some(deadline) = call.deadline() {
                    self.earliest = Some(earlier(self.earliest, deadline));
                }
                *place = Some(InFlightCall {
                    id,
                    call,
                    is_armed: true,
                    is_taken: false,
                });
                Ok(id)
            }
            _ => Err(call),
        }
    }

    /// Ends the watch of a call, before its connection may go to another call.
    fn unwatch(&mut self, id: CallId) -> Option<Box<dyn Ongoing<R>>> {
        let place = self.calls.get_mut(id.index())?;
        let InFlightCall { call, is_armed, .. } = place.take_if(|call| call.id == id)?;
        if is_armed && let Some(socket) = call.socket() {
            // It fails only for a socket that is not watched.
            let _ = epoll::delete(&self.epoll, socket);
        }
        Some(call)
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

/// Watches a socket until its next event. It may be in the epoll since an earlier request.
fn arm(epoll: &OwnedFd, socket: BorrowedFd<'_>, data: epoll::EventData) -> rustix::io::Result<()> {
    let once = epoll::EventFlags::IN | epoll::EventFlags::ONESHOT;
    match epoll::modify(epoll, socket, data, once) {
        Err(rustix::io::Errno::NOENT) => epoll::add(epoll, socket, data, once),
        modified => modified,
    }
}

fn earlier(earliest: Option<Instant>, deadline: Instant) -> Instant {
    earliest.map_or(deadline, |earliest| earliest.min(deadline))
}

impl<R> fmt::Debug for InFlightCalls<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InFlightCalls")
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

impl<R> fmt::Debug for UnfinishedCall<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnfinishedCall").finish_non_exhaustive()
    }
}
