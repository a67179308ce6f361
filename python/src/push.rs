//! What WeChat pushes to a platform.

use std::sync::Arc;

use jumpqr::binding;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};

use crate::caller::run_to_its_end;
use crate::cancel::Cancel;
use crate::error::offline;
use crate::hidden::Hidden;
use crate::json;
use crate::settings;

/// Checks and decrypts pushes; any number of threads may use it at once.
#[pyclass(frozen, module = "jumpqr._jumpqr")]
pub(crate) struct Receiver(jumpqr::push::Receiver);

#[pymethods]
impl Receiver {
    /// Makes a receiver with these settings, a `dict`.
    #[new]
    fn create(py: Python<'_>, settings: &Hidden) -> PyResult<Self> {
        let settings = settings::to_map(settings.0.bind(py).cast::<PyDict>()?)?;
        offline(py, || {
            binding::receiver(settings?, settings::STYLE).map(Self)
        })
    }

    /// Checks and decrypts a push.
    fn receive(
        &self,
        py: Python<'_>,
        query: &Bound<'_, PyAny>,
        body: &Bound<'_, PyAny>,
    ) -> PyResult<Push> {
        let (query, body) = (self::query(query)?, self::body(body)?);
        offline(py, || self.0.receive(&query, &body).map(Push))
    }

    /// Checks the request that verifies an address; returns what to answer.
    fn verify_url(&self, py: Python<'_>, query: &Bound<'_, PyAny>) -> PyResult<String> {
        let query = self::query(query)?;
        offline(py, || self.0.verify_url(&query))
    }
}

/// A push that was decrypted.
#[pyclass(frozen, module = "jumpqr._jumpqr")]
pub(crate) struct Push(jumpqr::push::Push);

#[pymethods]
impl Push {
    /// Returns what the push says, a `dict`.
    fn event<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        json::object(py, binding::event(&self.0.event))
    }

    /// Returns the body to answer with.
    fn reply(&self) -> &'static str {
        self.0.reply
    }

    /// Returns the XML of an encrypted reply.
    fn encrypt_reply(&self, py: Python<'_>, text: &str) -> PyResult<String> {
        offline(py, || binding::encrypt_reply(&self.0, text))
    }
}

/// A push that was handled.
#[pyclass(frozen, module = "jumpqr._jumpqr")]
pub(crate) struct Handled(pub(crate) Arc<jumpqr::Handled>);

#[pymethods]
impl Handled {
    /// Returns what the push says, a `dict`.
    fn event<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        json::object(py, binding::event(self.0.event()))
    }

    /// Returns the body to answer with.
    fn reply(&self) -> &'static str {
        self.0.reply()
    }

    /// Returns whether the store has changed.
    fn has_changed(&self) -> bool {
        self.0.has_changed()
    }

    /// Returns the XML of an encrypted reply.
    fn encrypt_reply(&self, py: Python<'_>, text: &str) -> PyResult<String> {
        offline(py, || self.0.encrypt_reply(text))
    }

    /// Does what is left after the reply. Returns the merchant of an authorisation, or None.
    ///
    /// `waited` is how long the call has waited for a thread, in seconds. It counts towards the
    /// queue timeout.
    fn finish<'py>(
        &self,
        py: Python<'py>,
        cancel: Option<&Cancel>,
        waited: f64,
    ) -> PyResult<Bound<'py, PyAny>> {
        let handled = Arc::clone(&self.0);
        let merchant = run_to_its_end(py, cancel, move || {
            binding::finish_push(&handled, settings::duration(waited))
        })?;
        json::write(py, &merchant)
    }
}

/// Reads the query string of a request. What is not Unicode is replaced, so it is refused.
pub(crate) fn query(query: &Bound<'_, PyAny>) -> PyResult<String> {
    if let Ok(text) = query.cast::<PyString>() {
        return Ok(text.to_string_lossy().into_owned());
    }
    match query.cast::<PyBytes>() {
        Ok(bytes) => Ok(String::from_utf8_lossy(bytes.as_bytes()).into_owned()),
        Err(_) => Err(wrong_type("query: give the raw query string", query)?),
    }
}

/// Reads the body of a request.
pub(crate) fn body(body: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    if let Ok(bytes) = body.cast::<PyBytes>() {
        return Ok(bytes.as_bytes().to_owned());
    }
    match body.cast::<PyString>() {
        Ok(text) => Ok(text.to_string_lossy().into_owned().into_bytes()),
        Err(_) => Err(wrong_type("body: give the raw body", body)?),
    }
}

/// Names the type of the object, and does not show it.
fn wrong_type(give: &str, object: &Bound<'_, PyAny>) -> PyResult<PyErr> {
    let found = object.get_type().name()?;
    Ok(PyTypeError::new_err(format!(
        "{give}, a str or bytes, not {found}"
    )))
}
