//! The pool of connections to one server. Idle ones are kept for a while, and replaced if they broke.
//!
//! Timeouts are real time ([`Instant`]), whatever clock the client has: sockets wait in real time.

use std::io;
use std::net::TcpStream;
use std::process;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jumpqr_core::Secret;
use redis::{RedisError, RedisResult};
use rustls::ClientConfig;

use super::address::Address;
use super::connection::{Connection, time_left};
use crate::mutex::Mutex;
use crate::on_thread::{NotDone, on_thread_until};

/// The most idle connections.
const MOST_IDLE: usize = 8;

/// How long an idle connection is kept. Firewalls and load balancers silently forget a connection
/// after a much longer time.
const LONGEST_IDLE: Duration = Duration::from_secs(30);

/// How to use a server. Servers with the same role have it in common.
pub(super) struct Access {
    pub(super) tls: Option<Arc<ClientConfig>>,
    pub(super) user: Option<String>,
    pub(super) password: Option<Secret>,
    pub(super) db: i64,
    /// Whether a new connection is refused if the server is a replica.
    pub(super) must_be_master: bool,
}

/// The connections to one server. Each is used by one thread at a time.
pub(super) struct Connections {
    pub(super) address: Address,
    access: Arc<Access>,
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
    pub(super) fn new(address: Address, access: Arc<Access>) -> Self {
        Self {
            address,
            access,
            idle: Mutex::default(),
        }
    }

    /// Runs a command, which must be repeatable. If it fails on an idle connection, it is run once
    /// more on a new one: the idle one may have been closed, or lead to a former master.
    pub(super) fn run<T>(
        &self,
        deadline: Instant,
        command: &dyn Fn(&mut Connection) -> RedisResult<T>,
    ) -> RedisResult<T> {
        let idle = self.idle.lock().pop();
        if let Some(idle) = idle.filter(IdleConnection::is_usable) {
            match self.run_with(idle.connection, deadline, command) {
                Err(error) if !error.is_timeout() && !error.is_cluster_error() => {
                    self.idle.lock().clear();
                }
                result => return result,
            }
        }
        self.run_with(self.connect(deadline)?, deadline, command)
    }

    /// Runs a command. Keeps the connection if the command succeeds, and if a node of a cluster
    /// says which node has the key.
    fn run_with<T>(
        &self,
        mut connection: Connection,
        deadline: Instant,
        command: &dyn Fn(&mut Connection) -> RedisResult<T>,
    ) -> RedisResult<T> {
        connection.set_deadline(deadline);
        let result = command(&mut connection);
        if result
            .as_ref()
            .err()
            .is_none_or(RedisError::is_cluster_error)
        {
            let mut idle = self.idle.lock();
            idle.retain(IdleConnection::is_usable);
            if idle.len() < MOST_IDLE {
                idle.push(IdleConnection {
                    connection,
                    since: Instant::now(),
                    process: process::id(),
                });
            }
        }
        result
    }

    fn connect(&self, deadline: Instant) -> RedisResult<Connection> {
        let Access {
            tls,
            user,
            password,
            db,
            must_be_master,
        } = &*self.access;
        let socket = open_socket(&self.address, deadline)?;
        let mut connection = Connection::new(socket, tls.as_ref(), self.address.host(), deadline)?;
        if let Some(password) = password {
            connection.log_in(user.as_deref(), password.expose())?;
        }
        if *must_be_master {
            connection.check_master()?;
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
