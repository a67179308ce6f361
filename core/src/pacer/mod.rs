//! When calls may start, so that WeChat does not refuse them for their pace.
//!
//! The [`Pacer`] orders the calls of one client. [`SharedPace`] orders the calls of all clients that
//! share a store: a call that has its slot from the pacer asks there next.

mod shared;
mod window;

pub use shared::{PaceReply, PaceRequest, SharedPace};

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::time::Duration;

use self::window::Window;

/// Gives each call of one account a slot, which is the time at which it may start. No interface
/// gets more than 5 calls in a second.
///
/// Each interface has a queue. Its calls are in the order in which they first asked for a slot of
/// any interface. If a call leaves the queue, the calls behind it move up. A retry comes before all
/// calls that are younger than its own.
///
/// Time is counted from an origin of the caller's choice, the same for all calls.
///
/// ```
/// use std::time::Duration;
/// use jumpqr_core::{Pacer, Slot};
///
/// let mut pacer = Pacer::default();
/// let (now, deadline) = (Duration::ZERO, Duration::from_secs(30));
/// let mut slots: Vec<Slot> = (0..6).map(|_| Slot::default()).collect();
/// let starts: Vec<_> = slots
///     .iter_mut()
///     .map(|slot| pacer.reserve(slot, "/add", now, deadline).unwrap().as_millis())
///     .collect();
/// assert_eq!(starts, [0, 0, 0, 0, 0, 1100]);
///
/// // The first call sends nothing. Its slot goes to the last call.
/// pacer.give_back(&mut slots[0]);
/// assert_eq!(pacer.reserve(&mut slots[5], "/add", now, deadline), Some(now));
/// ```
#[derive(Debug, Default)]
pub struct Pacer {
    /// The queues, by the path of their interface.
    queues: BTreeMap<&'static str, Queue>,
    /// The number of the youngest call.
    last_number: u64,
}

/// The slot of one call, or its place in a queue for one. If the call ends before it
/// [uses](Self::set_used) the slot, [give it back](Pacer::give_back).
#[derive(Debug, Default)]
pub struct Slot {
    /// The number of the call, which decides its place in every queue.
    number: Option<u64>,
    state: State,
}

