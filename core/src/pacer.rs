use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::time::Duration;

/// WeChat takes this many calls a second of each interface and account, and answers more with 44990.
const CALLS: usize = 5;

/// A second, and a tenth for what the network presses together on the way.
const WINDOW: Duration = Duration::from_millis(1100);

/// Keeps the calls of one account below 5 a second per interface, by telling each call when it may
/// start.
///
/// Calls wait in a queue for each interface, in the order in which they first asked for any slot.
/// If a call leaves the queue, those behind it move up. A retry keeps the place of its call: it
/// comes before all calls that are younger.
///
/// Time is counted from an origin of the caller's choice, the same for all calls.
///
/// ```
/// use std::time::Duration;
/// use jumpqr_core::{Pacer, Slot};
///
/// let mut pacer = Pacer::default();
/// let (now, latest) = (Duration::ZERO, Duration::from_secs(30));
/// let mut slots: Vec<Slot> = (0..6).map(|_| Slot::default()).collect();
/// let starts: Vec<_> = slots
///     .iter_mut()
///     .map(|slot| pacer.reserve(slot, "/add", now, latest).unwrap().as_millis())
///     .collect();
/// assert_eq!(starts, [0, 0, 0, 0, 0, 1100]);
///
/// // The first call sends nothing after all: the last one need not wait.
/// pacer.give_back(&mut slots[0]);
/// assert_eq!(pacer.reserve(&mut slots[5], "/add", now, latest), Some(now));
/// ```
#[derive(Debug, Default)]
pub struct Pacer {
    /// By the interface's path.
    queues: BTreeMap<&'static str, Queue>,
    calls: u64,
}

/// What one call has of a [`Pacer`]: a place in a queue, and then a slot. It must be [given
/// back](Pacer::give_back) if the call ends before it has [used](Self::set_used) the slot.
#[derive(Debug, Default)]
pub struct Slot {
    /// The call's place in all queues.
    number: Option<u64>,
    state: State,
}

#[derive(Debug, Default, Clone, Copy)]
enum State {
    #[default]
    Nothing,
    Waiting {
        path: &'static str,
    },
    Taken {
        path: &'static str,
        start: Duration,
    },
}

/// The calls of one interface.
#[derive(Debug, Default)]
struct Queue {
    /// When calls have started, in order. What is older than the window is forgotten.
    starts: Vec<Duration>,
    /// The numbers of the calls that wait, in order.
    waiting: Vec<u64>,
}

impl Slot {
    /// A request has been sent in the slot, so that it cannot be given back.
    pub fn set_used(&mut self) {
        self.state = State::Nothing;
    }

    /// Whether there is something to give back.
    #[must_use]
    pub fn is_held(&self) -> bool {
        !matches!(self.state, State::Nothing)
    }
}

impl Pacer {
    /// Returns when the call may start. If that is `now`, the slot is taken. If it is later, the
    /// call keeps its place in the queue: ask again then, or before, because the calls in front may
    /// have left.
    ///
    /// Returns `None`, and the call has no place, if it would have to wait until after `latest` or
    /// for longer than a [`Duration`] can hold. A slot that the call took before and has not used
    /// is given back first.
    pub fn reserve(
        &mut self,
        slot: &mut Slot,
        path: &'static str,
        now: Duration,
        latest: Duration,
    ) -> Option<Duration> {
        if !matches!(slot.state, State::Waiting { path: same } if same == path) {
            self.give_back(slot);
        }
        slot.state = State::Nothing;
        let number = *slot.number.get_or_insert_with(|| {
            self.calls += 1;
            self.calls
        });
        let queue = self.queue(path);
        queue.forget_before(now);
        let place = queue.place(number);
        match queue.start(place.unwrap_or_else(|new| new), now) {
            Some(start) if start <= now => {
                queue.leave(number);
                queue.begin(now);
                slot.state = State::Taken { path, start: now };
                Some(now)
            }
            Some(start) if start <= latest => {
                if let Err(new) = place {
                    queue.waiting.insert(new, number);
                }
                slot.state = State::Waiting { path };
                Some(start)
            }
            _ => {
                queue.leave(number);
                None
            }
        }
    }

    /// Gives back a slot that was not used, or a place in the queue: other calls may have it.
    pub fn give_back(&mut self, slot: &mut Slot) {
        match core::mem::take(&mut slot.state) {
            State::Nothing => {}
            State::Waiting { path } => {
                if let Some(number) = slot.number {
                    self.queue(path).leave(number);
                }
            }
            State::Taken { path, start } => self.queue(path).undo(start),
        }
    }

    fn queue(&mut self, path: &'static str) -> &mut Queue {
        self.queues.entry(path).or_default()
    }
}

impl Queue {
    fn forget_before(&mut self, now: Duration) {
        let is_over = |start: &Duration| start.checked_add(WINDOW).is_some_and(|end| end <= now);
        let over = self.starts.partition_point(is_over);
        self.starts.drain(..over);
    }

