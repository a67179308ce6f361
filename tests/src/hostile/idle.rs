//! Faults of a connection that is kept between two calls.

use super::Action::{AfterRequest, TlsSurplus, WhileIdle};
use super::Fault;

/// A response that belongs to no request.
pub(super) const FOREIGN: &[u8] = br#"{"errcode":40097,"errmsg":"to nobody"}"#;

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("kept-closed", WhileIdle(|_| Ok(false))),
    Fault::new(
        "kept-reset",
        WhileIdle(|connection| connection.reset().map(|()| false)),
    ),
    Fault::new(
        "kept-408",
        WhileIdle(|connection| {
            let head = "HTTP/1.1 408 Request Time-out\r\n\
                Content-Length: 0\r\n\
                Connection: close\r\n\r\n";
            connection.write(head.as_bytes()).map(|()| false)
        }),
    ),
    Fault::new(
        "kept-answered-unasked",
        WhileIdle(|connection| connection.answer("200 OK", FOREIGN).map(|()| true)),
    ),
    Fault::new(
        "kept-two-answers",
        AfterRequest(|connection, request| {
            let right =
                super::connection::build_response("200 OK", request.correct_answer().as_bytes());
            let further = super::connection::build_response("200 OK", FOREIGN);
            connection.write(&[right, further].concat()).map(|()| true)
        }),
    ),
    Fault::new(
        "kept-two-answers-the-last-byte-later",
        AfterRequest(|connection, request| {
            let right =
                super::connection::build_response("200 OK", request.correct_answer().as_bytes());
            let mut surplus = super::connection::build_response("200 OK", FOREIGN);
            let last = surplus.pop().into_iter().collect::<Vec<_>>();
            connection.write(&[right, surplus].concat())?;
            // Waits until the client sends more or closes the connection.
            if connection.peek()? == 0 {
                return Ok(false);
            }
            connection.write(&last).map(|()| true)
        }),
    ),
    Fault::new("kept-two-answers-over-tls-the-last-byte-later", TlsSurplus),
    Fault::new(
        "kept-dies-at-the-next-request",
        AfterRequest(|connection, request| {
            if request.number > 1 {
                return Ok(false);
            }
            connection
                .answer("200 OK", request.correct_answer().as_bytes())
                .map(|()| true)
        }),
    ),
];
