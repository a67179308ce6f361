//! The nodes of a cluster, and the slots that they have.

use std::time::Instant;

use redis::{ErrorKind, RedisResult, ServerErrorKind, Value};

use super::Pauses;
use super::nodes::{Nodes, ask_each};
use crate::mutex::Mutex;
use crate::store::redis::address::Address;
use crate::store::redis::connection::Connection;
use crate::store::redis::failure::{Failure, Refusals, Server};

/// The most nodes that are asked which node has which slot, before the access fails.
const MOST_ASKED: usize = 6;

/// The most redirections that are followed without a pause.
const MOST_REDIRECTIONS: u32 = 5;

pub(in crate::store::redis) struct Cluster {
    /// The nodes in the setting.
    seeds: Vec<Address>,
    nodes: Nodes,
    map: Mutex<Map>,
}

/// Which node has which slots.
#[derive(Default)]
struct Map {
    ranges: Vec<Range>,
    /// Whether it must be fetched again before it is used. It is empty at first.
    is_stale: bool,
    /// The node to ask for it first.
    best: Option<Address>,
    /// The node to ask for it last: it did not answer.
    worst: Option<Address>,
}

struct Range {
    first: u16,
    last: u16,
    owner: Address,
}

impl Cluster {
    pub(in crate::store::redis) fn new(seeds: Vec<Address>, nodes: Nodes) -> Self {
        Self {
            seeds,
            nodes,
            map: Mutex::default(),
        }
    }

    /// Returns the first node in the setting, as errors name the cluster.
    pub(super) fn first_node(&self) -> String {
        self.seeds
            .first()
            .map(Address::to_string)
            .unwrap_or_default()
    }

    /// Runs a command on the node that has the slot. Follows redirections to another node. If the
    /// node cannot be reached, the others are asked whether another has the slot now.
    pub(super) fn run<T>(
        &self,
        slot: u16,
        deadline: Instant,
        command: &dyn Fn(&mut Connection) -> RedisResult<T>,
    ) -> Result<T, Failure> {
        let mut pauses = Pauses::new();
        let mut redirections = 0;
        let mut redirected = None;
        loop {
            let (address, is_asking) = match redirected.take() {
                Some(target) => target,
                None => (self.find_owner(slot, deadline)?, false),
            };
            let node = self.nodes.at(&address);
            let result = node.run(deadline, &|connection| {
                connection.set_asking(is_asking);
                command(connection)
            });
            let error = match result {
                Ok(output) => return Ok(output),
                Err(error) => error,
            };
            let is_worth_another = match error.kind() {
                ErrorKind::Server(kind @ (ServerErrorKind::Moved | ServerErrorKind::Ask)) => {
                    let is_move = kind == ServerErrorKind::Moved;
                    let target = error.redirect_node();
                    let target = target.and_then(|(target, _)| Address::parse(target, &address));
                    if is_move {
                        self.map.lock().distrust(target.clone(), None);
                    }
                    redirections += 1;
                    redirected = target.map(|target| (target, !is_move));
                    redirections <= MOST_REDIRECTIONS || pauses.pause(deadline)
                }
                ErrorKind::Server(
                    ServerErrorKind::TryAgain
                    | ServerErrorKind::ClusterDown
                    | ServerErrorKind::MasterDown
                    | ServerErrorKind::ReadOnly,
                ) => {
                    self.map.lock().distrust(None, None);
                    pauses.pause(deadline)
                }
                ErrorKind::Io => {
                    self.map.lock().distrust(None, Some(address.clone()));
                    let has_another = || {
                        let owner = self.find_owner(slot, deadline);
                        owner.is_ok_and(|owner| owner != address)
                    };
                    !error.is_timeout() && has_another()
                }
                _ => false,
            };
            if !is_worth_another {
                return Err(Failure::command(Server::Node, &address, error));
            }
        }
    }

    /// Returns the node that has the slot. If no node says which, it is the one that had it last.
    fn find_owner(&self, slot: u16, deadline: Instant) -> Result<Address, Failure> {
        let (last, is_stale) = {
            let map = self.map.lock();
            (map.owner(slot), map.is_stale)
        };
        match last {
            Some(owner) if !is_stale => Ok(owner),
            last => match self.fetch_map(deadline) {
                // A slot that no node has: any of them says so.
                Ok(asked) => Ok(self.map.lock().owner(slot).unwrap_or(asked)),
                Err(refusals) => last.ok_or(Failure::NoNode { refusals }),
            },
        }
    }

    /// Asks the nodes which has which slot. Returns the node that answered.
    fn fetch_map(&self, deadline: Instant) -> Result<Address, Refusals> {
        let candidates = self.map.lock().candidates(&self.seeds);
        let candidates: Vec<_> = candidates.iter().map(|node| self.nodes.at(node)).collect();
        let (asked, ranges) = ask_each(&candidates, deadline, |node, until| {
            let slots: Value = node.run(until, &|connection| {
                connection.set_asking(false);
                redis::cmd("CLUSTER").arg("SLOTS").query(connection)
            })?;
            parse_slots(&slots, &node.address)
                .ok_or_else(|| (ErrorKind::Parse, "these are no slots of a cluster").into())
        })?;
        self.nodes.retain(|node| {
            self.seeds.contains(node) || ranges.iter().any(|range| range.owner == *node)
        });
        *self.map.lock() = Map {
            ranges,
            best: Some(asked.address.clone()),
            ..Map::default()
        };
        Ok(asked.address.clone())
    }
}

impl Map {
    fn owner(&self, slot: u16) -> Option<Address> {
        let range = self
            .ranges
            .iter()
            .find(|range| (range.first..=range.last).contains(&slot))?;
        Some(range.owner.clone())
    }

    fn distrust(&mut self, best: Option<Address>, worst: Option<Address>) {
        self.is_stale = true;
        self.best = best.or(self.best.take());
        self.worst = worst.or(self.worst.take());
    }

    /// Returns the nodes that can be asked for the map, in this order.
    fn candidates(&self, seeds: &[Address]) -> Vec<Address> {
        let mut candidates = Vec::new();
        let owners = self.ranges.iter().map(|range| &range.owner);
        for node in self.best.iter().chain(seeds).chain(owners) {
            if !candidates.contains(node) && Some(node) != self.worst.as_ref() {
                candidates.push(node.clone());
            }
            if candidates.len() == MOST_ASKED - 1 {
                break;
            }
        }
        candidates.extend(self.worst.clone());
        candidates
    }
}

/// Parses the reply to `CLUSTER SLOTS`: for each range, its first and last slot, its master, and
/// its replicas.
fn parse_slots(slots: &Value, asked: &Address) -> Option<Vec<Range>> {
    let Value::Array(slots) = slots else {
        return None;
    };
    let mut ranges = Vec::with_capacity(slots.len());
    for range in slots {
        let Value::Array(parts) = range else {
            return None;
        };
        let [
            Value::Int(first),
            Value::Int(last),
            Value::Array(master),
            ..,
        ] = &**parts
        else {
            return None;
        };
        let [host, Value::Int(port), ..] = &**master else {
            return None;
        };
        let host = match host {
            Value::BulkString(host) => std::str::from_utf8(host).ok()?,
            _ => "",
        };
        // The name of a node may be unknown for a while.
        if let Some(owner) = Address::of_node(host, u16::try_from(*port).ok()?, asked) {
            ranges.push(Range {
                first: u16::try_from(*first).ok()?,
                last: u16::try_from(*last).ok()?,
                owner,
            });
        }
    }
    Some(ranges)
}
