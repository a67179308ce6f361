//! The deadline and the cancel of the request that this thread is sending.
//!
//! ureq hands nothing of a request to what connects and what waits for its bytes, and a configuration for each request costs
//! more than all of its headers. But it does all of a request on the thread that sends it, so that is where this is kept.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use crate::cancel::Cancel;

/// Longer than any call.
const FOR_EVER: Duration = Duration::from_secs(7 * 24 * 60 * 60);

thread_local! {
    static CURRENT: RefCell<Option<Current>> = const { RefCell::new(None) };
}

struct Current {
    deadline: Instant,
    /// Where there is somebody to be asked.
    caller: Option<Cancel>,
}

/// Sends for so long at most, and for this caller.
pub(super) fn with_deadline<T>(timeout: Duration, caller: &Cancel, send: impl FnOnce() -> T) -> T {
    let current = Current {
        deadline: Instant::now() + timeout.min(FOR_EVER),
        caller: caller.check_interval().map(|_| caller.clone()),
    };
    // A caller that is asked may make calls of its own meanwhile.
    let _former = Former(CURRENT.replace(Some(current)));
    send()
}

/// What was sent before, put back even by a panic.
struct Former(Option<Current>);

impl Drop for Former {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}

/// When whatever is done for this request is to end.
pub(super) fn deadline() -> Instant {
    let deadline = CURRENT.with_borrow(|current| current.as_ref().map(|it| it.deadline));
    deadline.unwrap_or_else(Instant::now)
}

/// Asks the caller.
pub(super) fn is_cancelled() -> bool {
    // The caller must find nothing borrowed.
    let caller = CURRENT.with_borrow(|current| current.as_ref()?.caller.clone());
    caller.is_some_and(|caller| caller.check())
}

/// How long to wait before the caller is asked, where `left` is all there is.
pub(super) fn next_wait(left: Duration) -> Duration {
    CURRENT
        .with_borrow(|current| current.as_ref()?.caller.as_ref()?.check_interval())
        .map_or(left, |longest| left.min(longest))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{deadline, is_cancelled, next_wait, with_deadline};
    use crate::cancel::Cancel;

    #[test]
    fn a_caller_that_makes_a_call_of_its_own_is_not_lost() {
        let hour = Duration::from_secs(3600);
        let caller = Cancel::with_check(move || {
            with_deadline(2 * hour, &Cancel::default(), || {
                assert!(!is_cancelled());
                assert_eq!(next_wait(hour), hour);
                assert!(deadline() > Instant::now() + hour);
            });
            true
        });
        with_deadline(hour, &caller, || {
            assert!(next_wait(hour) < hour);
            assert!(is_cancelled());
            assert!(next_wait(hour) < hour);
            assert!(deadline() <= Instant::now() + hour);
        });
        assert_eq!(next_wait(hour), hour);
    }
}
