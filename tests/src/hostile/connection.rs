use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use socket2::SockRef;

/// The answer to a write that was applied.
const SUCCESS: &str = r#"{"errcode":0,"errmsg":"ok"}"#;

/// The answer to getJumpQRCode of an account that has no rules.
const NO_RULES: &str = concat!(
    r#"{"errcode":0,"errmsg":"ok","rule_list":[],"qrcodejump_open":1,"#,
    r#""list_size":0,"qrcodejump_pub_quota":100,"total_count":0}"#,
);

/// A received request.
#[derive(Debug, Clone)]
pub struct Received {
    /// The path of the URL, without the query.
    pub path: String,
    /// The whole body.
    pub body: Vec<u8>,
    /// The number of the request on its connection, from 1.
    pub number: usize,
}

impl Received {
    /// Returns the answer of a correct server: a write was applied, and there are no rules.
    #[must_use]
    pub fn correct_answer(&self) -> &'static str {
        if self.path.ends_with("/qrcodejumpget") {
            NO_RULES
        } else {
            SUCCESS
        }
    }
}

/// The head of a request.
pub(super) struct Head {
    pub(super) path: String,
    pub(super) length: usize,
}

/// A connection, on the server's side.
#[derive(Debug)]
pub struct Connection {
    stream: BufReader<TcpStream>,
    requests: usize,
}

impl Connection {
    pub(super) fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self {
            stream: BufReader::new(stream),
            requests: 0,
        })
    }

    /// Reads the head of the next request. `None`: the client has closed the connection.
    pub(super) fn read_head(&mut self) -> io::Result<Option<Head>> {
        read_head(&mut self.stream)
    }

    /// Reads the body of a request.
    pub(super) fn read_body(&mut self, head: Head) -> io::Result<Received> {
        self.requests += 1;
        read_body(&mut self.stream, head, self.requests)
    }

    /// Sends these bytes in one piece.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.get_ref().write_all(bytes)
    }

    /// Sends a complete answer.
    pub fn answer(&mut self, status: &str, body: &[u8]) -> io::Result<()> {
        self.write(&build_response(status, body))
    }

    /// Closes the connection with a TCP RST.
    pub fn reset(&mut self) -> io::Result<()> {
        // With a linger time of zero, closing the socket sends an RST.
        SockRef::from(self.stream.get_ref()).set_linger(Some(Duration::ZERO))
    }

    /// Sends a TCP FIN. The client can still send.
    pub fn shut_down_writing(&mut self) -> io::Result<()> {
        self.stream.get_ref().shutdown(Shutdown::Write)
    }

    /// Sends nothing until the client closes the connection.
    pub fn wait_for_close(&mut self) -> io::Result<()> {
        io::copy(&mut self.stream, &mut io::sink()).map(drop)
    }

    /// Waits until the client has sent something. Does not consume it.
    pub(super) fn peek(&self) -> io::Result<usize> {
        self.stream.get_ref().peek(&mut [0])
    }

    /// Waits until the client has sent more or closed the connection. Returns false after the
    /// timeout.
    pub(super) fn wait_for_activity(&mut self, timeout: Duration) -> io::Result<bool> {
        let stream = self.stream.get_ref();
        stream.set_read_timeout(Some(timeout))?;
        let peeked = stream.peek(&mut [0]);
        stream.set_read_timeout(None)?;
        match peeked {
            Err(error) if is_timeout(&error) => Ok(false),
            other => other.map(|_| true),
        }
    }
}

/// Returns whether a read timed out. The error kind depends on the operating system.
fn is_timeout(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
    )
}

/// Builds an answer with its head.
pub(super) fn build_response(status: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\n\
         Content-Type: application/json; encoding=utf-8\r\n\
         Content-Length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

pub(super) fn read_head(stream: &mut impl BufRead) -> io::Result<Option<Head>> {
    let mut line = String::new();
    if stream.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let target = line.split(' ').nth(1).unwrap_or_default();
    let path = target.split('?').next().unwrap_or_default().to_owned();
    let mut length = 0;
    loop {
        let mut field = String::new();
        if stream.read_line(&mut field)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match field.trim_end().split_once(':') {
            None => return Ok(Some(Head { path, length })),
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
            Some(_) => {}
        }
    }
}

pub(super) fn read_body(stream: &mut impl Read, head: Head, number: usize) -> io::Result<Received> {
    let mut body = vec![0; head.length];
    stream.read_exact(&mut body)?;
    Ok(Received {
        path: head.path,
        body,
        number,
    })
}
