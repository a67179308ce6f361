//! The deadline and the [`Cancel`] of the request that this thread is sending.
//!
//! ureq's connectors and transports pass only timeouts on, and some of them begin a timeout anew in
//! each part of connecting. But all work for a request is done on the thread that sends it, so a
//! thread-local variable can hold the deadline and the `Cancel`.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use crate::cancel::Cancel;

/// Longer than any call, and short enough to be added to an `Instant`.
const FOR_EVER: Duration = Duration::from_secs(7 * 24 * 60 * 60);

thread_local! {
    static CURRENT: RefCell<Option<Current>> = const { RefCell::new(None) };
}

struct Current {
    deadline: Instant,
    /// `None` if there is no check to ask.
    cancel: Option<Cancel>,
}

/// Returns the time `timeout` after `now`.
pub(super) fn add(now: Instant, timeout: Duration) -> Instant {
    now + timeout.min(FOR_EVER)
}

/// Runs `send` with this deadline. In it, the call can be cancelled.
pub(super) fn with_deadline<T>(deadline: Instant, cancel: &Cancel, send: impl FnOnce() -> T) -> T {
    let current = Current {
        deadline,
        cancel: cancel.check_interval().map(|_| cancel.clone()),
    };
    // The check may make calls of its own.
    let _previous = Previous(CURRENT.replace(Some(current)));
    send()
}

/// Runs a part of sending with a deadline `timeout` from now, if that is earlier.
pub(super) fn with_timeout<T>(timeout: Duration, part: impl FnOnce() -> T) -> T {
    let end = add(Instant::now(), timeout);
    let current = CURRENT.with_borrow(|current| {
        current.as_ref().map(|current| Current {
            deadline: current.deadline.min(end),
            cancel: current.cancel.clone(),
        })
    });
    let _previous = Previous(CURRENT.replace(current));
    part()
}

/// The request before, restored when this is dropped, even by a panic.
struct Previous(Option<Current>);

impl Drop for Previous {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}

/// Returns the deadline of this thread's request; now, if there is no request.
pub(super) fn deadline() -> Instant {
    let deadline = CURRENT.with_borrow(|current| current.as_ref().map(|it| it.deadline));
    deadline.unwrap_or_else(Instant::now)
}

/// Asks whether the call is cancelled.
pub(super) fn is_cancelled() -> bool {
    // The check may make calls of its own, so nothing must be borrowed while it runs.
    let cancel = CURRENT.with_borrow(|current| current.as_ref()?.cancel.clone());
    cancel.is_some_and(|cancel| cancel.check())
}

/// Returns how long to wait before asking again whether the call is cancelled, at most `left`.
pub(super) fn next_wait(left: Duration) -> Duration {
    CURRENT
        .with_borrow(|current| current.as_ref()?.cancel.as_ref()?.check_interval())
        .map_or(left, |longest| left.min(longest))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{deadline, is_cancelled, next_wait, with_deadline, with_timeout};
    use crate::cancel::Cancel;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn a_check_may_make_a_call_of_its_own() {
        let begun = Instant::now();
        let cancel = Cancel::with_check(move || {
            with_deadline(begun + 2 * HOUR, &Cancel::default(), || {
                assert!(!is_cancelled());
                assert_eq!(next_wait(HOUR), HOUR);
                assert_eq!(deadline(), begun + 2 * HOUR);
            });
            true
        });
        with_deadline(begun + HOUR, &cancel, || {
            assert!(next_wait(HOUR) < HOUR);
            assert!(is_cancelled());
            assert!(next_wait(HOUR) < HOUR);
            assert_eq!(deadline(), begun + HOUR);
        });
        assert_eq!(next_wait(HOUR), HOUR);
    }

    #[test]
    fn a_part_has_the_earlier_deadline_and_the_same_cancel() {
        let end = Instant::now() + HOUR;
        with_deadline(end, &Cancel::with_check(|| true), || {
            with_timeout(2 * HOUR, || assert_eq!(deadline(), end));
            with_timeout(HOUR / 2, || {
                assert!(deadline() < end);
                assert!(is_cancelled());
            });
            assert_eq!(deadline(), end);
        });
    }
}
