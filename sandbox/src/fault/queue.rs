use super::Fault;
use crate::interface::Interface;

/// The pending faults, in the order in which they were injected.
#[derive(Debug, Default)]
pub(crate) struct FaultQueue {
    last_id: u64,
    waiting: Vec<(u64, Fault)>,
}

impl FaultQueue {
    pub(crate) fn push(&mut self, fault: Fault) -> u64 {
        self.last_id += 1;
        self.waiting.push((self.last_id, fault));
        self.last_id
    }

    /// Returns the first fault that applies to a call, and counts down how often it still happens.
    pub(crate) fn consume(&mut self, interface: Interface, account: Option<&str>) -> Option<Fault> {
        let index = self.waiting.iter().position(|(_, fault)| {
            fault.target.includes(interface)
                && fault
                    .account
                    .as_deref()
                    .is_none_or(|only| Some(only) == account)
        })?;
        let (_, fault) = self.waiting.get_mut(index)?;
        let taken = fault.clone();
        if let Some(times) = &mut fault.times {
            *times -= 1;
            if *times == 0 {
                self.waiting.remove(index);
            }
        }
        Some(taken)
    }

    pub(crate) fn waiting(&self) -> &[(u64, Fault)] {
        &self.waiting
    }

    pub(crate) fn remove(&mut self, id: u64) -> bool {
        let before = self.waiting.len();
        self.waiting.retain(|(waiting, _)| *waiting != id);
        self.waiting.len() < before
    }

    pub(crate) fn clear(&mut self) {
        self.waiting.clear();
    }
}
