//! One request and its response, on an open connection.
//!
//! ureq's `Agent` builds and drops a request, a map of headers and a URL that say the same in each
//! call: more than half of the instructions of a call. Here, the head of the request is written
//! into the connection's buffer, and the usual response is read from it. Any other response is left
//! to ureq-proto, see [`unusual`].

use std::io;
use std::mem;
use std::time::Duration;

use jumpqr_core::call::FailureCause;
use jumpqr_core::response::Response;
use ureq::Error;
use ureq::unversioned::transport::{Buffers, NextTimeout, Transport};

use super::endpoint::Endpoint;
use super::failure::error_before_sending;
use super::response_head::{self, ResponseHead};
use super::{request_head, unusual};
use crate::transport::HttpRequest;

/// The most bytes that are reserved for a body before it arrives.
const RESERVED: usize = 64 * 1024;

/// How long one wait may take, and how large a response may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// The timeout of each wait.
    pub(super) read_timeout: Duration,
    /// The longest body, in bytes.
    pub(super) body: u64,
}

/// A response, and whether the connection can be used again.
pub(super) struct Received {
    pub(super) response: Response,
    pub(super) is_reusable: bool,
}

/// Sends a request.
pub(super) fn send(
    transport: &mut dyn Transport,
    request: &HttpRequest<'_>,
    endpoint: &Endpoint<'_>,
) -> Result<(), Error> {
    let (mut length, mut rest) = write(transport.buffers().output(), request, endpoint)?;
    loop {
        transport.transmit_output(length, NextTimeout::default())?;
        if rest.is_empty() {
            return Ok(());
        }
        (length, rest) = fill(transport.buffers().output(), rest);
    }
}

/// Writes the head of a request, and as much of its body as fits behind it. Returns how many bytes
/// they are, and the rest of the body.
pub(super) fn write<'a>(
    output: &mut [u8],
    request: &HttpRequest<'a>,
    endpoint: &Endpoint<'_>,
) -> Result<(usize, &'a [u8]), Error> {
    let head = request_head::write(output, request, endpoint).ok_or_else(|| {
        let detail = "the URL of the request is too long; shorten the base URL or the credential";
        error_before_sending(FailureCause::Refused, detail.to_owned())
    })?;
    let body = request.content.body.as_deref().unwrap_or_default();
    let (length, rest) = fill(output.get_mut(head..).unwrap_or_default(), body);
    Ok((head + length, rest))
}

/// Copies as many bytes as fit. Returns how many they are, and the rest.
pub(super) fn fill<'a>(output: &mut [u8], bytes: &'a [u8]) -> (usize, &'a [u8]) {
    let (part, rest) = bytes.split_at(bytes.len().min(output.len()));
    if let Some(place) = output.get_mut(..part.len()) {
        place.copy_from_slice(part);
    }
    (part.len(), rest)
}

/// Reads one response, from as many parts as it arrives in.
#[derive(Default)]
pub(super) struct ResponseReader {
    body: Vec<u8>,
    /// The length of the whole body; `None` before the head has arrived.
    body_length: Option<usize>,
    /// Whether a part has arrived since this was last reset.
    pub(super) has_progressed: bool,
}

/// How far a response has arrived.
enum Progress {
    Incomplete,
    Done(Received),
    /// Nothing was consumed: the response must be read by [`unusual`].
    Unusual,
}

impl ResponseReader {
    /// Reads the response to its end, even if it is unusual.
    pub(super) fn read(
        &mut self,
        transport: &mut dyn Transport,
        limits: Limits,
    ) -> Result<Received, Error> {
        match self.read_usual(transport, limits)? {
            Some(received) => Ok(received),
            None => unusual::receive(transport, limits),
        }
    }

    /// Reads the response to its end. `None` if it is unusual. If the transport does not wait, this
    /// can be called again after an error of the kind `WouldBlock`.
    pub(super) fn read_usual(
        &mut self,
        transport: &mut dyn Transport,
        limits: Limits,
    ) -> Result<Option<Received>, Error> {
        loop {
            if !transport.buffers().input().is_empty() {
                match self.take(transport.buffers(), limits.body) {
                    Progress::Done(received) => return Ok(Some(received)),
                    Progress::Unusual => return Ok(None),
                    Progress::Incomplete => {}
                }
            }
            if !transport.await_input(NextTimeout::default())? {
                return Err(closed_too_early());
            }
            self.has_progressed = true;
        }
    }

