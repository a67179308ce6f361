//! The calls of one event loop: they go on when the loop says so, and block no thread.
//!
//! An epoll has the sockets of all calls that await a response. The event loop watches the epoll's
//! descriptor and nothing else, so it learns nothing of connections that come and go. Each socket
//! is watched only while its request is in flight: an idle connection belongs to all threads. The
//! epoll keeps the socket, but its event disarms it: to add it anew costs six times as much.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Instant;

use rustix::event::{Timespec, epoll};

use super::UnfinishedCall;

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
    call: UnfinishedCall<R>,
    /// Whether the epoll still watches the socket.
    is_armed: bool,
    /// Whether [`InFlightCalls::next_ready`] has returned it.
    is_taken: bool,
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

    /// Watches a call that awaits a response. If it cannot be watched, it must be finished on a
    /// thread.
    pub fn add(&mut self, call: UnfinishedCall<R>) -> Result<CallId, UnfinishedCall<R>> {
        let index = self.free.last().copied().unwrap_or(self.calls.len());
        let data = epoll::EventData::new_u64(index as u64);
        let is_watched = call
            .socket()
            .is_some_and(|socket| arm(&self.epoll, socket, data).is_ok());
        if !is_watched {
            return Err(call);
        }
        if let Some(deadline) = call.deadline() {
            self.earliest = Some(earlier(self.earliest, deadline));
        }
        self.last_number += 1;
        let id = CallId::new(index, self.last_number);
        let added = Some(InFlightCall {
            id,
            call,
            is_armed: true,
            is_taken: false,
        });
        match self.free.pop().and_then(|index| self.calls.get_mut(index)) {
            Some(place) => *place = added,
            None => self.calls.push(added),
        }
        Ok(id)
    }

    /// Looks which responses have arrived, without waiting. Call [`next_ready`](Self::next_ready)
    /// then.
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
    /// [`next_ready`](Self::next_ready) then.
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

    /// Returns the name of the next call that can go on; `None` if all others await responses.
    /// [Remove](Self::remove) it, and go on with it.
    ///
    /// For a caller that must not use this set while a call goes on, because the call may log, and
    /// a handler of the log may come back.
    pub fn next_ready(&mut self) -> Option<CallId> {
        while let Some(id) = self.ready.pop_front() {
            if let Some(Some(call)) = self.calls.get_mut(id.index()) {
                if call.id == id && !call.is_taken {
                    call.is_taken = true;
                    return Some(id);
                }
            }
        }
        None
    }

    /// Removes a call from the set, before its connection may go to another call. `None` if it was
    /// removed before.
    pub fn remove(&mut self, id: CallId) -> Option<UnfinishedCall<R>> {
        let place = self.calls.get_mut(id.index())?;
        let InFlightCall { call, is_armed, .. } = place.take_if(|call| call.id == id)?;
        self.free.push(id.index());
        if let Some(socket) = call.socket().filter(|_| is_armed) {
            // It fails only for a socket that is not watched.
            let _ = epoll::delete(&self.epoll, socket);
        }
        Some(call)
    }

    /// Returns the time to which the loop's timer must be set now, if it must be set anew. When it
    /// goes off, call [`time_out`](Self::time_out).
    ///
    /// Ask after each call that was [added](Self::add), also after one that has gone on: its next
    /// request may have an earlier deadline.
    pub fn timer_to_set(&mut self) -> Option<Instant> {
        let earliest = self.earliest?;
        if self.timer.is_some_and(|timer| timer <= earliest) {
            return None;
        }
        self.timer = Some(earliest);
        self.timer
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
        f.debug_struct("InFlightCalls").finish_non_exhaustive()
    }
}
