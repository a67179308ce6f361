//! A server of HTTP on a raw socket. It sends what it is told to, right or wrong.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::case::CONTENT;

/// The right place, for the prefix of most cases.
pub(crate) const RIGHT: &str = "/Pay_on/UASjIrr8C9.txt";

/// A request, as far as a server looks at it.
pub(crate) struct Request {
    pub(crate) path: String,
    /// How many requests for this path there were before.
    pub(crate) earlier: usize,
}

impl Request {
    pub(crate) fn is_right(&self) -> bool {
        self.path == RIGHT
    }
}

/// Where a response is written to. What the client does not read is not missed.
pub(crate) struct Stream<'a> {
    writer: &'a mut dyn Write,
}

impl<'a> Stream<'a> {
    pub(crate) fn new(writer: &'a mut dyn Write) -> Self {
        Self { writer }
    }

    /// Writes bytes. Returns whether the client still reads.
    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        let sent = self.writer.write_all(bytes.as_ref());
        sent.and_then(|()| self.writer.flush()).is_ok()
    }

    /// Writes a response with these fields, each with its line end.
    pub(crate) fn respond(&mut self, status: &str, fields: &str, body: impl AsRef<[u8]>) {
        let length = body.as_ref().len();
        self.send(format!(
            "HTTP/1.1 {status}\r\n{fields}Content-Length: {length}\r\n\r\n"
        ));
        self.send(body);
    }

    /// Writes a response with status 200 and the Content-Type `text/plain`.
    pub(crate) fn ok(&mut self, body: impl AsRef<[u8]>) {
        self.respond("200 OK", "Content-Type: text/plain\r\n", body);
    }

    pub(crate) fn content(&mut self) {
        self.ok(CONTENT);
    }

    pub(crate) fn not_found(&mut self) {
        self.respond(
            "404 Not Found",
            "Content-Type: text/html\r\n",
            "<html>404</html>",
        );
    }

    /// Writes the body of a page of an application.
    pub(crate) fn page(&mut self) {
        let page = "<!DOCTYPE html><html><head><title>Shop</title></head><body></body></html>";
        self.respond("200 OK", "Content-Type: text/html\r\n", page);
    }
}

/// Keeps a connection open for longer than any client of these tests waits.
pub(crate) fn hang() {
    thread::sleep(Duration::from_secs(5));
}

/// Starts a server that reads the head of each request, and lets `answer` answer it. It ends with
/// the test.
pub(crate) fn serve(
    answer: impl Fn(&Request, &mut Stream<'_>) + Send + Sync + 'static,
) -> SocketAddr {
    serve_at("127.0.0.1:0", answer)
}

pub(crate) fn serve_at(
    address: &str,
    answer: impl Fn(&Request, &mut Stream<'_>) + Send + Sync + 'static,
) -> SocketAddr {
    let requests = Arc::new(Requests::default());
    accept(address, move |mut stream| {
        let Some(request) = requests.read(&mut stream) else {
            return;
        };
        answer(&request, &mut Stream::new(&mut stream));
    })
}

/// Starts a server that hands each connection to `handle`, on a thread of its own.
pub(crate) fn accept(
    address: &str,
    handle: impl Fn(TcpStream) + Send + Sync + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind(address).unwrap();
    let address = listener.local_addr().unwrap();
    let handle = Arc::new(handle);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let handle = Arc::clone(&handle);
            let stream = stream.unwrap();
            thread::spawn(move || handle(stream));
        }
    });
    address
}

/// Reads requests, and counts them by path.
#[derive(Default)]
pub(crate) struct Requests(Mutex<HashMap<String, usize>>);

impl Requests {
    pub(crate) fn read(&self, stream: &mut impl Read) -> Option<Request> {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            if stream.read(&mut byte).ok()? == 0 {
                return None;
            }
            head.push(byte[0]);
        }
        let head = String::from_utf8_lossy(&head).into_owned();
        let path = head.split(' ').nth(1)?.to_owned();
        let mut counts = self.0.lock().unwrap();
        let count = counts.entry(path.clone()).or_default();
        *count += 1;
        Some(Request {
            path,
            earlier: *count - 1,
        })
    }
}
