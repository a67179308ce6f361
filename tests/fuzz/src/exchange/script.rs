//! What a server sends on one connection, and when.

use std::collections::VecDeque;
use std::fmt;

/// The most bytes of a script.
const LONGEST: usize = 256 * 1024;

/// Something that the client sees at one wait.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Event {
    /// Bytes arrive. They are not empty.
    Part(Vec<u8>),
    /// Nothing arrives. Only a client that does not wait sees it.
    Nothing,
    /// The server closes the connection.
    Close,
    /// The connection is reset.
    Reset,
    /// The server sends nothing any more.
    Silence,
    /// The next event does not wait for the next request, if all responses have arrived.
    Early,
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Part(bytes) if bytes.len() > 1000 => write!(f, "{} bytes", bytes.len()),
            Self::Part(bytes) => write!(f, "\"{}\"", bytes.escape_ascii()),
            Self::Nothing => f.write_str("Nothing"),
            Self::Close => f.write_str("Close"),
            Self::Reset => f.write_str("Reset"),
            Self::Silence => f.write_str("Silence"),
            Self::Early => f.write_str("Early"),
        }
    }
}

/// What becomes of a request in flight that is pending.
#[derive(Debug, Clone, Copy)]
pub(super) enum Plan {
    /// It is advanced to its end.
    Advance,
    /// After so many times, it is finished.
    FinishAfter(usize),
    /// After so many times, it is dropped.
    DropAfter(usize),
}

#[derive(Debug)]
pub(super) struct Script {
    /// The index of the limit of a body.
    pub(super) limit: usize,
    pub(super) plan: Plan,
    pub(super) events: VecDeque<Event>,
}

impl Script {
    /// Parses an input: a byte for the limit of a body, a byte for the plan, and the server's
    /// bytes. Among these, `~` begins a command:
    ///
    /// - `~|`: a part ends, and the next one arrives at the next wait.
    /// - `~_`: nothing arrives at one wait.
    /// - `~e`: the next event is early.
    /// - `~*`, a byte and two bytes of a number: so many such bytes.
    /// - `~c`, `~r` and `~s`: the connection is closed, is reset, or falls silent.
    /// - `~~`: the byte `~`.
    ///
    /// At the end, the connection is closed.
    pub(super) fn parse(input: &[u8]) -> Option<Self> {
        let [limit, plan, rest @ ..] = input else {
            return None;
        };
        let times = usize::from(plan / 3 % 8);
        let plan = match plan % 3 {
            0 => Plan::Advance,
            1 => Plan::FinishAfter(times),
            _ => Plan::DropAfter(times),
        };
        Some(Self {
            limit: usize::from(*limit),
            plan,
            events: parse_events(rest),
        })
    }
}

fn parse_events(mut input: &[u8]) -> VecDeque<Event> {
    let mut events = VecDeque::new();
    let mut part = Vec::new();
    let mut room = LONGEST;
    loop {
        let (bytes, event) = match input {
            [b'~', b'|', rest @ ..] => (rest, None),
            [b'~', b'_', rest @ ..] => (rest, Some(Event::Nothing)),
            [b'~', b'e', rest @ ..] => (rest, Some(Event::Early)),
            [b'~', b'c', rest @ ..] => (rest, Some(Event::Close)),
            [b'~', b'r', rest @ ..] => (rest, Some(Event::Reset)),
            [b'~', b's', rest @ ..] => (rest, Some(Event::Silence)),
            [] => (input, Some(Event::Close)),
            [b'~', b'*', byte, high, low, rest @ ..] => {
                let count = usize::from(u16::from_be_bytes([*high, *low])).min(room);
                room -= count;
                part.resize(part.len() + count, *byte);
                input = rest;
                continue;
            }
            [b'~', b'~', rest @ ..] | [_, rest @ ..] => {
                part.extend(input.first().filter(|_| room > 0));
                room = room.saturating_sub(1);
                input = rest;
                continue;
            }
        };
        if !part.is_empty() {
            events.push_back(Event::Part(std::mem::take(&mut part)));
        }
        events.extend(event);
        if input.is_empty() {
            return events;
        }
        input = bytes;
    }
}

/// Takes the event that does not wait for the next request, if there is one.
pub(super) fn take_early(events: &mut VecDeque<Event>) -> Option<Event> {
    let mut is_early = false;
    loop {
        match events.front()? {
            Event::Early => is_early = true,
            Event::Nothing if is_early => {}
            Event::Part(_) | Event::Close | Event::Reset if is_early => {
                return events.pop_front();
            }
            _ => return None,
        }
        events.pop_front();
    }
}
