//! A call's place in the pacer's queue.

use std::sync::Arc;
use std::time::Duration;

use jumpqr_core::call::SendFailure;
use jumpqr_core::response::Response;
use jumpqr_core::{Pacer, Slot};

use crate::mutex::Mutex;

/// A call's place in the pacer's queue, or its slot. If it is not used, it is given back at the end
/// of the call, also after an error or a panic.
#[derive(Debug)]
pub(super) struct ReservedSlot {
    /// `None` if the caller paces.
    pacer: Option<Arc<Mutex<Pacer>>>,
    slot: Slot,
}

impl ReservedSlot {
    pub(super) fn new(pacer: Option<Arc<Mutex<Pacer>>>) -> Self {
        Self {
            pacer,
            slot: Slot::default(),
        }
    }

    pub(super) fn reserve(
        &mut self,
        path: &'static str,
        now: Duration,
        deadline: Duration,
    ) -> Option<Duration> {
        match &self.pacer {
            None => Some(now),
            Some(pacer) => pacer.lock().reserve(&mut self.slot, path, now, deadline),
        }
    }

    pub(super) fn mark_used(&mut self, response: &Result<Response, SendFailure>) {
        if response.as_ref().err().is_none_or(|failure| failure.sent) {
            self.slot.set_used();
        }
    }
}

impl Drop for ReservedSlot {
    fn drop(&mut self) {
        if let Some(pacer) = self.pacer.as_ref().filter(|_| self.slot.is_held()) {
            pacer.lock().give_back(&mut self.slot);
        }
    }
}
