//! Values that may be secrets.

use jumpqr::error::{Error, Result};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use serde_json::{Map, Value};

use crate::json::{self, NOT_UNICODE, Unfit};

/// Holds a value that may be a secret, and shows it nowhere.
///
/// Tools that report an error print the local variables of each frame. A function that takes a
/// secret puts it into this at once, and deletes the variable before anything can fail.
#[pyclass(frozen, module = "jumpqr._jumpqr")]
pub(crate) struct Hidden(pub(crate) Py<PyAny>);

#[pymethods]
impl Hidden {
    /// Takes any value, so that this cannot fail.
    #[new]
    fn create(value: Py<PyAny>) -> Self {
        Self(value)
    }
}

impl Hidden {
    /// Reads arguments, a `dict`. An error names the argument, and does not show it. See
    /// [`json::read`] for the errors.
    pub(crate) fn arguments(&self, py: Python<'_>) -> PyResult<Result<Value>> {
        let mut arguments = Map::new();
        let mut findings = Vec::new();
        for (name, value) in self.0.bind(py).cast::<PyDict>()? {
            let name: String = name.extract()?;
            match json::to_value(&value) {
                Ok(value) => drop(arguments.insert(name, value)),
                Err(Unfit::WrongType(message)) => {
                    return Err(PyTypeError::new_err(format!("{name}: {message}")));
                }
                Err(unfit) => findings.push(unfit.finding(name)?),
            }
        }
        Ok(if findings.is_empty() {
            Ok(Value::Object(arguments))
        } else {
            Err(Error::invalid(findings))
        })
    }

    /// Returns the text. An error names `name`, and does not show the value.
    pub(crate) fn text(&self, py: Python<'_>, name: &str) -> PyResult<String> {
        let value = self.0.bind(py);
        let Ok(text) = value.cast::<PyString>() else {
            let found = value.get_type().name()?;
            let message = format!("{name}: give a str, not {found}");
            return Err(PyTypeError::new_err(message));
        };
        let text = text.to_cow();
        text.map(String::from)
            .map_err(|_| PyValueError::new_err(format!("{name}: {NOT_UNICODE}")))
    }
}
