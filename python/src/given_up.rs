use pyo3::prelude::*;

use crate::caller::Patience;

/// Says to a call in progress that its caller has given up: nothing more is sent for it.
#[pyclass(frozen, module = "jumpqr._jumpqr")]
#[derive(Debug, Default)]
pub(crate) struct GivenUp(jumpqr::GivenUp);

#[pymethods]
impl GivenUp {
    #[new]
    fn create() -> Self {
        Self::default()
    }

    /// Gives up; there is no way back.
    fn set(&self) {
        self.0.set();
    }
}

impl GivenUp {
    /// How a call of the main thread is given up, if `interruptible`; else one that may be given up so.
    pub(crate) fn patience(given_up: Option<&Self>, interruptible: bool) -> Patience<'_> {
        match given_up {
            _ if interruptible => Patience::UntilSignal,
            Some(given_up) => Patience::Until(&given_up.0),
            None => Patience::Endless,
        }
    }
}
