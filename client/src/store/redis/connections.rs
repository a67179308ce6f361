//! Connections that are kept for a while, and replaced where they broke meanwhile.

use std::io;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use std::{process, thread};

use redis::{Client, Connection, ConnectionAddr, RedisResult};
use rustls::crypto::{CryptoProvider, ring};

/// How long connecting, with the resolving of the name, TLS and login, and an answer may take together.
const TIMEOUT: Duration = Duration::from_secs(2);

/// The most idle connections that are kept.
const MOST_IDLE: usize = 8;

/// How long an idle connection is kept: much less than what firewalls and load balancers on the way forget it after, without
/// telling.
const LONGEST_IDLE: Duration = Duration::from_secs(30);

/// Where Redis is, and who asks.
pub(super) struct Server {
    pub(super) client: Client,
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
        let left = time_left(deadline)?;
        connection.set_read_timeout(Some(left))?;
        connection.set_write_timeout(Some(left))?;
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
        let left = time_left(deadline)?;
        let Server { client, db, .. } = &self.server;
        if let ConnectionAddr::TcpTls { .. } = client.get_connection_info().addr() {
            choose_cryptography();
        }
        let client = client.clone();
        let (connected, connection) = mpsc::sync_channel(1);
        // In a thread of its own, since the resolving of a name cannot be broken off.
        let connecting = thread::Builder::new()
            .name("jumpqr-redis".to_owned())
            .spawn(move || {
                // Nobody waits any more for one that comes too late.
                drop(connected.send(client.get_connection_with_timeout(left)));
            })?;
        let result = connection.recv_timeout(left);
        if !matches!(result, Err(RecvTimeoutError::Timeout)) {
            // It has just ended, or is about to: a process that ends now finds nothing of it.
            drop(connecting.join());
        }
        let mut connection = result.unwrap_or_else(|error| match error {
            RecvTimeoutError::Timeout => Err(io::Error::from(io::ErrorKind::TimedOut).into()),
            RecvTimeoutError::Disconnected => {
                Err(io::Error::other("connecting was broken off").into())
            }
        })?;
        if *db != 0 {
            let left = time_left(deadline)?;
            connection.set_read_timeout(Some(left))?;
            connection.set_write_timeout(Some(left))?;
            redis::cmd("SELECT").arg(*db).exec(&mut connection)?;
        }
        Ok(connection)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn time_left(deadline: Instant) -> RedisResult<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(io::Error::from(io::ErrorKind::TimedOut).into());
    }
    Ok(left)
}

/// redis takes the cryptography that the process has chosen, and panics where there is none and several are compiled in.
fn choose_cryptography() {
    if CryptoProvider::get_default().is_none() {
        // It fails only if somebody else has chosen one meanwhile, which is as good.
        drop(ring::default_provider().install_default());
    }
}
