//! The lease is taken and released.

use core::time::Duration;

use super::loading::Loading;
use super::{Moment, Renewal, State, Step};
use crate::error::{Error, OwnCode, Result};
use crate::secret::Secret;

/// The pause between two looks into the store while another process has the lease.
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// The maximum timeout of a request to WeChat.
const MAX_REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// The maximum number of retries after a failed access to the store, if only the call depends on
/// it.
pub(super) const MAX_RETRIES: u32 = 2;

/// The pause after a first failed access to the store. Each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(50);

/// The longest pause between two accesses to a store that fails.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// What follows the release of the lease.
#[derive(Debug)]
pub(super) enum Then<T> {
    /// The work is done, with this result.
    End(T),
    /// The lease was lost, or somebody else has it: look again after a pause.
    LookAgain,
    /// The attempt has failed.
    Fail(Error),
}

/// The release of the lease. If it fails, it is tried again.
#[derive(Debug)]
pub(super) struct Releasing<T> {
    failures: u32,
    then: Then<T>,
}

impl<T> Releasing<T> {
    pub(super) fn before(then: Then<T>) -> Self {
        Self { failures: 0, then }
    }

    /// Takes the result of an attempt. Returns what follows; or when to try again.
    pub(super) fn handle(
        mut self,
        now: Duration,
        is_released: bool,
        deadline: Duration,
    ) -> Result<Then<T>, (Self, Duration)> {
        let may_retry = !is_released && self.failures < MAX_RETRIES;
        match retry_at(now, self.failures, deadline).filter(|_| may_retry) {
            Some(until) => {
                self.failures += 1;
                Err((self, until))
            }
            None => Ok(self.then),
        }
    }
}

/// Returns when to access the store again after this number of failures in a row; `None` if the
/// deadline comes first.
pub(super) fn retry_at(now: Duration, failures: u32, deadline: Duration) -> Option<Duration> {
    let pause = FIRST_PAUSE * 2_u32.saturating_pow(failures.min(8));
    let until = now.saturating_add(pause.min(LONGEST_PAUSE));
    (until < deadline).then_some(until)
}

/// Returns the timeout of a request to WeChat: three quarters of the time that is left. If the
/// process dies, other processes with the same deadline still have time to ask.
pub(super) fn request_timeout(time_left: Duration) -> Duration {
    (time_left.saturating_mul(3) / 4).min(MAX_REQUEST_TIMEOUT)
}

/// Returns the life of the lease: the timeout of the request, and a quarter more to load and
/// save.
pub(super) fn lease_life(time_left: Duration) -> Duration {
    request_timeout(time_left) * 5 / 4
}

/// Returns when to look into the store again; `None` if the deadline is over.
pub(super) fn look_again_at(now: Duration, deadline: Duration) -> Option<Duration> {
    (now < deadline).then(|| deadline.min(now.saturating_add(BETWEEN_LOOKS)))
}

/// The error of a process that waits for a lease until its deadline.
pub(super) fn too_late() -> Error {
    Error::new(
        OwnCode::Timeout,
        "another process's request for a token took too long",
    )
}

impl Renewal<'_> {
    /// Takes the result of [`Step::Lease`]: the fence of the lease; `None` if
    /// somebody else has it.
    pub fn handle_lease(&mut self, moment: Moment, fence: Result<Option<u64>>) {
        if !matches!(self.state, State::Leasing) {
            return;
        }
        match fence {
            Ok(Some(fence)) => {
                self.fence = Some(fence);
                self.state = State::Loading(Loading::Leased);
            }
            // Until the other has renewed the token, the former one serves.
            Ok(None) if self.is_served(moment) => {
                self.use_former(moment, None);
            }
            Ok(None) => self.look_again(moment),
            Err(error) => self.fail_attempt(moment, error),
        }
    }

    /// Takes the result of [`Step::Release`]: whether the lease was released.
    /// If not, it ends by itself.
    pub fn handle_release(&mut self, moment: Moment, is_released: bool) {
        let releasing = take_state!(self, State::Releasing(releasing) => releasing);
        match releasing.handle(moment.now, is_released, self.deadline) {
            Ok(then) => {
                self.fence = None;
                self.go_on(moment, then);
            }
            Err((releasing, until)) => {
                self.not_before = until;
                self.state = State::Releasing(releasing);
            }
        }
    }

    /// Releases the lease, if there is one, and continues with `then`.
    pub(super) fn end(&mut self, moment: Moment, then: Then<Secret>) {
        if self.fence.is_some() {
            self.state = State::Releasing(Releasing::before(then));
        } else {
            self.go_on(moment, then);
        }
    }

    fn go_on(&mut self, moment: Moment, then: Then<Secret>) {
        match then {
            Then::End(token) => {
                let failure = None;
                self.state = State::Done(Step::Use { token, failure });
            }
            Then::LookAgain => self.look_again(moment),
            Then::Fail(error) => self.fail_attempt(moment, error),
        }
    }

    /// Looks into the store after a pause.
    fn look_again(&mut self, moment: Moment) {
        match look_again_at(moment.now, self.deadline) {
            Some(until) => self.begin_again(until),
            None => self.fail_attempt(moment, too_late()),
        }
    }
}
