//! One request and its response.

use std::io::{self, ErrorKind, Read, Write};
use std::time::Instant;

use jumpqr_core::preflight::{BodyEnd, Failure, MOST_BODY_BYTES, Outcome, Response, Times};
use ureq_proto::client::state::{RecvBody, RecvResponse};
use ureq_proto::client::{Call, RecvResponseResult, SendRequestResult};
use ureq_proto::{BodyMode, Error, http};

use crate::clock::ms_since;

/// The most bytes of the head of a response.
const LONGEST_HEAD: usize = 16 * 1024;

/// How many bytes are read at once.
const READ_SIZE: usize = 8 * 1024;

/// Who asks. What WeChat sends is not known.
const USER_AGENT: &str = concat!(
    "Mozilla/5.0 (compatible; jumpqr/",
    env!("CARGO_PKG_VERSION"),
    ")"
);

/// The status and the fields of a response.
type Head = (u16, Vec<(String, Vec<u8>)>);

/// Why no response was read.
enum Unread {
    /// The time is over.
    TimedOut,
    /// The connection was closed, or is broken.
    Closed(String),
    /// What came is not HTTP.
    NotHttp(String),
}

impl From<io::Error> for Unread {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::TimedOut => Self::TimedOut,
            ErrorKind::InvalidData => Self::NotHttp(error.to_string()),
            _ => Self::Closed(error.to_string()),
        }
    }
}

impl From<Error> for Unread {
    fn from(error: Error) -> Self {
        Self::NotHttp(error.to_string())
    }
}

/// Sends the request, and reads the response. `None` if the time is over before its head.
pub(crate) fn exchange(
    stream: &mut (impl Read + Write),
    request_target: &str,
    host_field: &str,
    times: &mut Times,
) -> Option<Outcome> {
    let mut received = Received {
        stream,
        input: Vec::new(),
        is_open: true,
    };
    let failed = |failure, detail| Some(Outcome::Failed { failure, detail });
    match received.exchange(request_target, host_field, times) {
        Ok(response) => Some(Outcome::Response(response)),
        Err(Unread::TimedOut) => None,
        Err(Unread::Closed(detail)) => failed(Failure::ClosedEarly, detail),
        Err(Unread::NotHttp(detail)) => failed(Failure::NotHttp, detail),
    }
}

/// What has come, and was not used yet.
struct Received<'a, S> {
    stream: &'a mut S,
    input: Vec<u8>,
    is_open: bool,
}

impl<S: Read + Write> Received<'_, S> {
    fn exchange(
        &mut self,
        request_target: &str,
        host_field: &str,
        times: &mut Times,
    ) -> Result<Response, Unread> {
        let request = format!(
            "GET {request_target} HTTP/1.1\r\nHost: {host_field}\r\nUser-Agent: {USER_AGENT}\r\n\
             Accept: */*\r\nConnection: close\r\n\r\n"
        );
        let sent = Instant::now();
        self.stream.write_all(request.as_bytes())?;
        self.stream.flush()?;
        self.receive()?;
        times.first_byte_ms = Some(ms_since(sent));
        let mut call = any_call()?;
        let (status, header) = self.read_head(&mut call)?;
        let (body, end) = match call.proceed() {
            Some(RecvResponseResult::RecvBody(call)) => self.read_body(call),
            _ => (Vec::new(), BodyEnd::Complete),
        };
        Ok(Response {
            status,
            header,
            body,
            end,
        })
    }

    fn read_head(&mut self, call: &mut Call<RecvResponse>) -> Result<Head, Unread> {
        let mut length = 0;
        loop {
            let (used, head) = call.try_response(&self.input, false)?;
            self.input.drain(..used);
            // An interim response counts too: a server may send them without end.
            length += used;
            if length.max(self.input.len()) > LONGEST_HEAD {
                let detail = format!("the head has more than {LONGEST_HEAD} bytes");
                return Err(Unread::NotHttp(detail));
            }
            if let Some(head) = head {
                let fields = head.headers().iter();
                let fields = fields
                    .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()));
                return Ok((head.status().as_u16(), fields.collect()));
            }
            if used == 0 {
                self.receive()?;
            }
        }
    }

    /// Reads the body as far as it comes.
    fn read_body(&mut self, mut call: Call<RecvBody>) -> (Vec<u8>, BodyEnd) {
        let mut body = Vec::new();
        let end = self.read_into(&mut call, &mut body);
        body.truncate(MOST_BODY_BYTES);
        (body, end)
    }

    fn read_into(&mut self, call: &mut Call<RecvBody>, body: &mut Vec<u8>) -> BodyEnd {
        let ends_with_connection = call.body_mode() == BodyMode::CloseDelimited;
        while ends_with_connection || !call.can_proceed() {
            let length = body.len();
            body.resize(length + self.input.len(), 0);
            let room = body.get_mut(length..).unwrap_or_default();
            let Ok((used, read)) = call.read(&self.input, room) else {
                // What should be a chunk is not one.
                body.truncate(length);
                return BodyEnd::Closed;
            };
            body.truncate(length + read);
            self.input.drain(..used);
            if body.len().max(self.input.len()) > MOST_BODY_BYTES {
                return BodyEnd::TooLarge;
            }
            if used > 0 {
                continue;
            }
            if !self.is_open {
                let is_complete = ends_with_connection || call.is_ended_chunked();
                return if is_complete && self.input.is_empty() {
                    BodyEnd::Complete
                } else {
                    BodyEnd::Closed
                };
            }
            match self.receive() {
                Ok(()) => {}
                Err(Unread::TimedOut) => return BodyEnd::TimedOut,
                Err(Unread::Closed(_) | Unread::NotHttp(_)) => self.is_open = false,
            }
        }
        BodyEnd::Complete
    }

    /// Waits for more bytes. The end of the connection is an error.
    fn receive(&mut self) -> Result<(), Unread> {
        let length = self.input.len();
        self.input.resize(length + READ_SIZE, 0);
        let room = self.input.get_mut(length..).unwrap_or_default();
        let read = self.stream.read(room);
        self.input
            .truncate(length + read.as_ref().copied().unwrap_or_default());
        match read? {
            0 => Err(Unread::Closed("the connection was closed".to_owned())),
            _ => Ok(()),
        }
    }
}

/// Returns a call that waits for its response. Its request is not the one that was sent: the
/// response is read in the same way after any GET.
fn any_call() -> Result<Call<RecvResponse>, Unread> {
    let unusable = || Unread::NotHttp("no response can be read".to_owned());
    let request = http::Request::get("http://wechat.invalid/").body(());
    let mut call = Call::new(request.map_err(|_| unusable())?)?.proceed();
    call.write(&mut [0; 128])?;
    match call.proceed()? {
        Some(SendRequestResult::RecvResponse(call)) => Ok(call),
        _ => Err(unusable()),
    }
}
