//! A server on loopback whose responses a test decides.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};

/// What happens after a request was read.
pub(crate) enum After {
    /// The connection is kept for a further request.
    Keep,
    /// It is closed.
    Close,
}

/// A request as it came: the head, and the body.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) head: String,
    pub(crate) body: String,
}

pub(crate) struct Server {
    address: SocketAddr,
    connections: Arc<Mutex<usize>>,
    received: Arc<Mutex<Vec<Received>>>,
    closed: Arc<(Mutex<usize>, Condvar)>,
}

impl Server {
    /// Starts a server that serves one connection after the other on a thread. `answer` writes the
    /// response; its first argument is the number of the request, from 0.
    pub(crate) fn start(
        answer: impl Fn(usize, &Received, &mut TcpStream) -> After + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            connections: Arc::default(),
            received: Arc::default(),
            closed: Arc::default(),
        };
        let (connections, received) = (server.connections.clone(), server.received.clone());
        let closed = server.closed.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                *connections.lock().unwrap() += 1;
                while let Some(request) = read_request(&stream) {
                    let number = received.lock().unwrap().len();
                    received.lock().unwrap().push(request.clone());
                    if let After::Close = answer(number, &request, &mut stream) {
                        break;
                    }
                }
                drop(stream);
                *closed.0.lock().unwrap() += 1;
                closed.1.notify_all();
            }
        });
        server
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }

    /// Waits until this many connections were closed.
    pub(crate) fn wait_until_closed(&self, number: usize) {
        let (closed, changed) = &*self.closed;
        let closed = closed.lock().unwrap();
        let closed = changed.wait_while(closed, |closed| *closed < number);
        assert!(*closed.unwrap() >= number);
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }
}

fn read_request(stream: &TcpStream) -> Option<Received> {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line == "\r\n" {
            break;
        }
        head.push_str(&line);
    }
    let length = head
        .lines()
        .find_map(|line| {
            line.to_ascii_lowercase()
                .strip_prefix("content-length:")?
                .trim()
                .parse()
                .ok()
        })
        .unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Received {
        head,
        body: String::from_utf8(body).unwrap(),
    })
}

/// Writes a response with this status line and body.
pub(crate) fn write(stream: &mut TcpStream, status: &str, body: &str) {
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: application/json; encoding=utf-8\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
    .unwrap();
}

pub(crate) const OK: &str = r#"{"errcode":0,"errmsg":"ok"}"#;
