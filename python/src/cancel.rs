//! How a call in progress is cancelled.

use pyo3::prelude::*;

/// Cancels a call in progress: no further request is sent for it.
#[pyclass(frozen, module = "jumpqr._jumpqr")]
pub(crate) struct Cancel(pub(crate) CancelBy);

/// Who cancels a call.
pub(crate) enum CancelBy {
    /// The caller, with this.
    Caller(jumpqr::Cancel),
    /// The handler of a signal, by raising an exception, as that of Ctrl-C does. Only the main
    /// thread runs handlers.
    Signal,
}

#[pymethods]
impl Cancel {
    /// Makes one that cancels when it is told to.
    #[new]
    fn create() -> Self {
        Self(CancelBy::Caller(jumpqr::Cancel::default()))
    }

    /// Cancels the call. This cannot be undone.
    fn cancel(&self) {
        if let CancelBy::Caller(cancel) = &self.0 {
            cancel.cancel();
        }
    }
}
