//! Errors become the exceptions of `jumpqr._exceptions`.

use std::error::Error as _;

use jumpqr::Error;
use jumpqr::binding::{error_parts, guard};
use jumpqr::error::Result;
use pyo3::prelude::*;

use crate::json;
use crate::python_call::PythonFunction;
use crate::settings::STYLE;

/// Returns the exception of `error`: the one that the caller's own token function raised, or a
/// `JumpqrError`.
pub(crate) fn raised(py: Python<'_>, error: &Error) -> PyErr {
    if let Some(raised) = cause::<PyErr>(error) {
        return raised.clone_ref(py);
    }
    let exception = match exception(py, error) {
        Ok(exception) => exception,
        Err(failure) => return failure,
    };
    if let Some(source) = cause::<Error>(error) {
        exception.set_cause(py, Some(raised(py, source)));
    }
    exception
}

fn exception(py: Python<'_>, error: &Error) -> PyResult<PyErr> {
    static FROM_PARTS: PythonFunction = PythonFunction::new("jumpqr._exceptions", "from_parts");
    let parts = json::object(py, error_parts(error, STYLE))?;
    FROM_PARTS.call(py, (parts,)).map(PyErr::from_value)
}

fn cause<T: std::error::Error + 'static>(error: &Error) -> Option<&T> {
    error.source()?.downcast_ref()
}

/// Does `work` without the interpreter's lock. A panic becomes an error: in Python, it would be a
/// `BaseException`.
pub(crate) fn offline<T: Send>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T> + Send,
) -> PyResult<T> {
    py.detach(|| guard(work))
        .map_err(|error| raised(py, &error))
}
