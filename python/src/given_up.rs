//! Whether the caller still waits for a call: an asyncio task may be cancelled, and Ctrl-C may be pressed.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jumpqr::answer::Reply;
use jumpqr::call::{FailureCause, SendFailure};
use jumpqr::transport::{HttpRequest, HttpTransport, Transport};
use pyo3::prelude::*;

thread_local! {
    /// That of the call that this thread makes.
    static CURRENT: RefCell<Option<GivenUp>> = const { RefCell::new(None) };
}

/// Says to a call in progress that its caller has given up: nothing more is sent for it.
#[pyclass(frozen, module = "jumpqr._jumpqr")]
#[derive(Debug, Clone, Default)]
pub(crate) struct GivenUp(Arc<AtomicBool>);

#[pymethods]
impl GivenUp {
    #[new]
    fn create() -> Self {
        Self::default()
    }

    /// Gives up; there is no way back.
    pub(crate) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl GivenUp {
    /// Does `work` as a call that is given up with this.
    pub(crate) fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        let outer = CURRENT.replace(Some(self.clone()));
        let result = work();
        CURRENT.set(outer);
        result
    }

    fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// HTTP that sends nothing more for a call of which the caller has given up.
///
/// A request for a token is sent all the same: other calls may be waiting for what comes of it.
#[derive(Debug)]
pub(crate) struct WhileWanted(pub(crate) HttpTransport);

impl Transport for WhileWanted {
    fn send(&self, request: &HttpRequest<'_>) -> Result<Reply, SendFailure> {
        let given_up = CURRENT.with_borrow(|current| current.as_ref().is_some_and(GivenUp::is_set));
        if given_up && request.access_token().is_some() {
            return Err(SendFailure::before_sending(
                FailureCause::Refused,
                "the caller has given up",
            ));
        }
        self.0.send(request)
    }
}
