//! What becomes of a connection that is kept between two calls.

use super::Fault;
use super::Play::{Idle, Request, TlsSurplus};

/// A response that belongs to no request.
pub(super) const FOREIGN: &[u8] = br#"{"errcode":40097,"errmsg":"to nobody"}"#;

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("kept-closed", Idle(|_| Ok(false))),
    Fault::new(
        "kept-reset",
        Idle(|connection| connection.reset().map(|()| false)),
    ),
    Fault::new(
        "kept-408",
        Idle(|connection| {
            connection.write(b"HTTP/1.1 408 Request Time-out\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").map(|()| false)
        }),
    ),
    Fault::new(
        "kept-answered-unasked",
        Idle(|connection| connection.answer("200 OK", FOREIGN).map(|()| true)),
    ),
    Fault::new(
        "kept-two-answers",
        Request(|connection, request| {
            let right = super::connection::whole("200 OK", request.right_answer().as_bytes());
            let further = super::connection::whole("200 OK", FOREIGN);
            connection.write(&[right, further].concat()).map(|()| true)
        }),
    ),
    Fault::new(
        "kept-two-answers-the-last-byte-later",
        Request(|connection, request| {
            let right = super::connection::whole("200 OK", request.right_answer().as_bytes());
            let mut surplus = super::connection::whole("200 OK", FOREIGN);
            let last = surplus.pop().into_iter().collect::<Vec<_>>();
            connection.write(&[right, surplus].concat())?;
            // Until the client sends more, or goes away.
            if connection.peek()? == 0 {
                return Ok(false);
            }
            connection.write(&last).map(|()| true)
        }),
    ),
    Fault::new("kept-two-answers-over-tls-the-last-byte-later", TlsSurplus),
    Fault::new(
        "kept-dies-at-the-next-request",
        Request(|connection, request| {
            if request.number > 1 {
                return Ok(false);
            }
            connection
                .answer("200 OK", request.right_answer().as_bytes())
                .map(|()| true)
        }),
    ),
];
