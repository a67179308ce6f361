//! One connection to Redis. Whatever it waits for, it waits until one deadline, and however much
//! Redis sends, no more is read than a record may have.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use redis::{Cmd, ConnectionLike, ErrorKind, RedisError, RedisResult, Value};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

use crate::store::LONGEST_RECORD;

/// The longest reply, in bytes: a record, its version, and what frames them.
const LONGEST_REPLY: usize = LONGEST_RECORD + 4096;

/// The longest line of a reply, in bytes. Errors are the longest ones, and may quote a command.
const LONGEST_LINE: usize = 4096;

/// The most values that a reply has.
const MOST_VALUES: usize = 16;

/// Returns the time that is left, or fails as a socket does whose time is over.
pub(super) fn time_left(deadline: Instant) -> io::Result<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(io::ErrorKind::TimedOut.into());
    }
    Ok(left)
}

/// How to speak TLS, and to whom.
#[derive(Clone)]
pub(super) struct Tls {
    pub(super) config: Arc<ClientConfig>,
    pub(super) server: ServerName<'static>,
}

pub(super) enum Socket {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
}

/// A socket. Each system call waits no longer than until the deadline.
struct Timed {
    socket: Socket,
    deadline: Instant,
}

impl Timed {
    fn prepare(&self) -> io::Result<()> {
        let left = Some(time_left(self.deadline)?);
        match &self.socket {
            Socket::Tcp(socket) => {
                socket.set_read_timeout(left)?;
                socket.set_write_timeout(left)
            }
            #[cfg(unix)]
            Socket::Unix(socket) => {
                socket.set_read_timeout(left)?;
                socket.set_write_timeout(left)
            }
        }
    }
}

/// On Unix, a socket whose time is over says that it would block.
fn timed_out(error: io::Error) -> io::Error {
    if error.kind() == io::ErrorKind::WouldBlock {
        return io::ErrorKind::TimedOut.into();
    }
    error
}

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.prepare()?;
        let read = match &mut self.socket {
            Socket::Tcp(socket) => socket.read(buffer),
            #[cfg(unix)]
            Socket::Unix(socket) => socket.read(buffer),
        };
        read.map_err(timed_out)
    }
}

impl Write for Timed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.prepare()?;
        let written = match &mut self.socket {
            Socket::Tcp(socket) => socket.write(bytes),
            #[cfg(unix)]
            Socket::Unix(socket) => socket.write(bytes),
        };
        written.map_err(timed_out)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

enum Stream {
    Plain(Timed),
    Tls(Box<StreamOwned<ClientConnection, Timed>>),
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(buffer),
            Self::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.write(bytes),
            Self::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}

/// A connection, over which one command is sent at a time.
pub(super) struct Connection(BufReader<Stream>);

impl Connection {
    /// The TLS handshake is made with the first command.
    pub(super) fn new(socket: Socket, tls: Option<&Tls>, deadline: Instant) -> io::Result<Self> {
        let socket = Timed { socket, deadline };
        let stream = match tls {
            None => Stream::Plain(socket),
            Some(tls) => {
                let connection = ClientConnection::new(Arc::clone(&tls.config), tls.server.clone());
                let connection = connection.map_err(io::Error::other)?;
                Stream::Tls(Box::new(StreamOwned::new(connection, socket)))
            }
        };
        Ok(Self(BufReader::new(stream)))
    }

    /// Until when the next commands may take, with their answers.
    pub(super) fn set_deadline(&mut self, deadline: Instant) {
        match self.0.get_mut() {
            Stream::Plain(socket) => socket.deadline = deadline,
            Stream::Tls(stream) => stream.sock.deadline = deadline,
        }
    }

