//! Which server a command goes to: the one there is, the master that sentinels name, or the node of
//! a cluster.
//!
//! The crate redis has parts for sentinels and clusters, too. They are not used: they resolve names
//! and retry without a common deadline, sleep between attempts, and open connections of their own.

mod cluster;
mod nodes;
mod sentinels;
mod slot;

use std::thread;
use std::time::{Duration, Instant};

use redis::RedisResult;

pub(super) use self::cluster::Cluster;
pub(super) use self::nodes::Nodes;
pub(super) use self::sentinels::Sentinels;
use super::connection::Connection;
use super::connections::Connections;
use super::failure::{Failure, Server};

/// The longest time for one access: finding the server, resolving its name, connecting, TLS, the
/// login, the commands and their replies together.
pub(super) const TIMEOUT: Duration = Duration::from_secs(2);

/// The servers that hold the records.
pub(super) enum Fleet {
    One(Connections),
    Sentinels(Sentinels),
    Cluster(Cluster),
}

impl Fleet {
    /// Runs a command, which must be repeatable, on the server for this hash tag.
    pub(super) fn run<T>(
        &self,
        tag: &str,
        timeout: Duration,
        command: &dyn Fn(&mut Connection) -> RedisResult<T>,
    ) -> Result<T, Failure> {
        let deadline = Instant::now() + timeout.min(TIMEOUT);
        match self {
            Self::One(connections) => connections
                .run(deadline, command)
                .map_err(|error| Failure::command(Server::Redis, &connections.address, error)),
            Self::Sentinels(sentinels) => sentinels.run(deadline, command),
            Self::Cluster(cluster) => cluster.run(slot::of(tag), deadline, command),
        }
    }

    /// Returns where the records are, as errors name it.
    pub(super) fn place(&self) -> String {
        match self {
            Self::One(connections) => format!("Redis at {}", connections.address),
            Self::Sentinels(sentinels) => format!("the Redis master {}", sentinels.master),
            Self::Cluster(cluster) => format!("the Redis cluster of {}", cluster.first_node()),
        }
    }
}

/// Pauses until servers have agreed which one is the master: they are few, because a caller would
/// rather have an error soon.
struct Pauses {
    left: u32,
}

impl Pauses {
    const LENGTH: Duration = Duration::from_millis(50);

    fn new() -> Self {
        Self { left: 10 }
    }

    /// Waits a little. Returns `false`, at once, if there is no time or number of pauses left.
    fn pause(&mut self, deadline: Instant) -> bool {
        let is_possible = self.left > 0 && Instant::now() + Self::LENGTH < deadline;
        if is_possible {
            self.left -= 1;
            thread::sleep(Self::LENGTH);
        }
        is_possible
    }
}
