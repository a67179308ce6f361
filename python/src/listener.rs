//! Hands the events of calls to the caller's function, and to `logging`.

use jumpqr::binding::Listen;
use jumpqr::call::CallEvent;
use jumpqr::check::{Finding, FindingCode};
use jumpqr::error::Error;
use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::error::raised;
use crate::json;
use crate::logging;
use crate::python_call::{PythonFunction, call};

/// The caller's function, if there is one.
pub(crate) struct Listener(Option<Py<PyAny>>);

impl Listener {
    /// Takes the setting `on_call` out of the settings. `wrap` makes the function that is called on
    /// the threads of calls.
    pub(crate) fn take(
        settings: &Bound<'_, PyDict>,
        wrap: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let py = settings.py();
        let given = settings.get_item("on_call")?;
        let Some(function) = given.filter(|function| !function.is_none()) else {
            return Ok(Self(None));
        };
        if !function.is_callable() {
            let message = "is not a function; give one that takes the event";
            let finding = Finding::new("on_call", FindingCode::WrongType, message);
            return Err(raised(py, &Error::invalid_config(vec![finding])));
        }
        settings.del_item("on_call")?;
        let function = match wrap {
            Some(wrap) => call(wrap, (function,))?,
            None => function,
        };
        Ok(Self(Some(function.unbind())))
    }
}

impl Listen for Listener {
    fn is_on(&self) -> bool {
        self.0.is_some() || logging::is_on()
    }

    fn listen(&self, event: &CallEvent) {
        Python::try_attach(|py| {
            let told = serde_json::to_value(event)
                .ok()
                .and_then(|event| json::object(py, event).ok());
            let Some(told) = told else { return };
            if logging::is_on() {
                log(py, event, &told);
            }
            if let Some(function) = &self.0 {
                tell(function.bind(py), told);
            }
        });
    }
}

/// Calls the function with the event. Its exception must not end the call: it goes to
/// `sys.unraisablehook`. But Ctrl-C, which only the main thread gets, is for the caller.
#[pyfunction]
#[pyo3(name = "tell")]
pub(crate) fn tell(function: &Bound<'_, PyAny>, event: Bound<'_, PyAny>) {
    if let Err(error) = call(function, (event,)) {
        let py = function.py();
        if error.is_instance_of::<PyKeyboardInterrupt>(py) {
            logging::interrupt_main(py);
        } else {
            error.write_unraisable(py, Some(function));
        }
    }
}

/// Logs the event at DEBUG, with its fields as attributes of the record.
fn log(py: Python<'_>, event: &CallEvent, told: &Bound<'_, PyAny>) {
    static LOG_CALL: PythonFunction = PythonFunction::new("jumpqr._log", "log_call");
    let logger = logging::logger_of_calls(py).ok().flatten();
    if let Some(logger) = logger
        && let Err(error) = LOG_CALL.call(py, (logger, event.to_string(), told))
        && error.is_instance_of::<PyKeyboardInterrupt>(py)
    {
        logging::interrupt_main(py);
    }
}
