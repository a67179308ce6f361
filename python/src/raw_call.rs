//! The arguments of a call to any interface, by its path.

use jumpqr::error::Error;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::error::raised;
use crate::hidden::Hidden;
use crate::json::{self, Unfit};

/// Returns the arguments by their names. `given` are `path`, `query`, `body` and `repeatable`, or
/// one [`Hidden`] tuple of them. The query becomes a list of pairs, and the body a text: both keep
/// their order.
pub(crate) fn take<'py>(
    py: Python<'py>,
    given: &[Option<Bound<'py, PyAny>>],
) -> PyResult<Bound<'py, PyAny>> {
    let given = match given {
        [Some(hidden)] => hidden.cast::<Hidden>()?.get().0.bind(py).clone(),
        _ => PyTuple::new(py, given)?.into_any(),
    };
    let [path, query, body, repeatable]: [Option<Bound<'py, PyAny>>; 4] = given.extract()?;
    let arguments = PyDict::new(py);
    arguments.set_item("path", path)?;
    if let Some(query) = query {
        arguments.set_item("query", pairs(py, query)?)?;
    }
    if let Some(body) = body {
        let json = json::to_json(&body);
        arguments.set_item("body", json.map_err(|unfit| refuse(py, "body", unfit))?)?;
    }
    arguments.set_item("repeatable", repeatable)?;
    Ok(arguments.into_any())
}

/// Returns the names and values of a mapping. A list of pairs stays as it is.
fn pairs<'py>(py: Python<'py>, query: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    if json::is_list(&query) {
        return Ok(query);
    }
    let items = json::items(&query);
    let items = items.map_err(|unfit| refuse(py, "query", unfit))?;
    Ok(items.into_any())
}

fn refuse(py: Python<'_>, argument: &str, unfit: Unfit) -> PyErr {
    match unfit {
        Unfit::WrongType(message) => PyTypeError::new_err(format!("{argument}: {message}")),
        unfit => match unfit.finding(argument) {
            Ok(finding) => raised(py, &Error::invalid(vec![finding])),
            Err(raised) => raised,
        },
    }
}
