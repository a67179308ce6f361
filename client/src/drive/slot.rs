//! A call's place in the pacer's queue.

use std::sync::Arc;
use std::time::Duration;

use jumpqr_core::{PaceReply, PaceRequest, Pacer, SharedPace, Slot};

use super::Driver;
use super::shared_pace::StoredPace;
use crate::mutex::Mutex;

/// A call's place in the pacer's queue, or its slot. If it is not used, it is given back at the end
/// of the call, also after an error or a panic.
///
/// If the pace is shared, a call that has a slot of the pacer asks the store for one, too. The pacer
/// keeps the order of the client's calls, and lets only a few of them wait at the store.
#[derive(Debug)]
pub(super) struct ReservedSlot {
    /// `None` if the caller paces.
    pacer: Option<Arc<Mutex<Pacer>>>,
    slot: Slot,
    /// `None` if the pace is not shared. It is boxed, so that other calls need not move it around.
    shared: Option<Box<SharedSlot>>,
}

/// What a call has at the store.
#[derive(Debug)]
struct SharedSlot {
    pace: StoredPace,
    place: Place,
    /// The interface that WeChat has just refused for its pace, until the store knows.
    refused: Option<&'static str>,
}

#[derive(Debug, Clone, Copy)]
enum Place {
    Nothing,
    /// A place in the queue of an interface.
    Waiting {
        path: &'static str,
        ticket: u64,
        /// When the slot starts, as far as the store knows, and when to ask again.
        start: Duration,
        ask_at: Duration,
    },
    /// A slot that is not used yet.
    Taken {
        path: &'static str,
        ticket: u64,
        start_ms: u64,
    },
}

impl ReservedSlot {
    pub(super) fn new(driver: &Driver) -> Self {
        Self {
            pacer: driver.pacer.clone(),
            slot: Slot::default(),
            shared: driver.shared_pace.as_ref().map(|pace| {
                Box::new(SharedSlot {
                    pace: pace.clone(),
                    place: Place::Nothing,
                    refused: None,
                })
            }),
        }
    }

    /// Returns whether the pace is shared. Then [`reserve`](Self::reserve) takes some time.
    pub(super) fn is_shared(&self) -> bool {
        self.shared.is_some()
    }

    /// Returns whether the store must be asked, and could block.
    pub(super) fn would_block(&self, now: Duration) -> bool {
        self.shared
            .as_ref()
            .is_some_and(|shared| shared.pace.would_block(now))
    }

    /// Returns when the call may start, see [`Pacer::reserve`].
    pub(super) fn reserve(
        &mut self,
        path: &'static str,
        now: Duration,
        deadline: Duration,
    ) -> Option<Duration> {
        let Some(pacer) = &self.pacer else {
            return Some(now);
        };
        let slot = &mut self.slot;
        let Some(shared) = &mut self.shared else {
            return pacer.lock().reserve(slot, path, now, deadline);
        };
        let ticket = match shared.place {
            Place::Waiting {
                path: same,
                start,
                ask_at,
                ..
            } if same == path && now < ask_at => return Some(start),
            Place::Waiting {
                path: same, ticket, ..
            } if same == path => ticket,
            _ => {
                shared.give_back();
                let start = pacer.lock().reserve(slot, path, now, deadline);
                if start != Some(now) {
                    return start;
                }
                new_ticket()
            }
        };
        match shared.reserve(path, ticket, deadline.saturating_sub(now)) {
            Some(PaceReply::Slot { start_ms }) => {
                shared.place = Place::Taken {
                    path,
                    ticket,
                    start_ms,
                };
                pacer.lock().move_start(slot, now);
                Some(now)
            }
            Some(PaceReply::Wait(wait)) => {
                let now = shared.pace.now();
                let start = now.saturating_add(wait);
                shared.place = Place::Waiting {
                    path,
                    ticket,
                    start,
                    ask_at: now.saturating_add(wait.min(SharedPace::ASK_AGAIN)),
                };
                pacer.lock().move_start(slot, start);
                Some(start)
            }
            Some(PaceReply::TooLate | PaceReply::Done) => {
                pacer.lock().give_back(slot);
                None
            }
            // The client paces alone.
            None => pacer.lock().reserve(slot, path, now, deadline),
        }
    }

    /// Marks the slot as used: a request was sent.
    pub(super) fn set_used(&mut self) {
        self.slot.set_used();
        if let Some(shared) = &mut self.shared {
            shared.place = Place::Nothing;
        }
    }

    /// Lets the other calls wait, because WeChat has refused this one for its pace. The clients
    /// that share the pace learn it when the refusal is [reported](Self::report_refusal).
    #[cold]
    pub(super) fn hold(&mut self, path: &'static str, now: Duration) {
        if let Some(pacer) = &self.pacer {
            pacer.lock().hold(path, now);
        }
        if let Some(shared) = &mut self.shared {
            shared.refused = Some(path);
        }
    }

    /// Returns whether a refusal must be reported to the store.
    pub(super) fn has_refusal(&self) -> bool {
        self.shared
            .as_ref()
            .is_some_and(|shared| shared.refused.is_some())
    }

    /// Tells the store of a refusal.
    pub(super) fn report_refusal(&mut self) {
        if let Some(shared) = &mut self.shared {
            if let Some(path) = shared.refused.take() {
                shared.pace.ask(path, PaceRequest::Hold);
            }
        }
    }
}

impl SharedSlot {
    /// Asks for a slot. If the store does not answer, the call has nothing there.
    fn reserve(
        &mut self,
        path: &'static str,
        ticket: u64,
        longest_wait: Duration,
    ) -> Option<PaceReply> {
        self.place = Place::Nothing;
        let request = PaceRequest::Reserve {
            ticket,
            longest_wait,
        };
        self.pace.ask(path, request)
    }

    fn give_back(&mut self) {
        let (path, ticket, start_ms) = match std::mem::replace(&mut self.place, Place::Nothing) {
            Place::Nothing => return,
            Place::Waiting { path, ticket, .. } => (path, ticket, None),
            Place::Taken {
                path,
                ticket,
                start_ms,
            } => (path, ticket, Some(start_ms)),
        };
        self.pace
            .ask(path, PaceRequest::GiveBack { ticket, start_ms });
    }
}

/// Returns a number that no other call has. A forked child draws the same random numbers as its
/// parent, but has another process id.
fn new_ticket() -> u64 {
    fastrand::u64(..) ^ u64::from(std::process::id()).rotate_right(32)
}

impl Drop for ReservedSlot {
    fn drop(&mut self) {
        if let Some(pacer) = self.pacer.as_ref().filter(|_| self.slot.is_held()) {
            pacer.lock().give_back(&mut self.slot);
        }
        if let Some(shared) = &mut self.shared {
            shared.give_back();
        }
    }
}
