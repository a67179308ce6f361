//! The rules of an account, page by page.

use std::sync::{Mutex, PoisonError};

use jumpqr::binding;
use pyo3::prelude::*;

use crate::caller::run;
use crate::cancel::Cancel;
use crate::json;
use crate::settings;

/// The rules of an account; pages are requested when they are needed.
#[pyclass(frozen, module = "jumpqr._jumpqr")]
pub(crate) struct Rules(pub(crate) Mutex<jumpqr::Rules>);

#[pymethods]
impl Rules {
    /// Returns the next page, a list of rules; `None` after the last one.
    ///
    /// `waited` is how long the call has waited for a thread, in seconds. It counts towards the
    /// queue timeout.
    fn next_page<'py>(
        &self,
        py: Python<'py>,
        cancel: Option<&Cancel>,
        waited: f64,
    ) -> PyResult<Bound<'py, PyAny>> {
        let page = run(py, cancel, |cancel| {
            let mut rules = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            binding::next_page(&mut rules, settings::duration(waited), cancel)
        })?;
        json::write(py, &page)
    }
}
