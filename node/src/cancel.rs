use std::sync::OnceLock;

use napi_derive::napi;
use tokio::task::AbortHandle;

use crate::guard::guard;

/// Cancels one call.
#[napi]
#[derive(Default)]
pub struct Cancel {
    /// Ends the wait for a free thread, if the call waits for one.
    waiting: OnceLock<AbortHandle>,
    /// Cancels the call on its thread.
    call: jumpqr::Cancel,
}

#[napi]
impl Cancel {
    /// Creates the cancel of a call that is about to begin.
    #[napi(constructor)]
    pub fn new() -> napi::Result<Self> {
        guard(|| Ok(Self::default()))
    }

    /// Cancels the call: no further request is sent for it.
    #[napi]
    pub fn cancel(&self) -> napi::Result<()> {
        guard(|| {
            self.call.cancel();
            if let Some(waiting) = self.waiting.get() {
                waiting.abort();
            }
            Ok(())
        })
    }
}

impl Cancel {
    /// Returns the cancel that the call itself looks at.
    pub(crate) fn of_call(&self) -> &jumpqr::Cancel {
        &self.call
    }

    /// Sets what ends the call's wait for a free thread.
    pub(crate) fn set_waiting(&self, waiting: AbortHandle) {
        // A call waits once.
        let _ = self.waiting.set(waiting);
    }
}
