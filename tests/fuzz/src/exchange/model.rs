//! What the server's bytes mean. ureq-proto alone reads them: all at once, whatever the parts.

use std::collections::VecDeque;

use jumpqr_core::call::{FailureCause, SendFailure};
use ureq_proto::BodyMode;
use ureq_proto::client::state::{RecvBody, RecvResponse};
use ureq_proto::client::{Call, RecvBodyResult, RecvResponseResult, SendRequestResult};
use ureq_proto::http::Request;

use super::script::{Event, take_early};

/// The longest head of a response, together with the interim responses before it.
const LONGEST_HEAD: usize = 8 * 1024;

/// The size of the buffer for responses.
const INPUT: usize = 16 * 1024;

/// Why a call fails after its request was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    NotHttp,
    HeadTooLarge,
    BodyTooLarge,
    /// The connection is closed before the end of the response.
    Closed,
    Reset,
    TimedOut,
}

impl Failure {
    /// Reads the failure of a call. The client tells some kinds only in words.
    pub(super) fn read(failure: &SendFailure) -> Option<Self> {
        let says = |words| failure.detail.contains(words);
        match failure.cause {
            _ if !failure.sent => None,
            FailureCause::Timeout => Some(Self::TimedOut),
            FailureCause::BodyTooLarge if says("the head") => Some(Self::HeadTooLarge),
            FailureCause::BodyTooLarge => Some(Self::BodyTooLarge),
            FailureCause::ConnectionLost if says("did not respond in HTTP") => Some(Self::NotHttp),
            FailureCause::ConnectionLost if says("closed") => Some(Self::Closed),
            FailureCause::ConnectionLost if says("reset") => Some(Self::Reset),
            _ => None,
        }
    }
}

/// The result that a call must have.
#[derive(Debug)]
pub(super) enum Expected {
    Response(Response),
    /// One of these.
    Failure(Vec<Failure>),
}

#[derive(Debug)]
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
    /// The number of its bytes; `None` if it ends with the connection.
    pub(super) length: Option<usize>,
    pub(super) must_close: bool,
}

impl Expected {
    /// Returns the number of bytes after which the client must not wait for more.
    pub(super) fn length(&self) -> Option<usize> {
        match self {
            Self::Response(response) => response.length,
            Self::Failure(_) => None,
        }
    }

    /// Returns whether the connection must be closed after the call.
    pub(super) fn must_close(&self) -> bool {
        match self {
            Self::Response(response) => response.must_close,
            Self::Failure(_) => true,
        }
    }
}

impl From<Failure> for Expected {
    fn from(failure: Failure) -> Self {
        Self::Failure(vec![failure])
    }
}

/// The server's side of a connection, as ureq-proto understands it.
pub(super) struct Connection {
    events: VecDeque<Event>,
    body_limit: usize,
    is_usable: bool,
}

impl Connection {
    pub(super) fn new(events: VecDeque<Event>, body_limit: usize) -> Self {
        Self {
            events,
            body_limit,
            is_usable: true,
        }
    }

    /// Returns the result of the next call; `None` if the connection must not be used for it.
    pub(super) fn next_call(&mut self, has_body: bool) -> Option<Expected> {
        // What arrives before the request is not its response.
        if !self.is_usable || take_early(&mut self.events).is_some() {
            return None;
        }
        let mut bytes = Vec::new();
        let mut ending = &Event::Close;
        for event in &self.events {
            match event {
                Event::Part(part) => bytes.extend(part),
                Event::Nothing | Event::Early => {}
                Event::Close | Event::Reset | Event::Silence => {
                    ending = event;
                    break;
                }
            }
        }
        let reading = Reading {
            bytes: &bytes,
            position: 0,
            ending,
            body_limit: self.body_limit,
        };
        let expected = reading.read(has_body).unwrap_or_else(|failure| failure);
        self.is_usable = match expected.length() {
            Some(length) if !expected.must_close() => self.take_parts(length),
            _ => false,
        };
        Some(expected)
    }

    /// Takes so many bytes. Returns whether the last part has no more of them.
    fn take_parts(&mut self, mut length: usize) -> bool {
        while let Some(event) = self.events.pop_front() {
            let Event::Part(part) = event else {
                continue;
            };
            match length.checked_sub(part.len()) {
                Some(0) => return true,
                Some(left) => length = left,
                None => return false,
            }
        }
        false
    }
}

/// A response that is read from all bytes to the end of the connection.
struct Reading<'a> {
    bytes: &'a [u8],
    position: usize,
    ending: &'a Event,
    body_limit: usize,
}

