//! Answers with invalid or endless HTTP.

use std::io;

use super::Action::AfterRequest;
use super::{Connection, Fault};

/// The size of one piece of an endless answer.
const PIECE: usize = 64 << 10;

/// 1 GiB.
const HUGE: usize = 1 << 30;

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "not-http",
        AfterRequest(|connection, _| send(connection, "\x15\x03\x03\x00\x02\x02\x28")),
    ),
    Fault::new(
        "http-2",
        AfterRequest(|connection, _| send(connection, "\0\0\x12\x04\0\0\0\0\0")),
    ),
    Fault::new(
        "http-0.9",
        AfterRequest(|connection, request| send(connection, request.correct_answer())),
    ),
    Fault::new(
        "status-of-no-number",
        AfterRequest(|connection, _| {
            send(connection, "HTTP/1.1 OK 200\r\nContent-Length: 0\r\n\r\n")
        }),
    ),
    Fault::new(
        "content-length-too-long",
        AfterRequest(|connection, request| {
            let body = request.correct_answer();
            send_with_length(connection, &(body.len() + 1).to_string(), body)
        }),
    ),
    Fault::new(
        "content-length-too-short",
        AfterRequest(|connection, request| {
            let body = request.correct_answer();
            send_with_length(connection, &(body.len() - 1).to_string(), body)
        }),
    ),
    Fault::new(
        "content-length-negative",
        AfterRequest(|connection, request| {
            send_with_length(connection, "-1", request.correct_answer())
        }),
    ),
    Fault::new(
        "content-length-text",
        AfterRequest(|connection, request| {
            send_with_length(connection, "all of it", request.correct_answer())
        }),
    ),
    Fault::new(
        "content-length-huge-number",
        AfterRequest(|connection, request| {
            send_with_length(connection, "99999999999999999999", request.correct_answer())
        }),
    ),
    Fault::new(
        "content-length-twice",
        AfterRequest(|connection, request| {
            let body = request.correct_answer();
            send_with_length(
                connection,
                &format!("{}\r\nContent-Length: 2", body.len()),
                body,
            )
        }),
    ),
    Fault::new(
        "content-length-and-chunks",
        AfterRequest(|connection, request| {
            let body = request.correct_answer();
            let length = body.len();
            send(
                connection,
                &format!(
                    "HTTP/1.1 200 OK\r\n\
                     Content-Length: 2\r\n\
                     Transfer-Encoding: chunked\r\n\r\n\
                     {length:x}\r\n{body}\r\n0\r\n\r\n"
                ),
            )
        }),
    ),
    Fault::new(
        "chunk-size-text",
        AfterRequest(|connection, _| {
            send_chunks(connection, "many\r\n{\"errcode\":0}\r\n0\r\n\r\n")
        }),
    ),
    Fault::new(
        "chunk-size-negative",
        AfterRequest(|connection, _| send_chunks(connection, "-d\r\n{\"errcode\":0}\r\n0\r\n\r\n")),
    ),
    Fault::new(
        "chunk-size-huge-number",
        AfterRequest(|connection, _| {
            send_chunks(
                connection,
                "ffffffffffffffffff\r\n{\"errcode\":0}\r\n0\r\n\r\n",
            )
        }),
    ),
    Fault::new(
        "chunk-without-its-end",
        AfterRequest(|connection, _| send_chunks(connection, "d\r\n{\"errcode\":0}d\r\n")),
    ),
    Fault::new(
        "chunks-without-the-last",
        AfterRequest(|connection, _| send_chunks(connection, "d\r\n{\"errcode\":0}\r\n")),
    ),
    Fault::new(
        "endless-head",
        AfterRequest(|connection, _| {
            connection.write(b"HTTP/1.1 200 OK\r\n")?;
            let field = format!("X: {}\r\n", "y".repeat(1019));
            send_repeatedly(
                connection,
                field.repeat(PIECE / 1024).as_bytes(),
                usize::MAX,
            )
        }),
    ),
    Fault::new(
        "endless-line",
        AfterRequest(|connection, _| {
            connection.write(b"HTTP/1.1 200 OK\r\nX: ")?;
            send_repeatedly(connection, &[b'y'; PIECE], usize::MAX)
        }),
    ),
    Fault::new(
        "interim-answers-without-end",
        AfterRequest(|connection, _| {
            let interim = "HTTP/1.1 100 Continue\r\n\r\n";
            send_repeatedly(
                connection,
                interim.repeat(PIECE / interim.len()).as_bytes(),
                usize::MAX,
            )
        }),
    ),
    Fault::new(
        "body-of-1-gib",
        AfterRequest(|connection, _| {
            connection
                .write(format!("HTTP/1.1 200 OK\r\nContent-Length: {HUGE}\r\n\r\n").as_bytes())?;
            send_repeatedly(connection, &[b' '; PIECE], HUGE)
        }),
    ),
    Fault::new(
        "body-of-1-gib-to-the-end",
        AfterRequest(|connection, _| {
            connection.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
            send_repeatedly(connection, &[b' '; PIECE], HUGE)
        }),
    ),
    Fault::new(
        "body-of-1-gib-in-chunks",
        AfterRequest(|connection, _| {
            connection.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
            let mut chunk = format!("{PIECE:x}\r\n").into_bytes();
            chunk.resize(chunk.len() + PIECE, b' ');
            chunk.extend_from_slice(b"\r\n");
            send_repeatedly(connection, &chunk, HUGE)
        }),
    ),
];

fn send(connection: &mut Connection, text: &str) -> io::Result<bool> {
    connection.write(text.as_bytes()).map(|()| false)
}

fn send_with_length(connection: &mut Connection, length: &str, body: &str) -> io::Result<bool> {
    send(
        connection,
        &format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}"),
    )
}

fn send_chunks(connection: &mut Connection, body: &str) -> io::Result<bool> {
    send(
        connection,
        &format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{body}"),
    )
}

/// Sends `piece` repeatedly: `bytes` in total, or until the client closes the connection.
fn send_repeatedly(connection: &mut Connection, piece: &[u8], bytes: usize) -> io::Result<bool> {
    for _ in 0..bytes / PIECE {
        connection.write(piece)?;
    }
    Ok(false)
}
