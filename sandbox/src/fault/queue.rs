use serde::Serialize;

use super::Fault;
use crate::interface::Interface;

/// The pending faults, in the order in which they were injected.
#[derive(Default, Serialize)]
#[serde(transparent)]
pub(crate) struct FaultQueue {
    #[serde(skip)]
    last_id: u64,
    pending: Vec<PendingFault>,
}

#[derive(Serialize)]
struct PendingFault {
    id: u64,
    #[serde(flatten)]
    fault: Fault,
}

impl FaultQueue {
    pub(crate) fn push(&mut self, fault: Fault) -> u64 {
        self.last_id += 1;
        let id = self.last_id;
        self.pending.push(PendingFault { id, fault });
        id
    }

    /// Returns the first fault that applies to a call, and counts down how often it still happens.
    pub(crate) fn consume(&mut self, interface: Interface, account: Option<&str>) -> Option<Fault> {
        let index = self.pending.iter().position(|PendingFault { fault, .. }| {
            fault.target.includes(interface)
                && fault
                    .account
                    .as_deref()
                    .is_none_or(|only| Some(only) == account)
        })?;
        let fault = &mut self.pending.get_mut(index)?.fault;
        let taken = fault.clone();
        if let Some(times) = &mut fault.times {
            *times -= 1;
            if *times == 0 {
                self.pending.remove(index);
            }
        }
        Some(taken)
    }

    pub(crate) fn remove(&mut self, id: u64) -> bool {
        let before = self.pending.len();
        self.pending.retain(|pending| pending.id != id);
        self.pending.len() < before
    }

    pub(crate) fn clear(&mut self) {
        self.pending.clear();
    }
}
