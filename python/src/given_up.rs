use pyo3::prelude::*;

/// Says to a call in progress that its caller has given up: nothing more is sent for it.
#[pyclass(frozen, module = "jumpqr._jumpqr")]
#[derive(Debug, Clone, Default)]
pub(crate) struct GivenUp(pub(crate) jumpqr::GivenUp);

#[pymethods]
impl GivenUp {
    #[new]
    fn create() -> Self {
        Self::default()
    }

    /// Gives up; there is no way back.
    pub(crate) fn set(&self) {
        self.0.set();
    }
}
