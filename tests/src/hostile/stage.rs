//! Faults by the stage of an exchange: the server sends nothing more, or closes the connection.

use super::Action::{AfterHead, AfterRequest, NeverAccepted, NoListener, OnConnect};
use super::Fault;

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("nobody-listens", NoListener),
    Fault::new("never-accepted", NeverAccepted),
    Fault::new(
        "silent-after-the-request",
        AfterRequest(|connection, _| connection.wait_for_close().map(|()| false)),
    ),
    Fault::new(
        "reset-at-the-first-byte",
        OnConnect(|connection| {
            connection.peek()?;
            connection.reset()
        }),
    ),
    Fault::new(
        "closed-at-once",
        OnConnect(|connection| {
            connection.shut_down_writing()?;
            connection.wait_for_close()
        }),
    ),
    Fault::new("reset-after-the-head", AfterHead(super::Connection::reset)),
    Fault::new(
        "reset-after-the-request",
        AfterRequest(|connection, _| connection.reset().map(|()| false)),
    ),
    Fault::new("closed-after-the-request", AfterRequest(|_, _| Ok(false))),
    Fault::new(
        "reset-within-the-head",
        AfterRequest(|connection, _| {
            connection.write(b"HTTP/1.1 200 OK\r\nContent-Le")?;
            connection.reset().map(|()| false)
        }),
    ),
    Fault::new(
        "reset-within-the-body",
        AfterRequest(|connection, _| {
            connection.write(b"HTTP/1.1 200 OK\r\nContent-Length: 27\r\n\r\n{\"errcode\":")?;
            connection.reset().map(|()| false)
        }),
    ),
    Fault::new(
        "half-a-head",
        AfterRequest(|connection, _| {
            connection
                .write(b"HTTP/1.1 200 OK\r\nContent-Le")
                .map(|()| false)
        }),
    ),
    Fault::new(
        "half-a-body",
        AfterRequest(|connection, _| {
            connection
                .write(b"HTTP/1.1 200 OK\r\nContent-Length: 27\r\n\r\n{\"errcode\":")
                .map(|()| false)
        }),
    ),
    Fault::new(
        "half-a-head-and-silence",
        AfterRequest(|connection, _| {
            connection.write(b"HTTP/1.1 200 OK\r\nContent-Le")?;
            connection.wait_for_close().map(|()| false)
        }),
    ),
    Fault::new(
        "half-a-body-and-silence",
        AfterRequest(|connection, _| {
            connection.write(b"HTTP/1.1 200 OK\r\nContent-Length: 27\r\n\r\n{\"errcode\":")?;
            connection.wait_for_close().map(|()| false)
        }),
    ),
];
