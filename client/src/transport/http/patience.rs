//! How long the request that this thread is sending may take, and whether its caller still waits for it.
//!
//! ureq hands nothing of a request to what connects and what waits for its bytes, and a configuration for each request costs
//! more than all of its headers. But it does all of a request on the thread that sends it, so that is where this is kept.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use crate::given_up::GivenUp;

/// Longer than any call.
const FOR_EVER: Duration = Duration::from_secs(7 * 24 * 60 * 60);

thread_local! {
    static PATIENCE: RefCell<Option<Patience>> = const { RefCell::new(None) };
}

struct Patience {
    deadline: Instant,
    /// Where there is somebody to be asked.
    caller: Option<GivenUp>,
}

/// Sends for so long at most, and for this caller.
pub(super) fn patiently<T>(timeout: Duration, caller: &GivenUp, send: impl FnOnce() -> T) -> T {
    let patience = Patience {
        deadline: Instant::now() + timeout.min(FOR_EVER),
        caller: caller.longest_wait().map(|_| caller.clone()),
    };
    // A caller that is asked may make calls of its own meanwhile.
    let _former = Former(PATIENCE.replace(Some(patience)));
    send()
}

/// What was sent before, put back even by a panic.
struct Former(Option<Patience>);

impl Drop for Former {
    fn drop(&mut self) {
        PATIENCE.set(self.0.take());
    }
}

/// When whatever is done for this request is to end.
pub(super) fn deadline() -> Instant {
    let deadline = PATIENCE.with_borrow(|patience| patience.as_ref().map(|it| it.deadline));
    deadline.unwrap_or_else(Instant::now)
}

/// Asks the caller.
pub(super) fn caller_has_given_up() -> bool {
    // The caller must find nothing borrowed.
    let caller = PATIENCE.with_borrow(|patience| patience.as_ref()?.caller.clone());
    caller.is_some_and(|caller| caller.ask())
}

/// How long to wait before the caller is asked, where `left` is all there is.
pub(super) fn next_wait(left: Duration) -> Duration {
    PATIENCE
        .with_borrow(|patience| patience.as_ref()?.caller.as_ref()?.longest_wait())
        .map_or(left, |longest| left.min(longest))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{caller_has_given_up, deadline, next_wait, patiently};
    use crate::given_up::GivenUp;

    #[test]
    fn a_caller_that_makes_a_call_of_its_own_is_not_lost() {
        let hour = Duration::from_secs(3600);
        let caller = GivenUp::with_check(move || {
            patiently(2 * hour, &GivenUp::default(), || {
                assert!(!caller_has_given_up());
                assert_eq!(next_wait(hour), hour);
                assert!(deadline() > Instant::now() + hour);
            });
            true
        });
        patiently(hour, &caller, || {
            assert!(next_wait(hour) < hour);
            assert!(caller_has_given_up());
            assert!(next_wait(hour) < hour);
            assert!(deadline() <= Instant::now() + hour);
        });
        assert_eq!(next_wait(hour), hour);
    }
}
