//! How many calls may run at once, in event loops and on threads together.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use pyo3::prelude::*;

/// The permits of a client. Any number of threads may take them at once.
#[pyclass(frozen, module = "jumpqr._jumpqr")]
pub(crate) struct Permits(Arc<AtomicUsize>);

/// The permit of a call. Other calls may have it when the call ends, when it is given back, or when
/// nobody holds it any longer.
#[pyclass(frozen, module = "jumpqr._jumpqr")]
pub(crate) struct Permit(Arc<Held>);

struct Held {
    free: Arc<AtomicUsize>,
    is_held: AtomicBool,
}

/// Gives the permit back when it is dropped: the call has ended. Only the calls of an event loop,
/// which exist on Linux, have one.
#[cfg(target_os = "linux")]
pub(crate) struct PermitOfCall(Arc<Held>);

#[pymethods]
impl Permits {
    /// Makes `count` permits.
    #[new]
    fn create(count: usize) -> Self {
        Self(Arc::new(AtomicUsize::new(count)))
    }

    /// Takes a permit; None if no permit is free.
    fn take(&self) -> Option<Permit> {
        self.take_held().map(Permit)
    }
}

impl Permits {
    /// Takes a permit for a call.
    #[cfg(target_os = "linux")]
    pub(crate) fn take_for_call(&self) -> Option<PermitOfCall> {
        self.take_held().map(PermitOfCall)
    }

    fn take_held(&self) -> Option<Arc<Held>> {
        let take = |free: usize| free.checked_sub(1);
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
            .ok()?;
        Some(Arc::new(Held {
            free: Arc::clone(&self.0),
            is_held: AtomicBool::new(true),
        }))
    }
}

#[pymethods]
impl Permit {
    /// Gives it back. A second time has no effect.
    fn give_back(&self) {
        self.0.give_back();
    }
}

#[cfg(target_os = "linux")]
impl Permit {
    /// Returns what a call holds.
    pub(crate) fn of_call(&self) -> PermitOfCall {
        PermitOfCall(Arc::clone(&self.0))
    }
}

impl Held {
    fn give_back(&self) {
        if self.is_held.swap(false, Ordering::Relaxed) {
            self.free.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.give_back();
    }
}

#[cfg(target_os = "linux")]
impl Drop for PermitOfCall {
    fn drop(&mut self) {
        self.0.give_back();
    }
}
