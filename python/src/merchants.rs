//! The merchants of a platform, page by page.

use std::sync::{Arc, Mutex, PoisonError};

use jumpqr::binding;
use pyo3::prelude::*;

use crate::caller::run_to_its_end;
use crate::cancel::Cancel;
use crate::json;
use crate::settings;

/// The merchants that have authorised a platform; pages are requested when they are needed.
#[pyclass(frozen, module = "jumpqr._jumpqr")]
pub(crate) struct Merchants(pub(crate) Arc<Mutex<jumpqr::Merchants>>);

#[pymethods]
impl Merchants {
    /// Returns the next page, a list of merchants; `None` after the last one.
    ///
    /// `waited` is how long the call has waited for a thread, in seconds. It counts towards the
    /// queue timeout.
    fn next_page<'py>(
        &self,
        py: Python<'py>,
        cancel: Option<&Cancel>,
        waited: f64,
    ) -> PyResult<Bound<'py, PyAny>> {
        let merchants = Arc::clone(&self.0);
        let page = run_to_its_end(py, cancel, move || {
            let mut merchants = merchants.lock().unwrap_or_else(PoisonError::into_inner);
            binding::next_merchants(&mut merchants, settings::duration(waited))
        })?;
        json::write(py, &page)
    }
}
