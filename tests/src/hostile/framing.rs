//! Answers whose HTTP is wrong, or has no end.

use std::io;

use super::Play::Request;
use super::{Connection, Fault};

/// How much is sent at a time where there is no end.
const PIECE: usize = 64 << 10;

/// 1 GiB.
const HUGE: usize = 1 << 30;

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "not-http",
        Request(|connection, _| say(connection, "\x15\x03\x03\x00\x02\x02\x28")),
    ),
    Fault::new(
        "http-2",
        Request(|connection, _| say(connection, "\0\0\x12\x04\0\0\0\0\0")),
    ),
    Fault::new(
        "http-0.9",
        Request(|connection, request| say(connection, request.right_answer())),
    ),
    Fault::new(
        "status-of-no-number",
        Request(|connection, _| say(connection, "HTTP/1.1 OK 200\r\nContent-Length: 0\r\n\r\n")),
    ),
    Fault::new(
        "content-length-too-long",
        Request(|connection, request| {
            let body = request.right_answer();
            with_length(connection, &(body.len() + 1).to_string(), body)
        }),
    ),
    Fault::new(
        "content-length-too-short",
        Request(|connection, request| {
            let body = request.right_answer();
            with_length(connection, &(body.len() - 1).to_string(), body)
        }),
    ),
    Fault::new(
        "content-length-negative",
        Request(|connection, request| with_length(connection, "-1", request.right_answer())),
    ),
    Fault::new(
        "content-length-text",
        Request(|connection, request| with_length(connection, "all of it", request.right_answer())),
    ),
    Fault::new(
        "content-length-huge-number",
        Request(|connection, request| {
            with_length(connection, "99999999999999999999", request.right_answer())
        }),
    ),
    Fault::new(
        "content-length-twice",
        Request(|connection, request| {
            let body = request.right_answer();
            with_length(
                connection,
                &format!("{}\r\nContent-Length: 2", body.len()),
                body,
            )
        }),
    ),
    Fault::new(
        "content-length-and-chunks",
        Request(|connection, request| {
            let body = request.right_answer();
            let length = body.len();
            say(
                connection,
                &format!(
                    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{length:x}\r\n{body}\r\n0\r\n\r\n"
                ),
            )
        }),
    ),
    Fault::new(
        "chunk-size-text",
        Request(|connection, _| chunks(connection, "many\r\n{\"errcode\":0}\r\n0\r\n\r\n")),
    ),
    Fault::new(
        "chunk-size-negative",
        Request(|connection, _| chunks(connection, "-d\r\n{\"errcode\":0}\r\n0\r\n\r\n")),
    ),
    Fault::new(
        "chunk-size-huge-number",
        Request(|connection, _| {
            chunks(
                connection,
                "ffffffffffffffffff\r\n{\"errcode\":0}\r\n0\r\n\r\n",
            )
        }),
    ),
    Fault::new(
        "chunk-without-its-end",
        Request(|connection, _| chunks(connection, "d\r\n{\"errcode\":0}d\r\n")),
    ),
    Fault::new(
        "chunks-without-the-last",
        Request(|connection, _| chunks(connection, "d\r\n{\"errcode\":0}\r\n")),
    ),
    Fault::new(
        "endless-head",
        Request(|connection, _| {
            connection.write(b"HTTP/1.1 200 OK\r\n")?;
            let field = format!("X: {}\r\n", "y".repeat(1019));
            without_end(
                connection,
                field.repeat(PIECE / 1024).as_bytes(),
                usize::MAX,
            )
        }),
    ),
    Fault::new(
        "endless-line",
        Request(|connection, _| {
            connection.write(b"HTTP/1.1 200 OK\r\nX: ")?;
            without_end(connection, &[b'y'; PIECE], usize::MAX)
        }),
    ),
    Fault::new(
        "interim-answers-without-end",
        Request(|connection, _| {
            let interim = "HTTP/1.1 100 Continue\r\n\r\n";
            without_end(
                connection,
                interim.repeat(PIECE / interim.len()).as_bytes(),
                usize::MAX,
            )
        }),
    ),
    Fault::new(
        "body-of-1-gib",
        Request(|connection, _| {
            connection
                .write(format!("HTTP/1.1 200 OK\r\nContent-Length: {HUGE}\r\n\r\n").as_bytes())?;
            without_end(connection, &[b' '; PIECE], HUGE)
        }),
    ),
    Fault::new(
        "body-of-1-gib-to-the-end",
        Request(|connection, _| {
            connection.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
            without_end(connection, &[b' '; PIECE], HUGE)
        }),
    ),
    Fault::new(
        "body-of-1-gib-in-chunks",
        Request(|connection, _| {
            connection.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
            let mut chunk = format!("{PIECE:x}\r\n").into_bytes();
            chunk.resize(chunk.len() + PIECE, b' ');
            chunk.extend_from_slice(b"\r\n");
            without_end(connection, &chunk, HUGE)
        }),
    ),
];

fn say(connection: &mut Connection, text: &str) -> io::Result<bool> {
    connection.write(text.as_bytes()).map(|()| false)
}

fn with_length(connection: &mut Connection, length: &str, body: &str) -> io::Result<bool> {
    say(
        connection,
        &format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}"),
    )
}

fn chunks(connection: &mut Connection, body: &str) -> io::Result<bool> {
    say(
        connection,
        &format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{body}"),
    )
}

/// Sends `piece` again and again, until there are so many bytes or the client goes away.
fn without_end(connection: &mut Connection, piece: &[u8], bytes: usize) -> io::Result<bool> {
    for _ in 0..bytes / PIECE {
        connection.write(piece)?;
    }
    Ok(false)
}
