//! The rules of an account, page by page.

use std::sync::{Arc, Mutex, PoisonError};

use pyo3::prelude::*;

use crate::caller::run;
use crate::error::raised;
use crate::given_up::GivenUp;
use crate::json;
use crate::settings::seconds;

/// The rules of an account; pages are asked for as they are needed.
#[pyclass(frozen, module = "jumpqr._jumpqr")]
pub(crate) struct Rules {
    rules: Arc<Mutex<jumpqr::Rules>>,
}

impl Rules {
    pub(crate) fn new(rules: jumpqr::Rules) -> Self {
        Self {
            rules: Arc::new(Mutex::new(rules)),
        }
    }
}

#[pymethods]
impl Rules {
    /// The next page in JSON: a list of rules; `null` where there is none.
    ///
    /// What it has already waited for its turn counts towards its timeout, in seconds.
    #[pyo3(signature = (*, waited=None, interruptible=false, given_up=None))]
    fn next_page(
        &self,
        py: Python<'_>,
        waited: Option<f64>,
        interruptible: bool,
        given_up: Option<&GivenUp>,
    ) -> PyResult<String> {
        let given_up = given_up.cloned().unwrap_or_default();
        let rules = Arc::clone(&self.rules);
        let caller = given_up.0.clone();
        let waited = seconds("waited", waited).map_err(|error| raised(py, &error))?;
        run(py, interruptible, &given_up, move || {
            let mut rules = rules.lock().unwrap_or_else(PoisonError::into_inner);
            rules.set_given_up(&caller);
            rules.set_waited(waited.unwrap_or_default());
            json::write(&rules.next_page()?)
        })
    }
}