    /// Logs in. Redis before version 6 has no users, and takes the password alone.
    pub(super) fn log_in(&mut self, user: Option<&str>, password: &str) -> RedisResult<()> {
        let command = |user: Option<&str>| {
            let mut command = Cmd::new();
            command.arg("AUTH").arg(user).arg(password);
            command
        };
        let result = command(user).exec(self).or_else(|error| {
            let detail = error.detail().unwrap_or_default();
            if user.is_some() && detail.contains("wrong number of arguments") {
                return command(None).exec(self);
            }
            Err(error)
        });
        result.map_err(|error| {
            let detail = error.detail().unwrap_or_default();
            if error.code() == Some("WRONGPASS") || detail.contains("password") {
                return (ErrorKind::AuthenticationFailed, "the login is refused").into();
            }
            error
        })
    }

    /// Reads a reply as it is on the wire.
    fn read_reply(&mut self) -> io::Result<Vec<u8>> {
        let mut reply = Vec::new();
        let mut to_come = 1;
        let mut values = 0;
        while to_come > 0 {
            to_come -= 1;
            values += 1;
            let start = reply.len();
            self.read_line(&mut reply)?;
            let line = reply.get(start..).unwrap_or_default();
            match line.split_first() {
                Some((b'$', length)) => {
                    if let Ok(length) = usize::try_from(number(length)?) {
                        let length = length.saturating_add(2);
                        if reply.len().saturating_add(length) > LONGEST_REPLY {
                            return Err(io::ErrorKind::FileTooLarge.into());
                        }
                        self.read_bytes(length, &mut reply)?;
                    }
                }
                Some((b'*', length)) => {
                    to_come += usize::try_from(number(length)?).unwrap_or(0);
                    if to_come + values > MOST_VALUES {
                        return Err(not_redis());
                    }
                }
                Some((b'+' | b'-' | b':', _)) => {}
                _ => return Err(not_redis()),
            }
        }
        Ok(reply)
    }

    fn read_line(&mut self, reply: &mut Vec<u8>) -> io::Result<()> {
        let mut line = Vec::new();
        let mut limited = (&mut self.0).take(LONGEST_LINE as u64);
        limited.read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if !line.ends_with(b"\r\n") {
            return Err(if line.len() < LONGEST_LINE {
                io::ErrorKind::UnexpectedEof.into()
            } else {
                not_redis()
            });
        }
        reply.append(&mut line);
        Ok(())
    }

    fn read_bytes(&mut self, length: usize, reply: &mut Vec<u8>) -> io::Result<()> {
        let read = (&mut self.0).take(length as u64).read_to_end(reply)?;
        if read < length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}

/// The number in a line.
fn number(digits: &[u8]) -> io::Result<i64> {
    let digits = digits.strip_suffix(b"\r\n").unwrap_or(digits);
    std::str::from_utf8(digits)
        .ok()
        .and_then(|digits| digits.parse().ok())
        .ok_or_else(not_redis)
}

fn not_redis() -> io::Error {
    io::Error::from(io::ErrorKind::InvalidData)
}

impl ConnectionLike for Connection {
    fn req_packed_command(&mut self, command: &[u8]) -> RedisResult<Value> {
        let stream = self.0.get_mut();
        stream.write_all(command)?;
        stream.flush()?;
        let reply = self.read_reply().map_err(|error| {
            // Nobody knows what it is, so nothing of it is told.
            if error.kind() == io::ErrorKind::InvalidData && error.get_ref().is_none() {
                return RedisError::from((ErrorKind::Parse, "this is no reply of Redis"));
            }
            error.into()
        })?;
        redis::parse_redis_value(&reply)
    }

    /// Nothing of ours is sent in a pipeline.
    fn req_packed_commands(&mut self, _: &[u8], _: usize, _: usize) -> RedisResult<Vec<Value>> {
        Err((ErrorKind::Client, "pipelines are not supported").into())
    }

    fn get_db(&self) -> i64 {
        0
    }

    fn supports_pipelining(&self) -> bool {
        false
    }

    fn check_connection(&mut self) -> bool {
        true
    }

    fn is_open(&self) -> bool {
        true
    }
}
