use std::sync::OnceLock;

use jumpqr::GivenUp;
use napi_derive::napi;
use tokio::task::AbortHandle;

use crate::guard::guard;

/// By what one call can be withdrawn.
#[napi]
#[derive(Default)]
pub struct Withdrawal {
    /// It waits for a place.
    waiting: OnceLock<AbortHandle>,
    /// It has one.
    given_up: GivenUp,
}

#[napi]
impl Withdrawal {
    /// For a call that is about to begin.
    #[napi(constructor)]
    pub fn new() -> napi::Result<Self> {
        guard(|| Ok(Self::default()))
    }

    /// Withdraws the call: nothing is sent for it that has not been sent.
    #[napi]
    pub fn withdraw(&self) -> napi::Result<()> {
        guard(|| {
            self.given_up.set();
            if let Some(waiting) = self.waiting.get() {
                waiting.abort();
            }
            Ok(())
        })
    }
}

impl Withdrawal {
    /// What says to the call that it is withdrawn.
    pub(crate) fn given_up(&self) -> &GivenUp {
        &self.given_up
    }

    /// The call waits for a place, and this ends that.
    pub(crate) fn waits(&self, waiting: AbortHandle) {
        // A call waits once.
        let _ = self.waiting.set(waiting);
    }
}
