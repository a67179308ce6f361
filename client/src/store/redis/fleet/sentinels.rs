//! The master that sentinels name.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use redis::{ErrorKind, RedisError, RedisResult, ServerErrorKind};

use super::Pauses;
use super::nodes::{Nodes, ask_each};
use crate::mutex::Mutex;
use crate::store::redis::address::Address;
use crate::store::redis::connection::{Connection, time_left};
use crate::store::redis::connections::Connections;
use crate::store::redis::failure::{Failure, Refusals, Server};

/// How long an answer of a sentinel holds. A former master that is cut off from the sentinels, but
/// not from this process, is left after this time.
const LONGEST_TRUST: Duration = Duration::from_secs(5);

/// A master with replicas, and the sentinels that watch them.
pub(in crate::store::redis) struct Sentinels {
    /// The name that the sentinels have for the master.
    pub(super) master: String,
    watchers: Vec<Arc<Connections>>,
    /// The sentinel to ask first: the one that answered last.
    first: AtomicUsize,
    masters: Nodes,
    known: Mutex<Option<Known>>,
}

/// The master that was named last.
struct Known {
    address: Address,
    /// `None` after a failure: the sentinels must be asked before it is used again.
    trusted_since: Option<Instant>,
}

impl Sentinels {
    pub(in crate::store::redis) fn new(
        master: String,
        watchers: Vec<Connections>,
        masters: Nodes,
    ) -> Self {
        Self {
            master,
            watchers: watchers.into_iter().map(Arc::new).collect(),
            first: AtomicUsize::new(0),
            masters,
            known: Mutex::default(),
        }
    }

    /// Runs a command on the master. If it fails as on a former master, the sentinels are asked
    /// again, and the command is run on the master that they name then.
    pub(super) fn run<T>(
        &self,
        deadline: Instant,
        command: &dyn Fn(&mut Connection) -> RedisResult<T>,
    ) -> Result<T, Failure> {
        let mut pauses = Pauses::new();
        loop {
            let address = self.find_master(deadline, None)?;
            let error = match self.masters.at(&address).run(deadline, command) {
                Ok(output) => return Ok(output),
                Err(error) => error,
            };
            let suspicion = Suspicion::of(&error);
            if suspicion != Suspicion::No {
                self.distrust(&address);
            }
            let is_worth_another = match suspicion {
                Suspicion::No => false,
                _ if error.is_timeout() => false,
                Suspicion::Failed => self.names_another(&address, deadline),
                Suspicion::Demoted => {
                    self.names_another(&address, deadline) || pauses.pause(deadline)
                }
            };
            if !is_worth_another {
                return Err(Failure::command(Server::Master, &address, error));
            }
        }
    }

    fn names_another(&self, address: &Address, deadline: Instant) -> bool {
        self.find_master(deadline, Some(address))
            .is_ok_and(|master| master != *address)
    }

    /// Returns the address of the master. If no sentinel answers, the last known address is returned.
    /// It is the `former` one only if no sentinel names another: some hear late of a promotion.
    fn find_master(&self, deadline: Instant, former: Option<&Address>) -> Result<Address, Failure> {
        let last = self.known.lock().as_ref().map(|known| {
            let is_trusted = |since: Instant| since.elapsed() < LONGEST_TRUST;
            let is_trusted = known.trusted_since.is_some_and(is_trusted);
            (known.address.clone(), is_trusted)
        });
        let last = match last {
            Some((address, true)) => return Ok(address),
            Some((address, false)) => Some(address),
            None => None,
        };
        // If the sentinels are away, time is left for the master that was named last.
        let until = match time_left(deadline) {
            Ok(left) if last.is_some() => Instant::now() + left / 4,
            _ => deadline,
        };
        let address = match (self.ask(until, former), last) {
            (Ok(address), _) => address,
            (Err(_), Some(last)) => last,
            (Err(refusals), None) => {
                return Err(Failure::NoMaster {
                    master: self.master.clone(),
                    refusals,
                });
            }
        };
        self.masters.retain(|other| *other == address);
        *self.known.lock() = Some(Known {
            address: address.clone(),
            trusted_since: Some(Instant::now()),
        });
        Ok(address)
    }

    fn ask(&self, deadline: Instant, former: Option<&Address>) -> Result<Address, Refusals> {
        let mut watchers = self.watchers.clone();
        let first = self.first.load(Ordering::Relaxed) % watchers.len().max(1);
        watchers.rotate_left(first);
        let names_former = Cell::new(false);
        let answer = ask_each(&watchers, deadline, |sentinel, until| {
            let named: Option<(String, u16)> = sentinel.run(until, &|connection| {
                redis::cmd("SENTINEL")
                    .arg("get-master-addr-by-name")
                    .arg(&self.master)
                    .query(connection)
            })?;
            let named =
                named.and_then(|(host, port)| Address::of_node(&host, port, &sentinel.address));
            let is_former = named.is_some() && named.as_ref() == former;
            names_former.set(names_former.get() || is_former);
            named.filter(|_| !is_former).ok_or_else(|| {
                let unknown = ErrorKind::MasterNameNotFoundBySentinel;
                (unknown, "no master with this name").into()
            })
        });
        let (answered, address) = match (answer, former) {
            (Err(_), Some(former)) if names_former.get() => return Ok(former.clone()),
            (answer, _) => answer?,
        };
        let index = self
            .watchers
            .iter()
            .position(|sentinel| Arc::ptr_eq(sentinel, answered));
        self.first.store(index.unwrap_or(0), Ordering::Relaxed);
        Ok(address)
    }

    /// Has the sentinels asked before the next use of this master.
    fn distrust(&self, address: &Address) {
        if let Some(known) = &mut *self.known.lock() {
            if known.address == *address {
                known.trusted_since = None;
            }
        }
    }
}

/// Whether an error may mean that another server is the master now.
#[derive(PartialEq, Eq)]
enum Suspicion {
    No,
    /// It may be down, or cut off.
    Failed,
    /// It is a replica. Soon another one is the master.
    Demoted,
}

impl Suspicion {
    fn of(error: &RedisError) -> Self {
        match error.kind() {
            ErrorKind::Io => Self::Failed,
            ErrorKind::Server(ServerErrorKind::ReadOnly | ServerErrorKind::MasterDown) => {
                Self::Demoted
            }
            // The replicas of a former master have left it.
            _ if error.code() == Some("NOREPLICAS") => Self::Failed,
            _ => Self::No,
        }
    }
}
