//! Whether the caller of the request that this thread is sending has given up.
//!
//! ureq hands nothing of a request to what connects and what waits for its bytes. But it does all of a request on the thread
//! that sends it, so that is where the caller is remembered.

use std::cell::RefCell;
use std::time::Duration;

use crate::given_up::GivenUp;

thread_local! {
    static CALLER: RefCell<Option<GivenUp>> = const { RefCell::new(None) };
}

/// Sends for this caller. A check may make calls of its own, for other callers.
pub(super) fn sending_for<T>(caller: &GivenUp, send: impl FnOnce() -> T) -> T {
    let asked = caller.longest_wait().is_some();
    let _former = Former(CALLER.replace(asked.then(|| caller.clone())));
    send()
}

/// Who was sent for before, put back even by a panic.
struct Former(Option<GivenUp>);

impl Drop for Former {
    fn drop(&mut self) {
        CALLER.set(self.0.take());
    }
}

/// Asks the caller.
pub(super) fn caller_has_given_up() -> bool {
    // The check must find nothing borrowed.
    let caller = CALLER.with_borrow(Clone::clone);
    caller.is_some_and(|caller| caller.ask())
}

/// How long to wait before the caller is asked, where `left` is all there is.
pub(super) fn next_wait(left: Duration) -> Duration {
    CALLER
        .with_borrow(|caller| caller.as_ref().and_then(GivenUp::longest_wait))
        .map_or(left, |longest| left.min(longest))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{caller_has_given_up, next_wait, sending_for};
    use crate::given_up::GivenUp;

    #[test]
    fn a_check_that_makes_a_call_of_its_own_does_not_lose_its_caller() {
        let caller = GivenUp::with_check(|| {
            sending_for(&GivenUp::default(), || assert!(!caller_has_given_up()));
            true
        });
        sending_for(&caller, || {
            assert!(next_wait(Duration::MAX) < Duration::from_secs(1));
            assert!(caller_has_given_up());
            assert!(next_wait(Duration::MAX) < Duration::from_secs(1));
        });
        assert_eq!(next_wait(Duration::MAX), Duration::MAX);
    }
}
