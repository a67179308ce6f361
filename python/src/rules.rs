//! The rules of an account, page by page.

use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;

use crate::caller::run;
use crate::cancel::Cancel;
use crate::error::raised;
use crate::json;
use crate::settings::seconds;

/// The rules of an account; pages are asked for as they are needed.
#[pyclass(frozen, module = "jumpqr._jumpqr")]
pub(crate) struct Rules {
    rules: Mutex<jumpqr::Rules>,
}

impl Rules {
    pub(crate) fn new(rules: jumpqr::Rules) -> Self {
        Self {
            rules: Mutex::new(rules),
        }
    }
}

#[pymethods]
impl Rules {
    /// The next page, a list of rules; `None` where there is none.
    ///
    /// What it has already waited for a thread counts towards its queue timeout, in seconds.
    #[pyo3(signature = (*, waited=None, interruptible=false, cancel=None))]
    fn next_page<'py>(
        &self,
        py: Python<'py>,
        waited: Option<f64>,
        interruptible: bool,
        cancel: Option<&Cancel>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let waited = seconds("waited", waited).map_err(|error| raised(py, &error))?;
        let cancel_by = Cancel::cancel_by(cancel, interruptible);
        let page = run(py, cancel_by, |cancel| {
            let mut rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
            let waited = waited.unwrap_or_default();
            rules.with_cancel(cancel).with_waited(waited).next_page()
        })?;
        json::write(py, &page)
    }
}
