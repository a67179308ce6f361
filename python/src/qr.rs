//! Pictures of codes, as objects of Python. They need no network.

use jumpqr_qr::Level;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::error::offline;

/// The QR code of a link.
#[pyclass(frozen, module = "jumpqr._jumpqr")]
pub(crate) struct QrCode {
    code: jumpqr_qr::QrCode,
}

#[pymethods]
impl QrCode {
    /// Encodes a link, with at least this error-correction level.
    #[new]
    fn create(py: Python<'_>, link: &str, level: &str) -> PyResult<Self> {
        offline(py, || {
            let code = jumpqr_qr::QrCode::new(link, Level::from_name(level)?)?;
            Ok(Self { code })
        })
    }

    fn level(&self, py: Python<'_>) -> PyResult<&'static str> {
        offline(py, || Ok(self.code.level().name()))
    }

    fn version(&self, py: Python<'_>) -> PyResult<u8> {
        offline(py, || Ok(self.code.version()))
    }

    /// Returns the rows of the matrix; a dark module is true.
    fn matrix(&self, py: Python<'_>) -> PyResult<Vec<Vec<bool>>> {
        offline(py, || Ok(self.code.matrix()))
    }

    fn svg(&self, py: Python<'_>, caption: Option<&str>) -> PyResult<String> {
        offline(py, || Ok(self.code.svg(caption)))
    }

    fn png<'py>(&self, py: Python<'py>, scale: u32) -> PyResult<Bound<'py, PyBytes>> {
        let png = offline(py, || self.code.png(scale))?;
        Ok(PyBytes::new(py, &png))
    }

    fn terminal(&self, py: Python<'_>) -> PyResult<String> {
        offline(py, || Ok(self.code.terminal()))
    }

    fn plain(&self, py: Python<'_>) -> PyResult<String> {
        offline(py, || Ok(self.code.plain()))
    }
}