    /// The place of the call in the queue; the error is the place that it would get.
    fn place(&self, number: u64) -> Result<usize, usize> {
        self.waiting.binary_search(&number)
    }

    /// When the call at this place may start.
    fn start(&self, place: usize, now: Duration) -> Option<Duration> {
        let free = CALLS.saturating_sub(self.starts.len());
        let (rounds, place) = (place / CALLS, place % CALLS);
        let first = match place.checked_sub(free) {
            None => now,
            Some(after) => self.starts.get(after)?.checked_add(WINDOW)?,
        };
        first.checked_add(WINDOW.checked_mul(u32::try_from(rounds).ok()?)?)
    }

    fn begin(&mut self, now: Duration) {
        let index = self.starts.partition_point(|start| *start <= now);
        self.starts.insert(index, now);
    }

    fn undo(&mut self, start: Duration) {
        if let Ok(index) = self.starts.binary_search(&start) {
            self.starts.remove(index);
        }
    }

    fn leave(&mut self, number: u64) {
        if let Ok(place) = self.place(number) {
            self.waiting.remove(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::{CALLS, Pacer, Slot, WINDOW};

    const fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    fn slots(count: usize) -> Vec<Slot> {
        (0..count).map(|_| Slot::default()).collect()
    }

    /// Takes all slots of "/add" that there are now.
    fn busy(now: Duration) -> Pacer {
        let mut pacer = Pacer::default();
        for mut slot in slots(CALLS) {
            pacer.reserve(&mut slot, "/add", now, now);
            slot.set_used();
        }
        pacer
    }

    #[test]
    fn never_more_than_five_in_any_second() {
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
        let mut pacer = busy(ms(0));
        let mut slot = Slot::default();
        assert_eq!(pacer.reserve(&mut slot, "/get", ms(0), ms(0)), Some(ms(0)));
    }

    #[test]
    fn a_call_that_would_start_too_late_takes_no_place() {
        let mut pacer = busy(ms(0));
        for mut slot in slots(1000) {
            assert_eq!(pacer.reserve(&mut slot, "/add", ms(0), ms(500)), None);
            assert!(!slot.is_held());
        }
        let mut slot = Slot::default();
        let start = pacer.reserve(&mut slot, "/add", ms(0), ms(30_000));
        assert_eq!(start, Some(ms(1100)));
    }

    #[test]
    fn at_the_end_of_time_there_are_no_more_slots() {
        let end = Duration::MAX;
        let mut pacer = busy(end);
        let mut slot = Slot::default();
        assert_eq!(pacer.reserve(&mut slot, "/add", end, end), None);
    }

    #[test]
    fn those_behind_a_call_that_leaves_the_queue_move_up() {
        let mut pacer = busy(ms(0));
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
    fn a_slot_that_was_taken_and_not_used_is_free_again() {
        let mut pacer = Pacer::default();
        let mut taken = slots(CALLS);
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

    /// What a call does when time has passed.
    #[derive(Debug, Clone, Copy)]
    enum Act {
        Reserve { later: u64 },
        GiveBack,
        Use,
    }

    fn any_act() -> impl Strategy<Value = Act> {
        prop_oneof![
            4 => (0_u64..5_000).prop_map(|later| Act::Reserve { later }),
            1 => Just(Act::GiveBack),
            2 => Just(Act::Use),
        ]
    }

    proptest! {
        #[test]
        fn however_calls_come_and_go_six_never_start_within_a_window(
            acts in vec((0_u64..200, 0_usize..24, any_act()), 1..400),
        ) {
            let mut pacer = Pacer::default();
            let mut slots = slots(24);
            let mut taken = [None; 24];
            let mut used = Vec::new();
            let mut now = ms(0);
            for (later, index, act) in acts {
                now += ms(later);
                let slot = &mut slots[index];
                match act {
                    Act::Reserve { later } => {
                        let latest = now + ms(later);
                        let start = pacer.reserve(slot, "/add", now, latest);
                        prop_assert!(start.is_none_or(|start| now <= start && start <= latest));
                        prop_assert_eq!(slot.is_held(), start.is_some());
                        taken[index] = start.filter(|start| *start == now);
                    }
                    Act::GiveBack => {
                        pacer.give_back(slot);
                        taken[index] = None;
                    }
                    Act::Use => if let Some(start) = taken[index].take() {
                        slot.set_used();
                        used.push(start);
                    },
                }
                // A slot that is taken may be used at any time.
                let mut starts: Vec<_> = used.iter().chain(taken.iter().flatten()).collect();
                starts.sort();
                for window in starts.windows(CALLS + 1) {
                    prop_assert!(window[CALLS].saturating_sub(*window[0]) >= WINDOW);
                }
            }
            // All that are given back leave nothing behind.
            for slot in &mut slots {
                pacer.give_back(slot);
            }
            let mut next = Slot::default();
            let start = pacer.reserve(&mut next, "/add", now + WINDOW, now + WINDOW);
            prop_assert_eq!(start, Some(now + WINDOW));
        }
    }
}
