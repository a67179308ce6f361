//! The pace that several processes share, as a store keeps it.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use serde::{Deserialize, Serialize};

use super::window::{CALLS_PER_WINDOW, WINDOW, Window};

/// The pace of one account, for the processes that share a store: a queue for each interface.
///
/// Each call has a ticket, a random number. It asks with [`PaceRequest::Reserve`] until it has a
/// slot. First asked, first served. A call keeps its place as long as it asks again in time, so the
/// places of a dead process end by themselves.
///
/// Times are in whole milliseconds since 1970, by the store's clock. If the clock is set back, the
/// next calls wait for a window at most.
///
/// ```
/// use std::time::Duration;
/// use jumpqr_core::{PaceReply, PaceRequest, SharedPace};
///
/// let mut pace = SharedPace::default();
/// let now = Duration::from_secs(1_800_000_000);
/// let mut reserve = |ticket, now| {
///     let longest_wait = Duration::from_secs(30);
///     pace.handle("/add", PaceRequest::Reserve { ticket, longest_wait }, now)
/// };
/// for ticket in 0..5 {
///     assert!(matches!(reserve(ticket, now), PaceReply::Slot { .. }));
/// }
/// let wait = Duration::from_millis(1100);
/// assert_eq!(reserve(5, now), PaceReply::Wait(wait));
/// // It keeps its place, and has its slot in time.
/// assert_eq!(reserve(5, now + wait / 2), PaceReply::Wait(wait / 2));
/// assert!(matches!(reserve(5, now + wait), PaceReply::Slot { .. }));
/// ```
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedPace {
    /// The queues that are in use, by the path of their interface.
    queues: BTreeMap<String, Queue>,
}

/// What a process asks of the shared pace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaceRequest {
    /// A slot for the call with this ticket, or a place in the queue. No place is kept if the slot
    /// would start later than after `longest_wait`.
    Reserve {
        /// The number of the call.
        ticket: u64,
        /// How long the call can wait.
        longest_wait: Duration,
    },
    /// The call gives back its place, or its unused slot.
    GiveBack {
        /// The number of the call.
        ticket: u64,
        /// The `start_ms` of its slot.
        start_ms: Option<u64>,
    },
    /// WeChat has refused a call for its pace (44990). Nobody starts a call for a whole window.
    Hold,
}

/// What the shared pace answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaceReply {
    /// The call may start now.
    Slot {
        /// The start of the slot by the clock of the store, in ms since 1970.
        start_ms: u64,
    },
    /// The call has a place in the queue, and may start after this time. It must ask again then,
    /// and after [`SharedPace::ASK_AGAIN`] at the latest.
    Wait(Duration),
    /// The slot would start too late. The call has no place.
    TooLate,
    /// A request for something else than a slot is done.
    Done,
}

/// The calls of all processes to one interface.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
struct Queue {
    window: Window,
    waiting: Vec<Place>,
}

/// The place of a call that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    ticket: u64,
    /// The place ends at this time, unless the call asks again.
    ends_at: Duration,
}

impl SharedPace {
    /// The most calls in a [window](Self::WINDOW).
    pub const CALLS_PER_WINDOW: usize = CALLS_PER_WINDOW;

    /// WeChat's second, and 100 ms for the network.
    pub const WINDOW: Duration = WINDOW;

    /// The longest time after which a waiting call must ask again.
    pub const ASK_AGAIN: Duration = Duration::from_millis(500);

    /// How late a waiting call may ask again; then its place ends. Places of a dead process end 1 s
    /// after it has asked last, and the others notice at most [`ASK_AGAIN`](Self::ASK_AGAIN) later.
    pub const GRACE: Duration = Duration::from_millis(500);

