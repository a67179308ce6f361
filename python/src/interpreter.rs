//! The interpreter, and what it has imported. One interpreter of a process has the extension
//! module.

use pyo3::exceptions::PyImportError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::known::Known;

/// Refuses a second interpreter of the process. It would use classes and cached functions of the
/// first one, and no `except` would catch our exceptions.
pub(crate) fn check(py: Python<'_>) -> PyResult<()> {
    // Each interpreter has its own module `sys`.
    static FIRST: Known<Py<PyModule>> = Known::new();
    let here = py.import("sys")?;
    let first = FIRST.get_or_find(|| Ok(here.clone().unbind()))?;
    if first.is(&here) {
        return Ok(());
    }
    Err(PyImportError::new_err(
        "jumpqr: another interpreter of this process has imported it, and only one can; with \
         mod_wsgi, set WSGIApplicationGroup %{GLOBAL}, and run each application in a daemon process \
         group of its own",
    ))
}

/// Returns the module if something has imported it.
pub(crate) fn imported<'py>(name: &Bound<'py, PyString>) -> PyResult<Option<Bound<'py, PyAny>>> {
    static MODULES: Known<Py<PyDict>> = Known::new();
    let py = name.py();
    let modules = MODULES.get_or_find(|| {
        let modules = py.import("sys")?.getattr("modules")?;
        Ok(modules.cast_into()?.unbind())
    })?;
    let module = modules.bind(py).get_item(name)?;
    Ok(module.filter(|module| !module.is_none()))
}
