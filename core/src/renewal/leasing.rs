//! The lease is taken and released.

use core::time::Duration;

use super::loading::Loading;
use super::{End, Moment, Renewal, State};
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
pub(super) enum Then {
    /// This token is used.
    Use(Secret),
    /// The lease was lost, or somebody else has it: look again after a pause.
    LookAgain,
    /// The attempt has failed.
    Fail(Error),
}

/// Returns the pause after this number of failures in a row.
pub(super) fn pause_after(failures: u32) -> Duration {
    (FIRST_PAUSE * 2_u32.saturating_pow(failures.min(8))).min(LONGEST_PAUSE)
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

/// Returns when to try a failed release again; `None` if it is not tried again.
pub(super) fn release_again_at(
    now: Duration,
    failures: u32,
    deadline: Duration,
) -> Option<Duration> {
    let until = now.saturating_add(pause_after(failures));
    (failures < MAX_RETRIES && until < deadline).then_some(until)
}

/// The error of a process that waits for a lease until its deadline.
pub(super) fn too_late() -> Error {
    Error::new(
        OwnCode::Timeout,
        "another process's request for a token took too long",
    )
}

impl Renewal<'_> {
    /// Takes the result of [`Step::Lease`](super::Step::Lease): the fence of the lease; `None` if
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

    /// Takes the result of [`Step::Release`](super::Step::Release): whether the lease was released.
    /// If not, it ends by itself.
    pub fn handle_release(&mut self, moment: Moment, is_released: bool) {
        let (failures, then) = match core::mem::replace(&mut self.state, State::Idle) {
            State::Releasing { failures, then } => (failures, then),
            other => return self.state = other,
        };
        let again_at = release_again_at(moment.now, failures, self.deadline);
        if let Some(until) = again_at.filter(|_| !is_released) {
            self.state = State::WaitingToRelease {
                until,
                failures: failures + 1,
                then,
            };
            return;
        }
        self.fence = None;
        self.go_on(moment, then);
    }

    /// Releases the lease, if there is one, and continues with `then`.
    pub(super) fn end(&mut self, moment: Moment, then: Then) {
        if self.fence.is_some() {
            self.state = State::Releasing { failures: 0, then };
        } else {
            self.go_on(moment, then);
        }
    }

    fn go_on(&mut self, moment: Moment, then: Then) {
        match then {
            Then::Use(token) => {
                let failure = None;
                self.state = State::Done(End::Use { token, failure });
            }
            Then::LookAgain => self.look_again(moment),
            Then::Fail(error) => self.fail_attempt(moment, error),
        }
    }

    /// Looks into the store after a pause.
    fn look_again(&mut self, moment: Moment) {
        match look_again_at(moment.now, self.deadline) {
            Some(until) => self.state = State::WaitingToLoad { until },
            None => self.fail_attempt(moment, too_late()),
        }
    }
}
