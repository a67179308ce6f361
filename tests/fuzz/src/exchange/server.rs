//! A server that follows a script.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::script::{Event, take_early};

/// The most bytes that are sent to a client that does not read them. More would have to wait.
const UNREAD: usize = 4 * 1024;

/// A server and its script, shared with the hook in the client's connection.
#[derive(Clone)]
pub(super) struct Server(Arc<Mutex<State>>);

struct State {
    stream: UnixStream,
    events: VecDeque<Event>,
    /// What has arrived of the request.
    request: Vec<u8>,
    /// The number of bytes of the response to the last request.
    sent: usize,
    /// The number of bytes after which the response is complete.
    enough: Option<usize>,
    /// Whether the client has waited for the response to the last request.
    is_awaited: bool,
    /// What the client must not do, and has done.
    mistake: Option<&'static str>,
    /// Whether a part was only sent as far as it fitted into the client's buffer.
    is_part_cut: bool,
}

impl Server {
    /// Returns the server, and the client's end of its connection.
    pub(super) fn start(events: VecDeque<Event>) -> io::Result<(Self, TcpStream)> {
        // Of two sockets on this machine, one has the other's bytes at once.
        let (stream, client) = UnixStream::pair()?;
        stream.set_nonblocking(true)?;
        let state = State {
            stream,
            events,
            request: Vec::new(),
            sent: 0,
            enough: None,
            is_awaited: false,
            mistake: None,
            is_part_cut: false,
        };
        let server = Self(Arc::new(Mutex::new(state)));
        Ok((server, TcpStream::from(OwnedFd::from(client))))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends what arrives before the next request, and prepares for it. Its response is complete
    /// after `enough` bytes.
    pub(super) fn prepare(&self, enough: Option<usize>) -> io::Result<()> {
        self.state().prepare(enough)
    }

    /// Sends what arrives at a wait of the client. `room`: the number of free bytes in its buffer.
    /// `is_waiting`: it waits until something happens.
    pub(super) fn serve(&self, room: usize, is_waiting: bool) -> io::Result<()> {
        self.state().serve(room, is_waiting)
    }

    /// Returns what the client has sent in the last call.
    pub(super) fn take_request(&self) -> io::Result<Vec<u8>> {
        let mut state = self.state();
        state.receive()?;
        Ok(std::mem::take(&mut state.request))
    }

    /// Returns what the client has done and must not do.
    pub(super) fn mistake(&self) -> Option<&'static str> {
        self.state().mistake
    }

    /// Returns the number of bytes sent in the last call.
    pub(super) fn sent(&self) -> usize {
        self.state().sent
    }

    /// Returns whether nothing arrives any more.
    pub(super) fn is_silent(&self) -> bool {
        matches!(self.state().events.front(), Some(Event::Silence))
    }

    /// Returns whether the client has closed the connection.
    pub(super) fn is_closed_by_client(&self) -> bool {
        match self.state().stream.read(&mut [0]) {
            Ok(length) => length == 0,
            Err(error) => is_reset(&error),
        }
    }

    /// Closes the connection.
    pub(super) fn close(&self) -> io::Result<()> {
        self.state().stream.shutdown(Shutdown::Both)
    }
}

impl State {
    fn prepare(&mut self, enough: Option<usize>) -> io::Result<()> {
        // The rest of a part has arrived with the part, in the system's buffer.
        if std::mem::take(&mut self.is_part_cut) {
            self.send_next(0)?;
        }
        match take_early(&mut self.events) {
            Some(Event::Part(bytes)) => {
                let unread = bytes.get(..UNREAD).unwrap_or(&bytes);
                self.stream.write_all(unread)?;
            }
            Some(_) => self.stream.shutdown(Shutdown::Write)?,
            None => {}
        }
        self.sent = 0;
        self.enough = enough;
        self.is_awaited = false;
        Ok(())
    }

    /// Receives as much of the request as has arrived.
    fn receive(&mut self) -> io::Result<()> {
        let length = self.request.len();
        let result = self.stream.read_to_end(&mut self.request);
        if self.is_awaited && self.request.len() > length {
            self.mistake = Some("it has sent a part of its request after it had waited");
        }
        match result {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock || is_reset(&error) => Ok(()),
            result => result.map(drop),
        }
    }

    fn serve(&mut self, room: usize, is_waiting: bool) -> io::Result<()> {
        self.receive()?;
        self.is_awaited = true;
        if self.enough.is_some_and(|enough| self.sent >= enough) {
            self.mistake = Some("it has waited after the end of its response");
        }
        loop {
            match self.events.front() {
                Some(Event::Part(_)) => return self.send_next(room),
                Some(Event::Nothing | Event::Early) => {
                    let event = self.events.pop_front();
                    if event == Some(Event::Nothing) && !is_waiting {
                        return Ok(());
                    }
                }
                Some(Event::Close) | None => return self.stream.shutdown(Shutdown::Write),
                Some(Event::Reset) => return Err(io::ErrorKind::ConnectionReset.into()),
                Some(Event::Silence) if is_waiting => {
                    return Err(io::ErrorKind::TimedOut.into());
                }
                Some(Event::Silence) => return Ok(()),
            }
        }
    }

    /// Sends the next part, if it is one, as far as it fits into the client's buffer.
    fn send_next(&mut self, room: usize) -> io::Result<()> {
        let Some(Event::Part(mut bytes)) = self.events.pop_front() else {
            return Ok(());
        };
        let most = if room == 0 { UNREAD } else { room };
        let rest = bytes.split_off(bytes.len().min(most));
        self.sent += bytes.len();
        self.is_part_cut = !rest.is_empty();
        if self.is_part_cut {
            self.events.push_front(Event::Part(rest));
        }
        self.stream.write_all(&bytes)
    }
}

/// Returns whether the client has closed the connection before it has read all bytes.
fn is_reset(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::ConnectionReset
}