    /// Handles a request about the interface with this path.
    pub fn handle(&mut self, path: &str, request: PaceRequest, now: Duration) -> PaceReply {
        let now_ms = millis(now);
        let now = Duration::from_millis(now_ms);
        self.queues.values_mut().for_each(|queue| queue.forget(now));
        self.queues
            .retain(|other, queue| other == path || !queue.is_idle(now));
        if !self.queues.contains_key(path) {
            self.queues.insert(path.to_owned(), Queue::default());
        }
        let Some(queue) = self.queues.get_mut(path) else {
            return PaceReply::Done;
        };
        match request {
            PaceRequest::Reserve {
                ticket,
                longest_wait,
            } => match queue.reserve(ticket, longest_wait, now) {
                None => PaceReply::TooLate,
                Some(Duration::ZERO) => PaceReply::Slot { start_ms: now_ms },
                Some(wait) => PaceReply::Wait(wait),
            },
            PaceRequest::GiveBack { ticket, start_ms } => {
                queue.waiting.retain(|place| place.ticket != ticket);
                if let Some(start) = start_ms {
                    queue.window.remove_start(Duration::from_millis(start));
                }
                PaceReply::Done
            }
            PaceRequest::Hold => {
                queue.window.hold(now);
                PaceReply::Done
            }
        }
    }

    /// Returns whether nobody waits, and nobody would have to.
    #[must_use]
    pub fn is_idle(&self, now: Duration) -> bool {
        self.queues.values().all(|queue| {
            let mut queue = queue.clone();
            queue.forget(now);
            queue.is_idle(now)
        })
    }
}

impl Queue {
    /// Forgets what is over. Times in the future come from before the clock was set back.
    fn forget(&mut self, now: Duration) {
        let Self { window, waiting } = self;
        for start in &mut window.starts {
            *start = now.min(*start);
        }
        window.not_before = window.not_before.min(now.saturating_add(WINDOW));
        window.forget_old_starts(now);
        let longest = now.saturating_add(SharedPace::ASK_AGAIN + SharedPace::GRACE);
        waiting.retain_mut(|place| {
            place.ends_at = place.ends_at.min(longest);
            now < place.ends_at
        });
    }

    fn is_idle(&self, now: Duration) -> bool {
        self.window.starts.is_empty() && self.waiting.is_empty() && self.window.not_before <= now
    }

    /// Returns how long the call must wait. If that is no time, it has taken the slot. If it is
    /// `None`, the slot would start too late.
    fn reserve(&mut self, ticket: u64, longest_wait: Duration, now: Duration) -> Option<Duration> {
        let known = self.waiting.iter().position(|other| other.ticket == ticket);
        let place = known.unwrap_or(self.waiting.len());
        let start = self.window.start_at(place, now);
        let wait = start.map(|start| start.saturating_sub(now));
        let wait = wait.filter(|wait| wait.is_zero() || *wait <= longest_wait);
        match (wait, known) {
            (None | Some(Duration::ZERO), Some(place)) => drop(self.waiting.remove(place)),
            (None | Some(Duration::ZERO), None) => {}
            (Some(wait), known) => {
                let ends_at = now.saturating_add(wait.min(SharedPace::ASK_AGAIN));
                let ends_at = ends_at.saturating_add(SharedPace::GRACE);
                match known.and_then(|place| self.waiting.get_mut(place)) {
                    Some(place) => place.ends_at = ends_at,
                    None => self.waiting.push(Place { ticket, ends_at }),
                }
            }
        }
        if wait == Some(Duration::ZERO) {
            self.window.add_start(now);
        }
        wait
    }
}

/// A queue as it is stored: its starts, the time before which no call starts, and the places. All
/// times are in ms.
#[derive(Serialize, Deserialize)]
struct Written(Vec<u64>, u64, Vec<(u64, u64)>);

impl From<Queue> for Written {
    fn from(Queue { window, waiting }: Queue) -> Self {
        let places = waiting.iter();
        Self(
            window.starts.iter().copied().map(millis).collect(),
            millis(window.not_before),
            places
                .map(|place| (place.ticket, millis(place.ends_at)))
                .collect(),
        )
    }
}

impl From<Written> for Queue {
    fn from(Written(starts, not_before, places): Written) -> Self {
        let mut starts: Vec<_> = starts.into_iter().map(Duration::from_millis).collect();
        starts.sort_unstable();
        let place = |(ticket, ends_at)| Place {
            ticket,
            ends_at: Duration::from_millis(ends_at),
        };
        Self {
            window: Window {
                starts,
                not_before: Duration::from_millis(not_before),
            },
            waiting: places.into_iter().map(place).collect(),
        }
    }
}