/// What a call has in the queue of the interface with this path.
#[derive(Debug, Default, Clone, Copy)]
enum State {
    #[default]
    Nothing,
    /// A place.
    Waiting { path: &'static str },
    /// A slot.
    Taken { path: &'static str, start: Duration },
}

/// The calls to one interface.
#[derive(Debug, Default)]
struct Queue {
    window: Window,
    /// The numbers of the waiting calls, in order.
    waiting: Vec<u64>,
}

impl Slot {
    /// Marks the slot as used, because a request has been sent. It can no longer be given back.
    pub fn set_used(&mut self) {
        self.state = State::Nothing;
    }

    /// Returns whether the call has a slot or a place to give back.
    #[must_use]
    pub fn is_held(&self) -> bool {
        !matches!(self.state, State::Nothing)
    }
}

impl Pacer {
    /// Returns the time at which the call may start. If that is `now`, the call has taken the slot.
    /// If it is later, the call has a place in the queue. Ask again at that time. You may ask
    /// earlier: if calls in front have left the queue, the slot has moved to an earlier time.
    ///
    /// Returns `None`, without a place for the call, if the slot would start after `deadline` or
    /// after the last time that a [`Duration`] can hold. If the call still has an unused slot, that
    /// slot is given back first.
    pub fn reserve(
        &mut self,
        slot: &mut Slot,
        path: &'static str,
        now: Duration,
        deadline: Duration,
    ) -> Option<Duration> {
        if !matches!(slot.state, State::Waiting { path: same } if same == path) {
            self.give_back(slot);
        }
        slot.state = State::Nothing;
        let number = *slot.number.get_or_insert_with(|| {
            self.last_number += 1;
            self.last_number
        });
        let queue = self.queue(path);
        queue.window.forget_old_starts(now);
        let place = queue.find_place(number);
        match queue.window.start_at(place.unwrap_or_else(|new| new), now) {
            Some(start) if start <= now => {
                queue.remove_call(number);
                queue.window.add_start(now);
                slot.state = State::Taken { path, start: now };
                Some(now)
            }
            Some(start) if start <= deadline => {
                if let Err(new) = place {
                    queue.waiting.insert(new, number);
                }
                slot.state = State::Waiting { path };
                Some(start)
            }
            _ => {
                queue.remove_call(number);
                None
            }
        }
    }

    /// Gives an unused slot, or a place in the queue, to the other calls.
    pub fn give_back(&mut self, slot: &mut Slot) {
        match core::mem::take(&mut slot.state) {
            State::Nothing => {}
            State::Waiting { path } => {
                if let Some(number) = slot.number {
                    self.queue(path).remove_call(number);
                }
            }
            State::Taken { path, start } => self.queue(path).window.remove_start(start),
        }
    }

    /// Moves the start of a slot that was taken. The call waits until then for a slot that it shares
    /// with other clients.
    pub fn move_start(&mut self, slot: &mut Slot, to: Duration) {
        if let State::Taken { path, start } = &mut slot.state {
            let window = &mut self.queue(path).window;
            window.remove_start(core::mem::replace(start, to));
            window.add_start(to);
        }
    }

    /// Lets no call to this interface start for a second: WeChat has refused one for its pace
    /// (44990), because somebody else calls for the same account.
    pub fn hold(&mut self, path: &'static str, now: Duration) {
        self.queue(path).window.hold(now);
    }

    fn queue(&mut self, path: &'static str) -> &mut Queue {
        self.queues.entry(path).or_default()
    }
}

impl Queue {
    /// Returns the place of the call in the queue. The error is the place that it would get.
    fn find_place(&self, number: u64) -> Result<usize, usize> {
        self.waiting.binary_search(&number)
    }

    fn remove_call(&mut self, number: u64) {
        if let Ok(place) = self.find_place(number) {
            self.waiting.remove(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::window::{CALLS_PER_WINDOW, WINDOW};
    use super::{Pacer, Slot};

    const fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    fn slots(count: usize) -> Vec<Slot> {
        (0..count).map(|_| Slot::default()).collect()
    }

    /// Returns a pacer whose slots for "/add" are all used at `now`.
    fn busy_pacer(now: Duration) -> Pacer {
        let mut pacer = Pacer::default();
        for mut slot in slots(CALLS_PER_WINDOW) {
            pacer.reserve(&mut slot, "/add", now, now);
            slot.set_used();
        }
        pacer
    }

    #[test]
    fn at_most_five_calls_start_in_a_second() {
        let mut pacer = Pacer::default();
        let mut starts = Vec::new();
        let mut slots = slots(40);
        for now in (0..20_000).map(ms) {
            for slot in &mut slots {
                if pacer.reserve(slot, "/add", now, ms(60_000)) == Some(now) {
                    slot.set_used();
                    starts.push(now);
                }
            }
            slots.truncate(40_usize.saturating_sub(starts.len()));
        }
        assert_eq!(starts.len(), 40);
        for window in starts.windows(6) {
            assert!(window[5].saturating_sub(window[0]) >= WINDOW, "{window:?}");
        }
    }

    #[test]
    fn interfaces_do_not_slow_each_other_down() {
        let mut pacer = busy_pacer(ms(0));
        let mut slot = Slot::default();
        assert_eq!(pacer.reserve(&mut slot, "/get", ms(0), ms(0)), Some(ms(0)));
    }

    #[test]
    fn a_call_that_would_start_too_late_takes_no_place() {
        let mut pacer = busy_pacer(ms(0));
        for mut slot in slots(1000) {
            assert_eq!(pacer.reserve(&mut slot, "/add", ms(0), ms(500)), None);
            assert!(!slot.is_held());
        }
        let mut slot = Slot::default();
        let start = pacer.reserve(&mut slot, "/add", ms(0), ms(30_000));
        assert_eq!(start, Some(ms(1100)));
    }

    #[test]
    fn no_slot_starts_after_the_last_time_of_a_duration() {
        let end = Duration::MAX;
        let mut pacer = busy_pacer(end);
        let mut slot = Slot::default();
        assert_eq!(pacer.reserve(&mut slot, "/add", end, end), None);
    }

    #[test]
    fn if_calls_leave_the_queue_the_calls_behind_them_move_up() {
        let mut pacer = busy_pacer(ms(0));
        let mut waiting = slots(64);
        for slot in &mut waiting {
            pacer.reserve(slot, "/add", ms(0), ms(60_000));
        }
        let mut next = Slot::default();
        let start = pacer.reserve(&mut next, "/add", ms(0), ms(60_000));
        assert_eq!(start, Some(ms(1100 * 13)));
        for slot in &mut waiting {
            pacer.give_back(slot);
        }
        let start = pacer.reserve(&mut next, "/add", ms(0), ms(60_000));
        assert_eq!(start, Some(ms(1100)));
    }

    #[test]
    fn an_unused_slot_that_is_given_back_is_free_again() {
        let mut pacer = Pacer::default();
        let mut taken = slots(CALLS_PER_WINDOW);
        for slot in &mut taken {
            pacer.reserve(slot, "/add", ms(0), ms(0));
        }
        let mut slot = Slot::default();
        assert_eq!(pacer.reserve(&mut slot, "/add", ms(0), ms(0)), None);
        pacer.give_back(&mut taken[3]);
        assert_eq!(pacer.reserve(&mut slot, "/add", ms(0), ms(0)), Some(ms(0)));
    }

    #[test]
    fn a_retry_comes_before_younger_calls() {
        let mut pacer = Pacer::default();
        let mut old = Slot::default();
        pacer.reserve(&mut old, "/add", ms(0), ms(0));
        old.set_used();
        let mut younger = slots(24);
        for slot in &mut younger {
            pacer.reserve(slot, "/add", ms(0), ms(60_000));
        }
        let start = pacer.reserve(&mut old, "/add", ms(10), ms(60_000));
        assert_eq!(start, Some(ms(1100)));
    }

    /// What a call does with its slot.
    #[derive(Debug, Clone, Copy)]
    enum Action {
        /// Reserve a slot, with a deadline in this number of milliseconds.
        Reserve {
            timeout: u64,
        },
        GiveBack,
        Use,
    }

    fn any_action() -> impl Strategy<Value = Action> {
        prop_oneof![
            4 => (0_u64..5_000).prop_map(|timeout| Action::Reserve { timeout }),
            1 => Just(Action::GiveBack),
            2 => Just(Action::Use),
        ]
    }

    proptest! {
        #[test]
        fn no_six_slots_are_taken_within_a_window_whatever_calls_do(
            actions in vec((0_u64..200, 0_usize..24, any_action()), 1..400),
        ) {
            let mut pacer = Pacer::default();
            let mut slots = slots(24);
            let mut taken = [None; 24];
            let mut used = Vec::new();
            let mut now = ms(0);
            for (passed, index, action) in actions {
                now += ms(passed);
                let slot = &mut slots[index];
                match action {
                    Action::Reserve { timeout } => {
                        let deadline = now + ms(timeout);
                        let start = pacer.reserve(slot, "/add", now, deadline);
                        prop_assert!(start.is_none_or(|start| now <= start && start <= deadline));
                        prop_assert_eq!(slot.is_held(), start.is_some());
                        taken[index] = start.filter(|start| *start == now);
                    }
                    Action::GiveBack => {
                        pacer.give_back(slot);
                        taken[index] = None;
                    }
                    Action::Use => if let Some(start) = taken[index].take() {
                        slot.set_used();
                        used.push(start);
                    },
                }
                // A taken slot may be used at any time.
                let mut starts: Vec<_> = used.iter().chain(taken.iter().flatten()).collect();
                starts.sort();
                for window in starts.windows(CALLS_PER_WINDOW + 1) {
                    prop_assert!(window[CALLS_PER_WINDOW].saturating_sub(*window[0]) >= WINDOW);
                }
            }
            // When all slots are given back, the next call need not wait.
            for slot in &mut slots {
                pacer.give_back(slot);
            }
            let mut next = Slot::default();
            let start = pacer.reserve(&mut next, "/add", now + WINDOW, now + WINDOW);
            prop_assert_eq!(start, Some(now + WINDOW));
        }
    }
}
