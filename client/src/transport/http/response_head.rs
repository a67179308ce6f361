//! Reads the head of a response: the status line and the headers.

use std::mem::MaybeUninit;

use httparse::{ParserConfig, Status};

use super::LONGEST_HEAD;

/// The most headers of a response, as in ureq-proto.
const MOST_HEADERS: usize = 128;

/// The most digits of the length of a usual body.
const MOST_DIGITS: usize = 9;

/// The head of a response.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ResponseHead {
    /// Its end has not arrived.
    Incomplete,
    /// HTTP/1.1 200 with a length, on a connection that stays open. What WeChat sends.
    Usual { length: usize, body_length: usize },
    /// Anything else, also what is not HTTP: for ureq-proto.
    Unusual,
}

/// Reads the head at the beginning of `input`.
pub(super) fn read(input: &[u8]) -> ResponseHead {
    let mut headers = [const { MaybeUninit::uninit() }; MOST_HEADERS];
    let mut head = httparse::Response::new(&mut []);
    let read =
        ParserConfig::default().parse_response_with_uninit_headers(&mut head, input, &mut headers);
    let length = match read {
        Ok(Status::Partial) if input.len() <= LONGEST_HEAD => return ResponseHead::Incomplete,
        Ok(Status::Complete(length)) if length <= LONGEST_HEAD => length,
        _ => return ResponseHead::Unusual,
    };
    let is_usual = (head.version, head.code) == (Some(1), Some(200));
    match body_length(head.headers) {
        Some(body_length) if is_usual => ResponseHead::Usual {
            length,
            body_length,
        },
        _ => ResponseHead::Unusual,
    }
}

/// Returns the length of the body, if no header makes the response unusual.
fn body_length(headers: &[httparse::Header<'_>]) -> Option<usize> {
    let mut body_length = None;
    for header in headers {
        let is_named = |name: &str| is_equal(header.name.as_bytes(), name.as_bytes());
        if is_named("Content-Length") {
            if body_length.is_some() {
                return None;
            }
            body_length = Some(parse_digits(header.value)?);
        } else if is_named("Transfer-Encoding")
            || is_named("Connection") && !is_equal(header.value, b"keep-alive")
        {
            return None;
        }
    }
    body_length
}

/// Compares without regard to case. The usual spelling is found faster.
fn is_equal(text: &[u8], usual: &[u8]) -> bool {
    text == usual || text.eq_ignore_ascii_case(usual)
}

/// Parses a number of digits alone: no sign and no white space.
fn parse_digits(text: &[u8]) -> Option<usize> {
    if text.is_empty() || text.len() > MOST_DIGITS {
        return None;
    }
    text.iter().try_fold(0, |number, byte| match byte {
        b'0'..=b'9' => Some(number * 10 + usize::from(byte - b'0')),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_HEAD, MOST_HEADERS, ResponseHead, read};

    #[test]
    fn only_a_head_of_wechats_form_is_usual() {
        for (head, body_length) in [
            ("HTTP/1.1 200 OK\r\nContent-Length: 27\r\n\r\n", 27),
            ("HTTP/1.1 200\r\nCONTENT-LENGTH:0\r\n\r\n", 0),
            (
                "HTTP/1.1 200 OK\r\nConnection: Keep-Alive\r\nX: y\r\ncontent-length: 007\r\n\r\n",
                7,
            ),
            (
                "HTTP/1.1 200 OK\nContent-Length: 999999999\n\n",
                999_999_999,
            ),
        ] {
            let usual = ResponseHead::Usual {
                length: head.len(),
                body_length,
            };
            assert_eq!(read(format!("{head}HTTP").as_bytes()), usual, "{head}");
            for length in 0..head.len() {
                let part = &head.as_bytes()[..length];
                assert_eq!(read(part), ResponseHead::Incomplete, "{head}: {length}");
            }
        }
        let length = "Content-Length: 2";
        for head in [
            format!("HTTP/1.0 200 OK\r\n{length}\r\n\r\n"),
            format!("HTTP/1.1 201 Created\r\n{length}\r\n\r\n"),
            format!("HTTP/1.1 100 Continue\r\n{length}\r\n\r\n"),
            format!("HTTP/1.1 200 OK\r\n{length}\r\n{length}\r\n\r\n"),
            format!("HTTP/1.1 200 OK\r\n{length}\r\nTransfer-Encoding: chunked\r\n\r\n"),
            format!("HTTP/1.1 200 OK\r\n{length}\r\ntransfer-encoding: identity\r\n\r\n"),
            format!("HTTP/1.1 200 OK\r\n{length}\r\nConnection: close\r\n\r\n"),
            format!("HTTP/1.1 200 OK\r\n{length}\r\nConnection: keep-alive, close\r\n\r\n"),
            format!("HTTP/1.1 200 OK\r\n{length}, 2\r\n\r\n"),
            "HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\n".to_owned(),
            "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\n".to_owned(),
            "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n".to_owned(),
            "HTTP/1.1 200 OK\r\nContent-Length: 0x2\r\n\r\n".to_owned(),
            "HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n".to_owned(),
            "HTTP/1.1 200 OK\r\nX: y\r\n\r\n".to_owned(),
            "<html>".to_owned(),
            format!(
                "HTTP/1.1 200 OK\r\n{length}\r\n{}\r\n",
                "X: y\r\n".repeat(MOST_HEADERS)
            ),
        ] {
            assert_eq!(read(head.as_bytes()), ResponseHead::Unusual, "{head}");
        }
    }

    #[test]
    fn a_head_that_is_too_long_is_unusual_before_it_ends() {
        let long = "x".repeat(LONGEST_HEAD);
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: {long}\r\n\r\n");
        let (longest, longer) = (LONGEST_HEAD, LONGEST_HEAD + 1);
        assert_eq!(read(&head.as_bytes()[..longest]), ResponseHead::Incomplete);
        assert_eq!(read(&head.as_bytes()[..longer]), ResponseHead::Unusual);
        assert_eq!(read(head.as_bytes()), ResponseHead::Unusual);
    }
}
