//! Runs a call for a Python thread, without the interpreter's lock.
//!
//! Only the main thread gets signals, and only while it runs Python code. A call of that thread
//! looks for signals while it waits.

use std::cell::Cell;
use std::sync::{Arc, Mutex, PoisonError};

use jumpqr::binding::{guard, on_thread};
use jumpqr::error::Result;
use pyo3::prelude::*;

use crate::cancel::{Cancel, CancelBy};
use crate::error::{offline, raised};
use crate::interpreter::imported;
use crate::known::name;
use crate::process::process;
use crate::python_call::call;

/// Returns how a call of this thread is cancelled: in the main thread by a signal, else not at all.
#[pyfunction]
pub(crate) fn cancel_of_thread(py: Python<'_>) -> PyResult<Option<Cancel>> {
    let is_main = is_main_thread(py, process())?;
    Ok(is_main.then_some(Cancel(CancelBy::Signal)))
}

/// Returns whether this is the thread of the process to which Python hands the signals.
pub(crate) fn is_main_thread(py: Python<'_>, process: u64) -> PyResult<bool> {
    thread_local! {
        /// The process in which this was found out, because a fork makes its thread the main one.
        static FOUND: Cell<Option<(u64, bool)>> = const { Cell::new(None) };
    }
    if let Some((found_in, is_main)) = FOUND.get()
        && found_in == process
    {
        return Ok(is_main);
    }
    // If nothing has imported `threading`, there is no other thread.
    let Some(threading) = imported(name!(py, "threading"))? else {
        return Ok(true);
    };
    let main = call(&threading.getattr("main_thread")?, ())?.getattr("ident")?;
    let is_main = call(&threading.getattr("get_ident")?, ())?.eq(main)?;
    FOUND.set(Some((process, is_main)));
    Ok(is_main)
}

/// Does `work` until it is done or cancelled. Returns the exception of a signal's handler.
pub(crate) fn run<T: Send>(
    py: Python<'_>,
    cancel: Option<&Cancel>,
    work: impl FnOnce(&jumpqr::Cancel) -> Result<T> + Send,
) -> PyResult<T> {
    match cancel.map(|cancel| &cancel.0) {
        None => offline(py, || work(&jumpqr::Cancel::default())),
        Some(CancelBy::Caller(cancel)) => offline(py, || work(cancel)),
        Some(CancelBy::Signal) => {
            let exception = Arc::new(Mutex::new(None));
            let cancel = jumpqr::Cancel::with_check({
                let exception = Arc::clone(&exception);
                move || {
                    let raised = Python::try_attach(|py| py.check_signals().err()).flatten();
                    let mut exception = exception.lock().unwrap_or_else(PoisonError::into_inner);
                    *exception = raised;
                    exception.is_some()
                }
            });
            let result = py.detach(|| guard(|| work(&cancel)));
            let mut exception = exception.lock().unwrap_or_else(PoisonError::into_inner);
            match exception.take() {
                Some(exception) => Err(exception),
                None => result.map_err(|error| raised(py, &error)),
            }
        }
    }
}

/// Does `work`, which cannot be cancelled. For the main thread, another thread does it: the
/// exception of a signal's handler is raised at once, and the work continues to its end.
pub(crate) fn run_to_its_end<T: Send + 'static>(
    py: Python<'_>,
    cancel: Option<&Cancel>,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> PyResult<T> {
    let Some(Cancel(CancelBy::Signal)) = cancel else {
        return offline(py, work);
    };
    run(py, cancel, |cancel| on_thread("jumpqr-store", cancel, work))
}