    /// Takes the part of the response that has arrived, and nothing after its end.
    fn take(&mut self, buffers: &mut dyn Buffers, body_limit: u64) -> Progress {
        let body_length = match self.body_length {
            Some(body_length) => body_length,
            None => match response_head::read(buffers.input()) {
                ResponseHead::Incomplete => return Progress::Incomplete,
                ResponseHead::Usual {
                    length,
                    body_length,
                } if body_length as u64 <= body_limit => {
                    buffers.input_consume(length);
                    self.body.reserve_exact(body_length.min(RESERVED));
                    *self.body_length.insert(body_length)
                }
                _ => return Progress::Unusual,
            },
        };
        let input = buffers.input();
        let part = input.get(..body_length - self.body.len()).unwrap_or(input);
        self.body.extend_from_slice(part);
        let length = part.len();
        buffers.input_consume(length);
        if self.body.len() < body_length {
            return Progress::Incomplete;
        }
        Progress::Done(Received {
            response: Response {
                status: 200,
                body: mem::take(&mut self.body),
            },
            is_reusable: buffers.input().is_empty(),
        })
    }
}

/// Returns the error for a response without its end.
pub(super) fn closed_too_early() -> Error {
    io::Error::from(io::ErrorKind::UnexpectedEof).into()
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::VecDeque;
    use std::time::Duration;

    use jumpqr_core::Secret;
    use jumpqr_core::call::SendFailure;
    use jumpqr_core::interface::{AddJumpQRCode, Interface};
    use jumpqr_core::request::Request;
    use jumpqr_core::rule::{Edit, OpenVersion, OrdinaryLinkRule, PermitSubRule};
    use ureq::Error;
    use ureq::unversioned::transport::{Buffers, LazyBuffers, NextTimeout, Transport};

    use super::super::failure::to_send_failure;
    use super::super::{INPUT, OUTPUT};
    use super::{Endpoint, Limits, ResponseReader, send};
    use crate::cancel::Cancel;
    use crate::transport::HttpRequest;

    /// A server that sends parts of a response, one for each wait.
    #[derive(Debug)]
    pub(in super::super) struct Scripted {
        buffers: LazyBuffers,
        pub(in super::super) parts: VecDeque<Vec<u8>>,
        sent: Vec<Vec<u8>>,
    }

    impl Transport for Scripted {
        fn buffers(&mut self) -> &mut dyn Buffers {
            &mut self.buffers
        }

        fn transmit_output(&mut self, amount: usize, _: NextTimeout) -> Result<(), Error> {
            self.sent.push(self.buffers.output()[..amount].to_vec());
            Ok(())
        }

        fn await_input(&mut self, _: NextTimeout) -> Result<bool, Error> {
            let part = self.parts.pop_front().unwrap_or_default();
            self.buffers.input_append_buf()[..part.len()].copy_from_slice(&part);
            self.buffers.input_appended(part.len());
            Ok(!part.is_empty())
        }

        fn is_open(&mut self) -> bool {
            self.buffers.input().is_empty()
        }
    }

    impl Scripted {
        pub(in super::super) fn new<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
            Self {
                buffers: LazyBuffers::new(INPUT, OUTPUT),
                parts: parts.into_iter().map(<[u8]>::to_vec).collect(),
                sent: Vec::new(),
            }
        }
    }

    pub(in super::super) const LIMITS: Limits = Limits {
        read_timeout: Duration::from_secs(60),
        body: 1000,
    };

    pub(in super::super) fn http_request<'a>(
        content: &'a Request,
        base_url: &'a str,
        access_token: Option<&'a Secret>,
    ) -> HttpRequest<'a> {
        // A constant, so that it lives long enough.
        static CANCEL: std::sync::OnceLock<Cancel> = std::sync::OnceLock::new();
        HttpRequest {
            content,
            base_url,
            access_token,
            timeout: Duration::from_secs(60),
            cancel: CANCEL.get_or_init(Cancel::default),
        }
    }

    /// Reads a response in the parts in which it arrives. Returns status, body, and whether the
    /// connection can be used again.
    pub(in super::super) fn read<'a>(
        parts: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<(u16, String, bool), SendFailure> {
        let mut transport = Scripted::new(parts);
        let received = ResponseReader::default().read(&mut transport, LIMITS);
        let received = received.map_err(to_send_failure)?;
        let body = String::from_utf8(received.response.body).unwrap();
        Ok((received.response.status, body, received.is_reusable))
    }

    /// Reads a response whole, in all pairs of parts, and byte by byte. The results must be equal.
    pub(in super::super) fn read_in_all_parts(
        response: impl AsRef<[u8]>,
    ) -> Result<(u16, String, bool), SendFailure> {
        let bytes = response.as_ref();
        let result = read([bytes]);
        for length in 1..bytes.len() {
            let (begin, end) = bytes.split_at(length);
            assert_eq!(read([begin, end]), result, "{length}");
        }
        assert_eq!(read(bytes.chunks(1)), result);
        result
    }

    fn add_request(path_length: usize) -> Request {
        let path = "p".repeat(path_length);
        let rule = OrdinaryLinkRule::new(
            "https://a.cn/",
            path,
            OpenVersion::Released,
            PermitSubRule::NotOccupied,
        );
        let call = AddJumpQRCode {
            rule: rule.into(),
            is_edit: Edit::Add,
        };
        call.request().unwrap()
    }

    fn send_scripted(content: &Request, base_url: &str) -> (Scripted, Result<(), SendFailure>) {
        let mut transport = Scripted::new([]);
        let request = http_request(content, base_url, None);
        let result = send(&mut transport, &request, &Endpoint::new(base_url));
        (transport, result.map_err(to_send_failure))
    }

    #[test]
    fn head_and_body_are_sent_together_as_far_as_they_fit() {
        for (path_length, sends) in [(10, 1), (OUTPUT, 2), (10 * OUTPUT, 11)] {
            let content = add_request(path_length);
            let (transport, result) = send_scripted(&content, "https://h");
            result.unwrap();
            assert_eq!(transport.sent.len(), sends);
            let sent = transport.sent.concat();
            assert!(sent.starts_with(b"POST /cgi-bin/wxopen/qrcodejumpadd HTTP/1.1\r\n"));
            let body = content.body.unwrap();
            assert!(sent.ends_with(&[b"\r\n\r\n", body.as_slice()].concat()));
        }
    }

    #[test]
    fn nothing_is_sent_if_the_head_is_too_long() {
        let base_url = format!("https://h/{}", "p".repeat(OUTPUT));
        let (transport, result) = send_scripted(&add_request(10), &base_url);
        let failure = result.unwrap_err();
        assert!(
            !failure.sent && failure.detail.contains("too long"),
            "{failure:?}"
        );
        assert!(transport.sent.is_empty());
    }

    #[test]
    fn a_usual_response_is_read_in_any_parts() {
        let response = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nX: y\r\n\r\n{} {";
        assert_eq!(
            read_in_all_parts(response).unwrap(),
            (200, "{} {".to_owned(), true)
        );
        let empty = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
        assert_eq!(
            read_in_all_parts(empty).unwrap(),
            (200, String::new(), true)
        );
    }

    #[test]
    fn bytes_after_the_response_are_left_and_end_the_connection() {
        let response = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
        let twice = response.repeat(2);
        assert_eq!(
            read([twice.as_bytes()]).unwrap(),
            (200, "{}".to_owned(), false)
        );
        let mut transport = Scripted::new([twice.as_bytes()]);
        let received = ResponseReader::default()
            .read(&mut transport, LIMITS)
            .unwrap();
        assert!(!received.is_reusable && !transport.is_open());
        assert_eq!(transport.buffers.input(), response.as_bytes());
    }

    #[test]
    fn a_response_without_its_end_is_an_error() {
        let response = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
        for length in 0..response.len() {
            let failure = read_in_all_parts(&response.as_bytes()[..length]).unwrap_err();
            assert!(
                failure.sent && failure.detail.contains("closed"),
                "{failure:?}"
            );
        }
    }

    #[test]
    fn a_body_may_be_as_long_as_the_limit() {
        for (length, is_allowed) in [(1000, true), (1001, false)] {
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
            let result = read([head.as_bytes(), "x".repeat(length).as_bytes()]);
            match result {
                Ok((_, body, _)) => assert!(is_allowed && body.len() == length),
                Err(failure) => {
                    assert!(!is_allowed && failure.detail.contains("larger than 1000"));
                }
            }
        }
    }
}