/// Returns whole milliseconds.
fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::{CALLS_PER_WINDOW, PaceReply, PaceRequest, SharedPace, WINDOW};

    const NOW: u64 = 1_800_000_000_000;
    const LONG: Duration = Duration::from_secs(60);
    const SLOTS: u64 = CALLS_PER_WINDOW as u64;

    const fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    fn ask(pace: &mut SharedPace, request: PaceRequest, now: u64) -> PaceReply {
        pace.handle("/add", request, ms(NOW + now))
    }

    fn reserve(pace: &mut SharedPace, ticket: u64, now: u64) -> PaceReply {
        let longest_wait = LONG;
        ask(
            pace,
            PaceRequest::Reserve {
                ticket,
                longest_wait,
            },
            now,
        )
    }

    const fn slot(now: u64) -> PaceReply {
        PaceReply::Slot {
            start_ms: NOW + now,
        }
    }

    const fn wait(milliseconds: u64) -> PaceReply {
        PaceReply::Wait(ms(milliseconds))
    }

    /// Returns a pace whose slots are all taken at the time 0.
    fn busy_pace() -> SharedPace {
        let mut pace = SharedPace::default();
        for ticket in 100..100 + SLOTS {
            assert_eq!(reserve(&mut pace, ticket, 0), slot(0));
        }
        pace
    }

    #[test]
    fn who_asks_first_is_served_first() {
        let mut pace = busy_pace();
        for ticket in 0..=SLOTS {
            let round = 1 + ticket / SLOTS;
            assert_eq!(reserve(&mut pace, ticket, 10), wait(1100 * round - 10));
        }
        // The last one asks again before the others.
        for now in [400, 800, 1100] {
            assert_eq!(reserve(&mut pace, SLOTS, now), wait(2200 - now));
            for ticket in 0..SLOTS {
                let reply = if now < 1100 {
                    wait(1100 - now)
                } else {
                    slot(1100)
                };
                assert_eq!(reserve(&mut pace, ticket, now), reply);
            }
        }
    }

    #[test]
    fn a_place_ends_if_the_call_does_not_ask_again() {
        let mut pace = busy_pace();
        for ticket in 0..SLOTS {
            reserve(&mut pace, ticket, 300);
        }
        for now in [300, 700, 1100] {
            assert_eq!(reserve(&mut pace, SLOTS, now), wait(2200 - now));
        }
        // They should have asked at 800, and 500 ms later at the latest.
        assert_eq!(reserve(&mut pace, SLOTS, 1299), wait(1100));
        assert_eq!(reserve(&mut pace, SLOTS, 1300), slot(1300));
        // A call that comes back too late is the last one.
        for ticket in 10..9 + 2 * SLOTS {
            reserve(&mut pace, ticket, 1300);
        }
        assert_eq!(reserve(&mut pace, 0, 1300), wait(2200));
    }

    #[test]
    fn a_slot_or_place_that_is_given_back_is_free_for_the_next_call() {
        let mut pace = busy_pace();
        for ticket in 0..SLOTS {
            reserve(&mut pace, ticket, 0);
        }
        assert_eq!(reserve(&mut pace, SLOTS, 0), wait(2200));
        let mut give_back =
            |ticket, start_ms| ask(&mut pace, PaceRequest::GiveBack { ticket, start_ms }, 0);
        give_back(3, None);
        give_back(104, Some(NOW));
        for ticket in [0, 1, 2, 4, SLOTS] {
            let reply = if ticket == 0 { slot(0) } else { wait(1100) };
            assert_eq!(reserve(&mut pace, ticket, 0), reply, "{ticket}");
        }
    }

    #[test]
    fn a_call_that_would_start_too_late_has_no_place() {
        let mut pace = busy_pace();
        for longest_wait in [ms(0), ms(1099)] {
            let request = PaceRequest::Reserve {
                ticket: 1,
                longest_wait,
            };
            assert_eq!(ask(&mut pace, request, 0), PaceReply::TooLate);
        }
        for ticket in 2..2 + SLOTS {
            assert_eq!(reserve(&mut pace, ticket, 0), wait(1100));
        }
    }

    #[test]
    fn after_a_refusal_nobody_starts_for_a_window() {
        let mut pace = SharedPace::default();
        assert_eq!(ask(&mut pace, PaceRequest::Hold, 0), PaceReply::Done);
        for ticket in 0..SLOTS {
            assert_eq!(reserve(&mut pace, ticket, 100), wait(1000));
        }
        assert_eq!(reserve(&mut pace, SLOTS, 100), wait(2100));
        assert!(!pace.is_idle(ms(NOW + 100)));
    }

    #[test]
    fn interfaces_do_not_slow_each_other_down_and_an_idle_one_is_forgotten() {
        let mut pace = busy_pace();
        let request = PaceRequest::Reserve {
            ticket: 1,
            longest_wait: LONG,
        };
        assert_eq!(pace.handle("/get", request, ms(NOW)), slot(0));
        assert_eq!(pace.queues.len(), 2);
        assert_eq!(pace.handle("/list", request, ms(NOW + 1100)), slot(1100));
        assert_eq!(pace.queues.len(), 1);
        assert!(pace.is_idle(ms(NOW + 2200)));
    }

    #[test]
    fn if_the_clock_is_set_back_calls_wait_for_a_window_at_most() {
        let mut pace = busy_pace();
        ask(&mut pace, PaceRequest::Hold, 0);
        reserve(&mut pace, 1, 0);
        let hour_before = |later| ms(NOW - 3_600_000 + later);
        let request = PaceRequest::Reserve {
            ticket: 2,
            longest_wait: LONG,
        };
        assert_eq!(pace.handle("/add", request, hour_before(0)), wait(1100));
        assert_eq!(pace.handle("/add", request, hour_before(500)), wait(600));
        assert!(matches!(
            pace.handle("/add", request, hour_before(1100)),
            PaceReply::Slot { .. }
        ));
    }

    #[test]
    fn a_pace_is_read_as_it_was_written() {
        let mut pace = busy_pace();
        reserve(&mut pace, u64::MAX, 7);
        let written = serde_json::to_string(&pace).unwrap();
        assert_eq!(
            written,
            r#"{"queues":{"/add":[[1800000000000,1800000000000,1800000000000,1800000000000,1800000000000],0,[[18446744073709551615,1800000001007]]]}}"#
        );
        assert_eq!(serde_json::from_str::<SharedPace>(&written).unwrap(), pace);
    }

    proptest! {
        /// Processes ask when they should, or never again. Every call of a live process is served,
        /// in the order in which they have asked first.
        #[test]
        fn no_six_calls_start_in_a_window_and_all_live_ones_in_their_order(
            calls in vec((0_u64..300, any::<bool>()), 1..60),
        ) {
            let mut pace = SharedPace::default();
            let mut agenda = BTreeMap::new();
            let mut now = 0;
            for (ticket, (later, is_alive)) in (0_u64..).zip(&calls) {
                now += later;
                agenda.insert((now, ticket), *is_alive);
            }
            let mut starts = Vec::new();
            let mut served = Vec::new();
            while let Some(((now, ticket), is_alive)) = agenda.pop_first() {
                match reserve(&mut pace, ticket, now) {
                    PaceReply::Slot { start_ms } => {
                        starts.push(start_ms);
                        served.push(ticket);
                    }
                    PaceReply::Wait(wait) if is_alive => {
                        let again = wait.min(SharedPace::ASK_AGAIN).as_millis();
                        agenda.insert((now + u64::try_from(again).unwrap(), ticket), true);
                    }
                    _ => prop_assert!(!is_alive),
                }
            }
            for window in starts.windows(CALLS_PER_WINDOW + 1) {
                prop_assert!(ms(window[CALLS_PER_WINDOW] - window[0]) >= WINDOW);
            }
            let live = (0_u64..).zip(&calls).filter(|(_, (_, is_alive))| *is_alive);
            for (ticket, _) in live {
                prop_assert!(served.contains(&ticket));
            }
            if calls.iter().all(|(_, is_alive)| *is_alive) {
                prop_assert!(served.is_sorted());
            }
        }
    }
}
