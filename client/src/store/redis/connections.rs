//! Connections that are kept for a while, and replaced where they broke meanwhile.

use std::io;
use std::net::{TcpStream, ToSocketAddrs};
#[cfg(unix)]
use std::os::unix::net::UnixStream;
#[cfg(unix)]
use std::path::PathBuf;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use std::{process, thread};

use jumpqr_core::Secret;
use redis::RedisResult;

use super::connection::{Connection, Socket, Tls, time_left};

/// How long everything together may take that one command needs: resolving the name, connecting,
/// TLS, the login, the command, and its answer. A command that runs a script may need three of
/// them.
const TIMEOUT: Duration = Duration::from_secs(2);

/// The most idle connections that are kept.
const MOST_IDLE: usize = 8;

/// How long an idle connection is kept: much less than what firewalls and load balancers on the way forget it after, without
/// telling.
const LONGEST_IDLE: Duration = Duration::from_secs(30);

/// Where Redis listens.
#[derive(Clone)]
pub(super) enum Address {
    Tcp(String, u16),
    #[cfg(unix)]
    Unix(PathBuf),
}

/// Where Redis is, and who asks.
pub(super) struct Server {
    pub(super) address: Address,
    pub(super) tls: Option<Tls>,
    pub(super) user: Option<String>,
    pub(super) password: Option<Secret>,
    pub(super) db: i64,
    /// Host and port, or the socket's path: what errors name it by.
    pub(super) place: String,
}

/// The connections to one Redis. A thread that runs a command has one for itself.
pub(super) struct Connections {
    server: Server,
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    connection: Connection,
    since: Instant,
    /// The process that opened it: in a forked child, it is still the parent's.
    process: u32,
}

impl Idle {
    fn is_good(&self) -> bool {
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

    pub(super) fn server(&self) -> &Server {
        &self.server
    }

    /// Runs a command that may be repeated: a connection that was kept may turn out to be closed, or to lead to what is no
    /// longer the master, and then a new one is tried.
    pub(super) fn run<T>(
        &self,
        timeout: Duration,
        command: impl Fn(&mut Connection) -> RedisResult<T>,
    ) -> RedisResult<T> {
        let deadline = Instant::now() + timeout.min(TIMEOUT);
        let kept = self.idle().pop();
        if let Some(kept) = kept.filter(Idle::is_good) {
            match self.run_on(kept.connection, deadline, &command) {
                Err(error) if !error.is_timeout() => self.idle().clear(),
                result => return result,
            }
        }
        self.run_on(self.connect(deadline)?, deadline, &command)
    }

    /// Keeps the connection if all went well.
    fn run_on<T>(
        &self,
        mut connection: Connection,
        deadline: Instant,
        command: impl Fn(&mut Connection) -> RedisResult<T>,
    ) -> RedisResult<T> {
        connection.set_deadline(deadline);
        let done = command(&mut connection)?;
        let mut idle = self.idle();
        idle.retain(Idle::is_good);
        if idle.len() < MOST_IDLE {
            idle.push(Idle {
                connection,
                since: Instant::now(),
                process: process::id(),
            });
        }
        Ok(done)
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

    fn idle(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Opens a socket in a thread of its own, since the resolving of a name cannot be cancelled.
fn open_socket(address: &Address, deadline: Instant) -> io::Result<Socket> {
    let left = time_left(deadline)?;
    let address = address.clone();
    let (connected, socket) = mpsc::sync_channel(1);
    let connecting = thread::Builder::new()
        .name("jumpqr-redis".to_owned())
        .spawn(move || {
            // Nobody waits any more for one that comes too late.
            drop(connected.send(address.open(deadline)));
        })?;
    let result = socket.recv_timeout(left);
    if !matches!(result, Err(RecvTimeoutError::Timeout)) {
        // It has just ended, or is about to: a process that ends now finds nothing of it.
        drop(connecting.join());
    }
    result.unwrap_or_else(|error| match error {
        RecvTimeoutError::Timeout => Err(io::ErrorKind::TimedOut.into()),
        RecvTimeoutError::Disconnected => Err(io::Error::other("connecting was broken off")),
    })
}

impl Address {
    fn open(&self, deadline: Instant) -> io::Result<Socket> {
        match self {
            Self::Tcp(host, port) => {
                let addresses: Vec<_> = (host.as_str(), *port).to_socket_addrs()?.collect();
                let mut error = io::Error::other("the host has no address");
                for (tried, address) in addresses.iter().enumerate() {
                    // One that does not answer leaves time for the others.
                    let others = u32::try_from(addresses.len() - tried).unwrap_or(u32::MAX);
                    let left = time_left(deadline)? / others;
                    match TcpStream::connect_timeout(address, left) {
                        Ok(socket) => {
                            socket.set_nodelay(true)?;
                            return Ok(Socket::Tcp(socket));
                        }
                        Err(failed) => error = failed,
                    }
                }
                Err(error)
            }
            #[cfg(unix)]
            Self::Unix(path) => UnixStream::connect(path).map(Socket::Unix),
        }
    }
}
