//! The pool of connections to Redis. Idle ones are kept for a while, and replaced if they broke.
//!
//! Timeouts are real time ([`Instant`]), whatever clock the client has: sockets wait in real time.

use std::io;
use std::net::{TcpStream, ToSocketAddrs};
#[cfg(unix)]
use std::os::{fd::OwnedFd, unix::net::UnixStream};
#[cfg(unix)]
use std::path::PathBuf;
use std::process;
use std::time::{Duration, Instant};

use jumpqr_core::Secret;
use redis::RedisResult;

use super::connection::{Connection, Tls, time_left};
use crate::mutex::Mutex;
use crate::on_thread::{NotDone, on_thread_until};

/// The longest time for one access: resolving the name, connecting, TLS, the login, the command and
/// its reply together. Running a script may take up to three commands, which share this time.
const TIMEOUT: Duration = Duration::from_secs(2);

/// The most idle connections.
const MOST_IDLE: usize = 8;

/// How long an idle connection is kept. Firewalls and load balancers silently forget a connection
/// after a much longer time.
const LONGEST_IDLE: Duration = Duration::from_secs(30);

/// The address on which Redis listens.
#[derive(Clone)]
pub(super) enum Address {
    Tcp(String, u16),
    #[cfg(unix)]
    Unix(PathBuf),
}

/// A Redis, and the user to log in as.
pub(super) struct Server {
    pub(super) address: Address,
    pub(super) tls: Option<Tls>,
    pub(super) user: Option<String>,
    pub(super) password: Option<Secret>,
    pub(super) db: i64,
    /// Host and port, or the path of the socket, as errors show it.
    pub(super) endpoint: String,
}

/// The connections to one Redis. Each is used by one thread at a time.
pub(super) struct Connections {
    pub(super) server: Server,
    idle: Mutex<Vec<IdleConnection>>,
}

struct IdleConnection {
    connection: Connection,
    since: Instant,
    /// The process that opened it. In a forked child, the connection still belongs to the parent.
    process: u32,
}

impl IdleConnection {
    fn is_usable(&self) -> bool {
        self.since.elapsed() < LONGEST_IDLE && self.process == process::id()
    }
}

impl Connections {
    pub(super) fn new(server: Server) -> Self {
        Self {
            server,
            idle: Mutex::default(),
        }
    }

    /// Runs a command, which must be repeatable. If it fails on an idle connection, it is run once
    /// more on a new one: the idle one may have been closed, or lead to a former master.
    pub(super) fn run<T>(
        &self,
        timeout: Duration,
        command: impl Fn(&mut Connection) -> RedisResult<T>,
    ) -> RedisResult<T> {
        let deadline = Instant::now() + timeout.min(TIMEOUT);
        let idle = self.idle.lock().pop();
        if let Some(idle) = idle.filter(IdleConnection::is_usable) {
            match self.run_with(idle.connection, deadline, &command) {
                Err(error) if !error.is_timeout() => self.idle.lock().clear(),
                result => return result,
            }
        }
        self.run_with(self.connect(deadline)?, deadline, &command)
    }

    /// Runs a command, and keeps the connection if it succeeds.
    fn run_with<T>(
        &self,
        mut connection: Connection,
        deadline: Instant,
        command: impl Fn(&mut Connection) -> RedisResult<T>,
    ) -> RedisResult<T> {
        connection.set_deadline(deadline);
        let output = command(&mut connection)?;
        let mut idle = self.idle.lock();
        idle.retain(IdleConnection::is_usable);
        if idle.len() < MOST_IDLE {
            idle.push(IdleConnection {
                connection,
                since: Instant::now(),
                process: process::id(),
            });
        }
        Ok(output)
    }

    fn connect(&self, deadline: Instant) -> RedisResult<Connection> {
        let Server {
            address,
            tls,
            user,
            password,
            db,
            ..
        } = &self.server;
        let socket = open_socket(address, deadline)?;
        let mut connection = Connection::new(socket, tls.as_ref(), deadline)?;
        if let Some(password) = password {
            connection.log_in(user.as_deref(), password.expose())?;
        }
        if *db != 0 {
            redis::cmd("SELECT").arg(*db).exec(&mut connection)?;
        }
        Ok(connection)
    }
}

/// Opens a socket on a thread of its own, because resolving a name has no timeout.
fn open_socket(address: &Address, deadline: Instant) -> io::Result<TcpStream> {
    let left = time_left(deadline)?;
    let address = address.clone();
    let open = move || address.open(deadline);
    on_thread_until("jumpqr-redis", || true, || left, open).unwrap_or_else(|not_done| {
        Err(match not_done {
            NotDone::WaitIsOver => io::ErrorKind::TimedOut.into(),
            NotDone::NoThread(error) => error,
            NotDone::Panicked => io::Error::other("connecting failed unexpectedly"),
        })
    })
}

impl Address {
    fn open(&self, deadline: Instant) -> io::Result<TcpStream> {
        match self {
            Self::Tcp(host, port) => {
                let addresses: Vec<_> = (host.as_str(), *port).to_socket_addrs()?.collect();
                let mut error = io::Error::other("the host has no address");
                for (tried, address) in addresses.iter().enumerate() {
                    // An address that does not respond leaves time for the others.
                    let others = u32::try_from(addresses.len() - tried).unwrap_or(u32::MAX);
                    let left = time_left(deadline)? / others;
                    match TcpStream::connect_timeout(address, left) {
                        Ok(socket) => {
                            socket.set_nodelay(true)?;
                            return Ok(socket);
                        }
                        Err(failed) => error = failed,
                    }
                }
                Err(error)
            }
            #[cfg(unix)]
            // The system calls on the socket are the same as on one of TCP.
            Self::Unix(path) => Ok(OwnedFd::from(UnixStream::connect(path)?).into()),
        }
    }
}