impl<'a> Reading<'a> {
    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.position..).unwrap_or_default()
    }

    fn read(mut self, has_request_body: bool) -> Result<Expected, Expected> {
        let mut call = send_request(has_request_body);
        let status = self.read_head(&mut call)?;
        let result = call.proceed();
        let result = result.unwrap_or_else(|| panic!("the head is complete"));
        let (body, must_close) = match result {
            RecvResponseResult::RecvBody(call) => {
                return self.read_body(call, status).map(Expected::Response);
            }
            RecvResponseResult::Redirect(call) => (Vec::new(), call.must_close_connection()),
            RecvResponseResult::Cleanup(call) => (Vec::new(), call.must_close_connection()),
        };
        Ok(Expected::Response(Response {
            status,
            body,
            length: Some(self.position),
            must_close,
        }))
    }

    /// Reads the head, and the interim responses before it. Returns the status.
    fn read_head(&mut self, call: &mut Call<RecvResponse>) -> Result<u16, Expected> {
        loop {
            let Ok((used, head)) = call.try_response(self.rest(), false) else {
                let begin = self.bytes.get(self.position..=LONGEST_HEAD);
                let is_short = begin.is_none_or(|begin| call.try_response(begin, false).is_err());
                return Err(if is_short {
                    Failure::NotHttp.into()
                } else {
                    // What the client finds first depends on the parts.
                    Expected::Failure(vec![Failure::NotHttp, Failure::HeadTooLarge])
                });
            };
            let is_incomplete = used == 0;
            self.position += used;
            if self.position > LONGEST_HEAD || is_incomplete && self.bytes.len() > LONGEST_HEAD {
                return Err(Failure::HeadTooLarge.into());
            }
            if let Some(head) = head {
                return Ok(head.status().as_u16());
            }
            if is_incomplete {
                return Err(match self.ending {
                    Event::Reset => Failure::Reset.into(),
                    Event::Silence => Failure::TimedOut.into(),
                    _ => Failure::Closed.into(),
                });
            }
        }
    }

    fn read_body(mut self, mut call: Call<RecvBody>, status: u16) -> Result<Response, Expected> {
        let is_to_end = call.body_mode() == BodyMode::CloseDelimited;
        // One byte more than is allowed.
        let mut body = vec![0; (self.body_limit + 1).min(self.bytes.len())];
        let mut length = 0;
        // ureq-proto reports either bytes or an error. So that all bytes before an error are known,
        // each end of a line is given to it alone.
        let mut given = 0;
        let mut is_stuck = false;
        while is_to_end || !call.can_proceed() {
            let rest = self.rest();
            let input = rest.get(..given.min(INPUT)).unwrap_or(rest);
            let place = body.get_mut(length..).unwrap_or_default();
            let Ok((used, read)) = call.read(input, place) else {
                return Err(Failure::NotHttp.into());
            };
            self.position += used;
            length += read;
            if length > self.body_limit {
                return Err(self.find_further_failure(call));
            }
            if used > 0 {
                given -= used;
            } else if given < rest.len().min(INPUT) {
                given += length_of_next_piece(rest.get(given..).unwrap_or_default());
            } else {
                is_stuck = true;
                break;
            }
        }
        body.truncate(length);
        if !is_stuck {
            let must_close = match call.proceed() {
                Some(RecvBodyResult::Redirect(call)) => call.must_close_connection(),
                Some(RecvBodyResult::Cleanup(call)) => call.must_close_connection(),
                None => true,
            };
            return Ok(Response {
                status,
                body,
                length: Some(self.position),
                must_close,
            });
        }
        // The sizes of chunks and the trailers have lines. ureq-proto needs the end of the line,
        // and the client's buffer is too small.
        if self.rest().len() > INPUT {
            return Err(Failure::Closed.into());
        }
        let is_ended = is_to_end || call.is_ended_chunked() && self.rest().is_empty();
        match self.ending {
            Event::Silence => Err(Failure::TimedOut.into()),
            // A reset counts as an end, as in ureq. Some servers close after the last chunk,
            // without its end.
            _ if is_ended => Ok(Response {
                status,
                body,
                length: None,
                must_close: true,
            }),
            // A reset is one in a body of a known length, and an end in another.
            Event::Reset => Err(Expected::Failure(vec![Failure::Reset, Failure::Closed])),
            _ => Err(Failure::Closed.into()),
        }
    }

    /// Returns the failures of a body that is too large. Its rest may also not be HTTP: what the
    /// client finds first depends on the parts.
    fn find_further_failure(mut self, mut call: Call<RecvBody>) -> Expected {
        let mut body = vec![0; self.rest().len()];
        loop {
            match call.read(self.rest(), &mut body) {
                Ok((0, _)) => return Failure::BodyTooLarge.into(),
                Ok((used, _)) => self.position += used,
                Err(_) => {
                    return Expected::Failure(vec![Failure::BodyTooLarge, Failure::NotHttp]);
                }
            }
        }
    }
}

/// Returns the length of an end of a line, or of what comes before the next one. Its first half is
/// a part of that.
fn length_of_next_piece(bytes: &[u8]) -> usize {
    if bytes.first() == Some(&b'\n') {
        return 1;
    }
    let end = bytes.windows(2).position(|pair| pair == b"\r\n");
    end.map_or(bytes.len(), |end| end + 1)
}

/// Sends a request into the void, and returns the call that reads its response.
fn send_request(has_body: bool) -> Call<RecvResponse> {
    let content = if has_body { b"{}".as_slice() } else { b"" };
    let request = if has_body {
        Request::post("http://h/").header("content-length", content.len())
    } else {
        Request::get("http://h/")
    };
    let send = || {
        let mut output = [0; 256];
        let mut call = Call::new(request.body(()).ok()?).ok()?.proceed();
        call.write(&mut output).ok()?;
        match call.proceed().ok()?? {
            SendRequestResult::RecvResponse(call) => Some(call),
            SendRequestResult::SendBody(mut call) => {
                call.write(content, &mut output).ok()?;
                call.proceed()
            }
            SendRequestResult::Await100(_) => None,
        }
    };
    send().unwrap_or_else(|| panic!("ureq-proto cannot send a request"))
}
