//! Calls Python code in a way that survives the end of the interpreter.
//!
//! Before Python 3.14, the interpreter ends each daemon thread that wants its lock during shutdown,
//! by `pthread_exit`. That unwinds the stack. pyo3 declares the interpreter's functions as ones
//! that never unwind, so the process would abort.

use std::hint::black_box;
use std::mem::{forget, transmute};
use std::thread::park;

use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::known::Known;

/// A function of the package's Python files, imported at its first call.
pub(crate) struct PythonFunction {
    module: &'static str,
    name: &'static str,
    function: Known<Py<PyAny>>,
}

impl PythonFunction {
    pub(crate) const fn new(module: &'static str, name: &'static str) -> Self {
        Self {
            module,
            name,
            function: Known::new(),
        }
    }

    pub(crate) fn call<'py>(
        &self,
        py: Python<'py>,
        arguments: impl Arguments<'py>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let function = self.function.get_or_find(|| {
            let import = py.import("builtins")?.getattr("__import__")?;
            let module = call(&import, (self.module, py.None(), py.None(), [self.name]))?;
            module.getattr(self.name).map(Bound::unbind)
        })?;
        call(function.bind(py), arguments)
    }
}

/// A tuple of arguments.
pub(crate) trait Arguments<'py>:
    IntoPyObject<'py, Target = PyTuple, Output = Bound<'py, PyTuple>, Error: Into<PyErr>>
{
}

impl<'py, T> Arguments<'py> for T where
    T: IntoPyObject<'py, Target = PyTuple, Output = Bound<'py, PyTuple>, Error: Into<PyErr>>
{
}

/// Stops the thread for good when it is dropped, as Python 3.14 stops a thread during shutdown.
struct StopsThread;

impl Drop for StopsThread {
    fn drop(&mut self) {
        loop {
            park();
        }
    }
}

type CallObject = unsafe extern "C" fn(*mut PyObject, *mut PyObject) -> *mut PyObject;
type UnwindingCallObject =
    unsafe extern "C-unwind" fn(*mut PyObject, *mut PyObject) -> *mut PyObject;

/// Calls `function`. If the interpreter ends the thread meanwhile, the thread stops here. Call
/// everything through this that may run Python code in another thread than the main one.
#[expect(unsafe_code, reason = "pyo3 has no call that may unwind")]
pub(crate) fn call<'py>(
    function: &Bound<'py, PyAny>,
    arguments: impl Arguments<'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = function.py();
    let arguments = arguments.into_pyobject(py).map_err(Into::into)?;
    // The compiler must not see which function it is: it would take over that it never unwinds.
    let call: CallObject = black_box(ffi::PyObject_CallObject);
    // SAFETY: the types differ only in that the second allows unwinding, which the C function does.
    let call: UnwindingCallObject = unsafe { transmute::<CallObject, UnwindingCallObject>(call) };
    let stops = StopsThread;
    // SAFETY: the thread is attached, and both objects live until the call returns.
    let answer = unsafe { call(function.as_ptr(), arguments.as_ptr()) };
    forget(stops);
    // SAFETY: the function returns a reference that the caller owns, or NULL with an exception set.
    unsafe { Bound::from_owned_ptr_or_err(py, answer) }
}
