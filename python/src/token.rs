//! The caller's own function as a source of tokens.

use std::error::Error as StdError;
use std::time::Instant;

use jumpqr::Secret;
use jumpqr::error::{Error, OwnCode};
use jumpqr::tokens::TokenRequest;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::python_call::call;

/// What an awaiter returns if the call is out of time before there is a token.
#[pyclass(frozen, module = "jumpqr._jumpqr")]
pub(crate) struct TookTooLong;

#[pymethods]
impl TookTooLong {
    #[new]
    fn create() -> Self {
        Self
    }
}

/// The caller's function.
pub(crate) struct TokenFunction {
    pub(crate) function: Py<PyAny>,
    /// Waits for the result of the function if it is not a text. It also takes the time that the
    /// call has left, in seconds.
    pub(crate) awaiter: Option<Py<PyAny>>,
}

impl TokenFunction {
    /// Calls the caller's function, which takes the token that WeChat has just rejected, or None,
    /// and returns a token. It runs on the thread of the call, because it may use objects that are
    /// bound to that thread.
    ///
    /// No Python frame of ours is in between: a traceback would show its local variables, and with
    /// them the tokens.
    pub(crate) fn ask(
        &self,
        request: &TokenRequest<'_>,
    ) -> Result<Secret, Box<dyn StdError + Send + Sync>> {
        let deadline = Instant::now() + request.time_left;
        let rejected = request.rejected.map(Secret::expose);
        let answer = Python::try_attach(|py| {
            let mut token = call(self.function.bind(py), (rejected,))?;
            if let Some(awaiter) = &self.awaiter
                && !token.is_instance_of::<PyString>()
            {
                let time_left = deadline.saturating_duration_since(Instant::now());
                token = call(awaiter.bind(py), (token, time_left.as_secs_f64()))?;
            }
            if token.is_instance_of::<TookTooLong>() {
                return Ok(None);
            }
            token.extract::<String>().map(Some).map_err(|_| {
                // The result may be a secret of another type, so only the type is named.
                let found = token.get_type().name().map(|name| name.to_string());
                PyTypeError::new_err(format!(
                    "access_token: the function must return a str of Unicode text, not {}",
                    found.as_deref().unwrap_or("something else")
                ))
            })
        });
        match answer.ok_or("the interpreter is shutting down")?? {
            Some(token) => Ok(Secret::new(token)),
            None => {
                Err(Error::new(OwnCode::Timeout, "the access_token function took too long").into())
            }
        }
    }
}
