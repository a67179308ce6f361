//! One connection to Redis. All its waits share one deadline, and it never reads more than the
//! longest record.
//!
//! The deadline is an [`Instant`], whatever clock the client has: a socket waits in real time.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jumpqr_core::renewal::millis;
use redis::{Cmd, ConnectionLike, ErrorKind, RedisError, RedisResult, ServerErrorKind, Value};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

use crate::store::LONGEST_RECORD;

/// The longest reply, in bytes: a record, its version, and their framing.
const LONGEST_REPLY: usize = LONGEST_RECORD + 4096;

/// The longest line of a reply, in bytes. The longest lines are errors, which may quote a command.
const LONGEST_LINE: usize = 4096;

/// The most values in a reply. The longest reply lists the slots of a cluster: some ten thousand
/// values, if the cluster is large and its slots lie in pieces.
const MOST_VALUES: usize = 65_536;

/// Returns the time until the deadline. After the deadline, fails as a socket does on a timeout.
pub(super) fn time_left(deadline: Instant) -> io::Result<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(io::ErrorKind::TimedOut.into());
    }
    Ok(left)
}

/// A socket with a deadline, which no system call waits past.
struct DeadlineSocket {
    socket: TcpStream,
    deadline: Instant,
}

impl DeadlineSocket {
    fn transfer(
        &mut self,
        transfer: impl FnOnce(&mut TcpStream) -> io::Result<usize>,
    ) -> io::Result<usize> {
        let timeout = Some(time_left(self.deadline)?);
        self.socket.set_read_timeout(timeout)?;
        self.socket.set_write_timeout(timeout)?;
        transfer(&mut self.socket).map_err(|error| match error.kind() {
            // The error of a timeout on Unix.
            io::ErrorKind::WouldBlock => io::ErrorKind::TimedOut.into(),
            _ => error,
        })
    }
}

impl Read for DeadlineSocket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.transfer(|socket| socket.read(buffer))
    }
}

