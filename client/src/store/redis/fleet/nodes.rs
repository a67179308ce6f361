//! The connections to servers that come and go.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use redis::{RedisError, RedisResult};

use crate::mutex::Mutex;
use crate::store::redis::address::Address;
use crate::store::redis::connection::time_left;
use crate::store::redis::connections::{Access, Connections};
use crate::store::redis::failure::Refusals;

/// The connections to each server, all with the same login.
pub(in crate::store::redis) struct Nodes {
    access: Arc<Access>,
    nodes: Mutex<HashMap<Address, Arc<Connections>>>,
}

impl Nodes {
    pub(in crate::store::redis) fn new(access: Access) -> Self {
        Self {
            access: Arc::new(access),
            nodes: Mutex::default(),
        }
    }

    /// Returns the connections to the server at this address.
    pub(super) fn at(&self, address: &Address) -> Arc<Connections> {
        let mut nodes = self.nodes.lock();
        if let Some(node) = nodes.get(address) {
            return Arc::clone(node);
        }
        let node = Connections::new(address.clone(), Arc::clone(&self.access));
        let node = Arc::new(node);
        nodes.insert(address.clone(), Arc::clone(&node));
        node
    }

    /// Drops the connections to all servers that are not needed any more.
    pub(super) fn retain(&self, is_needed: impl Fn(&Address) -> bool) {
        self.nodes.lock().retain(|address, _| is_needed(address));
    }
}

/// Asks servers, one after the other, until one answers. Each has an equal share of the time, and
/// one share is left for what the caller does then.
pub(super) fn ask_each<T>(
    servers: &[Arc<Connections>],
    deadline: Instant,
    question: impl Fn(&Connections, Instant) -> RedisResult<T>,
) -> Result<(&Arc<Connections>, T), Refusals> {
    let mut refusals = Vec::new();
    for (asked, server) in servers.iter().enumerate() {
        let shares = u32::try_from(servers.len() - asked + 1).unwrap_or(u32::MAX);
        let answer = time_left(deadline)
            .map_err(RedisError::from)
            .and_then(|left| question(server, Instant::now() + left / shares));
        match answer {
            Ok(answer) => return Ok((server, answer)),
            Err(error) => refusals.push((server.address.clone(), error)),
        }
    }
    Err(refusals)
}
