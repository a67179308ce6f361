//! Errors become the exceptions that `jumpqr._exceptions` defines.

use std::error::Error as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use jumpqr::Error;
use jumpqr::error::Result;
use pyo3::prelude::*;

use crate::json;
use crate::python_call::PythonFunction;

/// The exception of `error`: what the caller's own token function raised, as it was raised; else a `JumpqrError`.
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
    let parts = json::write(py, error)?;
    FROM_PARTS.call(py, (parts,)).map(PyErr::from_value)
}

fn cause<T: std::error::Error + 'static>(error: &Error) -> Option<&T> {
    error.source()?.downcast_ref()
}

/// What `work` returns; a panic in it is an error: no panic may cross into Python, where it would be a `BaseException`.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| Err(Error::from_panic(&*panic)))
}

/// Does what needs no network, without the interpreter's lock.
pub(crate) fn offline<T: Send>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T> + Send,
) -> PyResult<T> {
    py.detach(|| guarded(work))
        .map_err(|error| raised(py, &error))
}
