use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Says to calls in progress that their caller has given up: nothing more is sent for them, see
/// [`Client::with_given_up`](crate::Client::with_given_up). Clones are one and the same.
#[derive(Debug, Clone, Default)]
pub struct GivenUp(Arc<AtomicBool>);

impl GivenUp {
    /// Gives up; there is no way back.
    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the caller has given up.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