impl Write for DeadlineSocket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.transfer(|socket| socket.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A socket, with TLS or without.
trait Stream: Read + Write + Send {
    fn set_deadline(&mut self, deadline: Instant);
}

impl Stream for DeadlineSocket {
    fn set_deadline(&mut self, deadline: Instant) {
        self.deadline = deadline;
    }
}

impl Stream for StreamOwned<ClientConnection, DeadlineSocket> {
    fn set_deadline(&mut self, deadline: Instant) {
        self.sock.set_deadline(deadline);
    }
}

/// A connection, which sends one command at a time.
pub(super) struct Connection {
    stream: BufReader<Box<dyn Stream>>,
    deadline: Instant,
    is_asking: bool,
}

impl Connection {
    /// Takes over a connected socket. With TLS, the certificate must be for `host`. The TLS
    /// handshake is made with the first command.
    pub(super) fn new(
        socket: TcpStream,
        tls: Option<&Arc<ClientConfig>>,
        host: &str,
        deadline: Instant,
    ) -> io::Result<Self> {
        let socket = DeadlineSocket { socket, deadline };
        let stream: Box<dyn Stream> = match tls {
            None => Box::new(socket),
            Some(config) => {
                let host = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
                let connection = ClientConnection::new(Arc::clone(config), host);
                let connection = connection.map_err(io::Error::other)?;
                Box::new(StreamOwned::new(connection, socket))
            }
        };
        Ok(Self {
            stream: BufReader::new(stream),
            deadline,
            is_asking: false,
        })
    }

    /// Sets the deadline of the next commands and their replies.
    pub(super) fn set_deadline(&mut self, deadline: Instant) {
        self.deadline = deadline;
        self.stream.get_mut().set_deadline(deadline);
    }

    /// Sets whether `ASKING` goes before each command: it lets a node of a cluster serve a slot
    /// that is still on its way to it.
    pub(super) fn set_asking(&mut self, is_asking: bool) {
        self.is_asking = is_asking;
    }

    /// Waits until this many replicas have received what this connection wrote, for at most half of
    /// the time to the deadline. Returns how many have.
    pub(super) fn wait_for_replicas(&mut self, replicas: u32) -> RedisResult<u32> {
        let wait = millis(time_left(self.deadline)? / 2).max(1);
        redis::cmd("WAIT").arg(replicas).arg(wait).query(self)
    }

    /// Returns an error unless the server is a master.
    pub(super) fn check_master(&mut self) -> RedisResult<()> {
        let role: Value = redis::cmd("ROLE").query(self)?;
        match &role {
            Value::Array(parts) if parts.first() == Some(&Value::BulkString("master".into())) => {
                Ok(())
            }
            _ => Err((ErrorKind::Server(ServerErrorKind::ReadOnly), "no master").into()),
        }
    }

    /// Logs in. Redis before version 6 has no users: it is then sent the password alone.
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

    /// Reads a whole reply, still encoded.
    fn read_reply(&mut self) -> io::Result<Vec<u8>> {
        let mut reply = Vec::new();
        let mut missing = 1_usize;
        let mut values = 0;
        while missing > 0 {
            missing -= 1;
            values += 1;
            let start = reply.len();
            self.read_line(&mut reply)?;
            if reply.len() > LONGEST_REPLY {
                return Err(invalid_reply());
            }
            let line = reply.get(start..).unwrap_or_default();
            match line.split_first() {
                Some((b'$', length)) => {
                    if let Ok(length) = usize::try_from(parse_number(length)?) {
                        let length = length.saturating_add(2);
                        if reply.len().saturating_add(length) > LONGEST_REPLY {
                            return Err(io::ErrorKind::FileTooLarge.into());
                        }
                        self.read_bytes(length, &mut reply)?;
                    }
                }
                Some((b'*', length)) => {
                    let length = usize::try_from(parse_number(length)?).unwrap_or(0);
                    missing = missing.saturating_add(length);
                    if missing.saturating_add(values) > MOST_VALUES {
                        return Err(invalid_reply());
                    }
                }
                Some((b'+' | b'-' | b':', _)) => {}
                _ => return Err(invalid_reply()),
            }
        }
        Ok(reply)
    }

    fn read_line(&mut self, reply: &mut Vec<u8>) -> io::Result<()> {
        let mut line = Vec::new();
        let mut limited = (&mut self.stream).take(LONGEST_LINE as u64);
        limited.read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if !line.ends_with(b"\r\n") {
            return Err(if line.len() < LONGEST_LINE {
                io::ErrorKind::UnexpectedEof.into()
            } else {
                invalid_reply()
            });
        }
        reply.append(&mut line);
        Ok(())
    }

    fn read_bytes(&mut self, length: usize, reply: &mut Vec<u8>) -> io::Result<()> {
        let read = (&mut self.stream).take(length as u64).read_to_end(reply)?;
        if read < length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}

/// Parses the number in a line.
fn parse_number(digits: &[u8]) -> io::Result<i64> {
    let digits = digits.strip_suffix(b"\r\n").unwrap_or(digits);
    std::str::from_utf8(digits)
        .ok()
        .and_then(|digits| digits.parse().ok())
        .ok_or_else(invalid_reply)
}

fn invalid_reply() -> io::Error {
    io::Error::from(io::ErrorKind::InvalidData)
}

impl Connection {
    fn request(&mut self, command: &[u8]) -> RedisResult<Value> {
        let stream = self.stream.get_mut();
        stream.write_all(command)?;
        stream.flush()?;
        let reply = self.read_reply().map_err(|error| {
            // The reply could be anything, so the error quotes none of it.
            if error.kind() == io::ErrorKind::InvalidData && error.get_ref().is_none() {
                return RedisError::from((ErrorKind::Parse, "this is no reply of Redis"));
            }
            error.into()
        })?;
        redis::parse_redis_value(&reply)
    }
}

impl ConnectionLike for Connection {
    fn req_packed_command(&mut self, command: &[u8]) -> RedisResult<Value> {
        if self.is_asking {
            let asking = redis::cmd("ASKING").get_packed_command();
            self.request(&asking)?.extract_error()?;
        }
        self.request(command)
    }

    /// The store sends nothing in a pipeline.
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
