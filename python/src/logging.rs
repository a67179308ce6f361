//! Hands the log lines of the Rust crates to Python's `logging`.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, PoisonError};

use log::{Level, LevelFilter, Log, Metadata, Record};
use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;

use crate::interpreter::imported;
use crate::known::{Known, name};
use crate::python_call::call;

/// Python's `logging.DEBUG` and `logging.WARNING`.
const DEBUG: u8 = 10;
const WARNING: u8 = 30;

/// Takes a level and a text.
static LISTENER: Mutex<Option<Py<PyAny>>> = Mutex::new(None);

struct Bridge;

impl Log for Bridge {
    /// Log lines of other crates may show a secret.
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().split("::").next() == Some("jumpqr")
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let level = match record.level() {
            Level::Error | Level::Warn => WARNING,
            Level::Info | Level::Debug | Level::Trace => DEBUG,
        };
        let text = record.args().to_string();
        Python::try_attach(|py| {
            let listener = {
                let listener = LISTENER.lock().unwrap_or_else(PoisonError::into_inner);
                listener.as_ref().map(|listener| listener.clone_ref(py))
            };
            let Some(listener) = listener else { return };
            // An exception of a handler must not end the call. But Ctrl-C, which only the main
            // thread gets, is for the caller.
            if let Err(error) = call(listener.bind(py), (level, text))
                && error.is_instance_of::<PyKeyboardInterrupt>(py)
            {
                interrupt_main(py);
            }
        });
    }

    fn flush(&self) {}
}

/// From now on, calls `listener` for each line of this level or above, with the number of its level
/// in Python and its text.
fn listen(listener: Py<PyAny>, level: u8) {
    let former = LISTENER
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .replace(listener);
    drop(former);
    // The command has a logger of its own, which stays.
    drop(log::set_logger(&Bridge));
    log::set_max_level(if level <= DEBUG {
        LevelFilter::Debug
    } else {
        LevelFilter::Warn
    });
}

/// The lowest level of the lines that the logger gets; 0 at first.
static LEVEL: AtomicU8 = AtomicU8::new(0);

/// Whether somebody listened at DEBUG when the last call began.
pub(crate) fn is_on() -> bool {
    LEVEL.load(Ordering::Relaxed) == DEBUG
}

/// Hands Ctrl-C to the main thread.
pub(crate) fn interrupt_main(py: Python<'_>) {
    let thread = py.import("_thread");
    drop(thread.and_then(|thread| thread.call_method0("interrupt_main")));
}

/// Returns the logger `jumpqr`; None if nobody listens at DEBUG. From now on, it gets the lines of
/// the Rust crates that somebody listens to.
#[pyfunction]
pub(crate) fn logger_of_calls(py: Python<'_>) -> PyResult<Option<Bound<'_, PyAny>>> {
    let Some(logger) = logger(py)? else {
        return Ok(None);
    };
    let is_enabled = logger.getattr(name!(py, "isEnabledFor"))?;
    let listens = call(&is_enabled, (DEBUG,))?.is_truthy()?;
    let level = if listens { DEBUG } else { WARNING };
    if LEVEL.swap(level, Ordering::Relaxed) != level {
        listen(logger.getattr("log")?.unbind(), level);
    }
    Ok(listens.then_some(logger))
}

/// Returns the logger; None if nobody has imported `logging`, so nobody listens.
fn logger(py: Python<'_>) -> PyResult<Option<Bound<'_, PyAny>>> {
    static LOGGER: Known<Py<PyAny>> = Known::new();
    if let Some(logger) = LOGGER.get() {
        return Ok(Some(logger.bind(py).clone()));
    }
    let Some(logging) = imported(name!(py, "logging"))? else {
        return Ok(None);
    };
    let logger = call(&logging.getattr("getLogger")?, ("jumpqr",))?;
    let logger = LOGGER.get_or_find(|| Ok(logger.unbind()))?;
    Ok(Some(logger.bind(py).clone()))
}
