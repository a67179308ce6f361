//! The caller's own function as a source of tokens.

use std::error::Error as StdError;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

/// Asks the caller's function, which takes the token that WeChat has just called stale, or `None`, and returns one. It is
/// asked in the thread that asked for the call: what it uses may be bound to it.
pub(crate) fn ask(
    function: &Py<PyAny>,
    rejected: Option<&str>,
) -> Result<String, Box<dyn StdError + Send + Sync>> {
    let answer = Python::try_attach(|py| {
        let token = function.bind(py).call1((rejected,))?;
        token.extract().map_err(|_| {
            // What was returned may be a secret of another type, so only the type is named.
            let found = token.get_type().name().map(|name| name.to_string());
            PyTypeError::new_err(format!(
                "access_token: the function must return a str of Unicode text, not {}",
                found.as_deref().unwrap_or("something else")
            ))
        })
    });
    Ok(answer.ok_or("the interpreter is shutting down")??)
}
