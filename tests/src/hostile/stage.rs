//! At which stage of an exchange the server falls silent, or goes away.

use super::Fault;
use super::Play::{Connected, Head, NeverAccepted, Nobody, Request};

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("nobody-listens", Nobody),
    Fault::new("never-accepted", NeverAccepted),
    Fault::new(
        "silent-after-the-request",
        Request(|connection, _| connection.wait_for_the_end().map(|()| false)),
    ),
    Fault::new(
        "reset-at-the-first-byte",
        Connected(|connection| {
            connection.peek()?;
            connection.reset()
        }),
    ),
    Fault::new(
        "closed-at-once",
        Connected(|connection| {
            connection.say_no_more()?;
            connection.wait_for_the_end()
        }),
    ),
    Fault::new("reset-after-the-head", Head(super::Connection::reset)),
    Fault::new(
        "reset-after-the-request",
        Request(|connection, _| connection.reset().map(|()| false)),
    ),
    Fault::new("closed-after-the-request", Request(|_, _| Ok(false))),
    Fault::new(
        "reset-within-the-head",
        Request(|connection, _| {
            connection.write(b"HTTP/1.1 200 OK\r\nContent-Le")?;
            connection.reset().map(|()| false)
        }),
    ),
    Fault::new(
        "reset-within-the-body",
        Request(|connection, _| {
            connection.write(b"HTTP/1.1 200 OK\r\nContent-Length: 27\r\n\r\n{\"errcode\":")?;
            connection.reset().map(|()| false)
        }),
    ),
    Fault::new(
        "half-a-head",
        Request(|connection, _| {
            connection
                .write(b"HTTP/1.1 200 OK\r\nContent-Le")
                .map(|()| false)
        }),
    ),
    Fault::new(
        "half-a-body",
        Request(|connection, _| {
            connection
                .write(b"HTTP/1.1 200 OK\r\nContent-Length: 27\r\n\r\n{\"errcode\":")
                .map(|()| false)
        }),
    ),
    Fault::new(
        "half-a-head-and-silence",
        Request(|connection, _| {
            connection.write(b"HTTP/1.1 200 OK\r\nContent-Le")?;
            connection.wait_for_the_end().map(|()| false)
        }),
    ),
    Fault::new(
        "half-a-body-and-silence",
        Request(|connection, _| {
            connection.write(b"HTTP/1.1 200 OK\r\nContent-Length: 27\r\n\r\n{\"errcode\":")?;
            connection.wait_for_the_end().map(|()| false)
        }),
    ),
];
