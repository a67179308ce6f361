//! The deadline and the [`Cancel`] of the request that this thread is sending.
//!
//! ureq passes nothing of a request on to connectors and transports, and a configuration for each
//! request costs more than all its headers. But it does all work for a request on the thread that
//! sends it, so a thread-local variable can hold them.

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

/// Runs `send`, in which the deadline is `timeout` from now, and the call can be cancelled.
pub(super) fn with_deadline<T>(timeout: Duration, cancel: &Cancel, send: impl FnOnce() -> T) -> T {
    let current = Current {
        deadline: Instant::now() + timeout.min(FOR_EVER),
        cancel: cancel.check_interval().map(|_| cancel.clone()),
    };
    // The check may make calls of its own.
    let _previous = Previous(CURRENT.replace(Some(current)));
    send()
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

    use super::{deadline, is_cancelled, next_wait, with_deadline};
    use crate::cancel::Cancel;

    #[test]
    fn a_check_may_make_a_call_of_its_own() {
        let hour = Duration::from_secs(3600);
        let cancel = Cancel::with_check(move || {
            with_deadline(2 * hour, &Cancel::default(), || {
                assert!(!is_cancelled());
                assert_eq!(next_wait(hour), hour);
                assert!(deadline() > Instant::now() + hour);
            });
            true
        });
        with_deadline(hour, &cancel, || {
            assert!(next_wait(hour) < hour);
            assert!(is_cancelled());
            assert!(next_wait(hour) < hour);
            assert!(deadline() <= Instant::now() + hour);
        });
        assert_eq!(next_wait(hour), hour);
    }
}
