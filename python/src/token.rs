//! The caller's own function as a source of tokens.

use std::sync::Arc;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

/// The caller's function: takes the token that WeChat has just called stale, or `None`, and returns one.
pub(crate) type TokenCallable = Arc<Py<PyAny>>;

/// One question to that function.
pub(crate) struct Ask {
    pub(crate) callable: TokenCallable,
    pub(crate) rejected: Option<String>,
}

impl Ask {
    /// Asks it, in this thread.
    pub(crate) fn here(self, py: Python<'_>) -> PyResult<String> {
        let token = self.callable.bind(py).call1((self.rejected,))?;
        token.extract().map_err(|_| {
            // What was returned may be a secret of another type, so only the type is named.
            let found = token.get_type().name().map(|name| name.to_string());
            PyTypeError::new_err(format!(
                "access_token: the function must return a str of Unicode text, not {}",
                found.as_deref().unwrap_or("something else")
            ))
        })
    }
}
