use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

use crate::case::{CONTENT, Case, Group};
use crate::http::accept;

/// Nothing listens here.
const NOBODY: &str = "127.0.0.1:1";

/// Servers that neither accept nor refuse, with the connections that fill their queues. They last
/// as long as the test.
static SILENT: Mutex<Vec<(Socket, Vec<TcpStream>)>> = Mutex::new(Vec::new());

/// Starts a server whose queue of connections is full.
fn silent() -> SocketAddr {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
    listener.bind(&any.into()).unwrap();
    listener.listen(0).unwrap();
    let address = listener.local_addr().unwrap().as_socket().unwrap();
    let mut queue = Vec::new();
    let mut silent = 0;
    // A single timeout may come from a busy machine.
    while silent < 5 {
        match TcpStream::connect_timeout(&address, Duration::from_millis(20)) {
            Ok(stream) => queue.push(stream),
            Err(_) => silent += 1,
        }
    }
    let mut all = SILENT.lock().unwrap_or_else(PoisonError::into_inner);
    all.push((listener, queue));
    address
}

/// Starts a server that sends these bytes after it has read something, and closes.
fn sending(bytes: &'static [u8]) -> impl Fn() -> SocketAddr + Send + Sync + 'static {
    move || {
        accept("127.0.0.1:0", move |mut stream| {
            let read = stream.read(&mut [0; 4096]);
            // What the client does not read is not missed.
            let _ = read.and_then(|_| stream.write_all(bytes));
        })
    }
}

pub(super) fn list() -> Vec<Case> {
    let case = |name, expected, bytes| Case::new(Group::Connection, name, expected, sending(bytes));
    vec![
        Case::new(
            Group::Connection,
            "nobody listens on the port",
            "will_fail: connect_refused",
            || NOBODY.parse::<SocketAddr>().unwrap(),
        ),
        Case::new(
            Group::Connection,
            "the connection is not accepted",
            "will_fail: connect_timeout",
            silent,
        )
        .hangs(),
        case(
            "the connection is closed after the request",
            "will_fail: closed_early",
            b"",
        ),
        case(
            "the connection is closed within the head",
            "will_fail: closed_early",
            b"HTTP/1.1 200 OK\r\nContent-Le",
        ),
        Case::http(
            Group::Connection,
            "the connection is closed within the content",
            "will_fail: cut_short",
            |_, stream| {
                let head = "HTTP/1.1 200 OK\r\nContent-Length: 32\r\n\r\n";
                let half: String = CONTENT.chars().take(16).collect();
                stream.send(format!("{head}{half}"));
            },
        ),
        Case::http(
            Group::Connection,
            "the content in a chunk, and the connection is closed without the last chunk",
            "will_fail: cut_short",
            |_, stream| {
                let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
                stream.send(format!("{head}20\r\n{CONTENT}\r\n"));
            },
        ),
        case(
            "the server of SSH",
            "will_fail: not_http",
            b"SSH-2.0-OpenSSH_9.2\r\n",
        ),
        case(
            "a server that speaks HTTP/2 only",
            "will_fail: not_http",
            b"\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64",
        ),
        case(
            "a server that speaks TLS only, and a prefix with http",
            "will_fail: not_http",
            b"\x15\x03\x01\x00\x02\x02\x46",
        ),
    ]
}
