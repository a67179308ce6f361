use pyo3::prelude::*;

use crate::caller::CancelBy;

/// Cancels a call in progress: no further request is sent for it.
#[pyclass(frozen, module = "jumpqr._jumpqr")]
#[derive(Debug, Default)]
pub(crate) struct Cancel(jumpqr::Cancel);

#[pymethods]
impl Cancel {
    #[new]
    fn create() -> Self {
        Self::default()
    }

    /// Cancels the call. It cannot be undone.
    fn cancel(&self) {
        self.0.cancel();
    }
}

impl Cancel {
    /// How a call of the main thread is given up, if `interruptible`; else one that may be given up so.
    pub(crate) fn cancel_by(cancel: Option<&Self>, interruptible: bool) -> CancelBy<'_> {
        match cancel {
            _ if interruptible => CancelBy::Signal,
            Some(cancel) => CancelBy::Caller(&cancel.0),
            None => CancelBy::Nobody,
        }
    }
}
