//! The third-party platform.

use std::sync::{Arc, Mutex};

use jumpqr::ClientBuilder;
use jumpqr::binding;
use jumpqr::error::Result;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::caller::run_to_its_end;
use crate::cancel::Cancel;
use crate::client::OpenClient;
use crate::error::offline;
use crate::hidden::Hidden;
use crate::json;
use crate::listener::Listener;
use crate::merchants::Merchants;
use crate::method::{Answer, CALL_RAW};
use crate::push::{self, Handled};
use crate::raw_call;
use crate::settings;

/// Makes clients for the merchants of a third-party platform; any number of threads may use it at
/// once.
///
/// `waited` is how long a call has waited for a thread, in seconds. It counts towards the queue
/// timeout.
#[pyclass(frozen, module = "jumpqr._jumpqr")]
pub(crate) struct Platform {
    platform: jumpqr::Platform,
    max_concurrency: usize,
}

#[pymethods]
impl Platform {
    /// Makes a platform with these settings, a `dict`. See `OpenClient` for `on_loop`.
    #[new]
    #[pyo3(signature = (settings, on_loop=None))]
    fn create(
        py: Python<'_>,
        settings: &Hidden,
        on_loop: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let given = settings.0.bind(py).cast::<PyDict>()?.copy()?;
        let listener = Listener::take(&given, on_loop)?;
        let settings = settings::read(&given)?;
        offline(py, || {
            let settings = settings?;
            Ok(Self {
                max_concurrency: binding::max_concurrency(&settings),
                platform: binding::platform(binding::listen(
                    ClientBuilder::from(settings),
                    listener,
                ))?,
            })
        })
    }

    /// Calls the method with this name, with its arguments, a `dict`; returns its result.
    fn call<'py>(
        &self,
        py: Python<'py>,
        cancel: Option<&Cancel>,
        waited: f64,
        method: &str,
        arguments: &Hidden,
    ) -> PyResult<Bound<'py, PyAny>> {
        let arguments = arguments.arguments(py)?;
        let method = method.to_owned();
        let result = self.run(py, cancel, waited, move |platform| {
            binding::call_platform(platform, &method, &arguments?)
        })?;
        json::object(py, result)
    }

    /// Calls any interface with the platform's own token. `arguments` are a tuple: `path`, `query`,
    /// `body`, `repeatable`.
    fn call_raw<'py>(
        &self,
        py: Python<'py>,
        cancel: Option<&Cancel>,
        waited: f64,
        arguments: Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let arguments = json::read(&raw_call::take(py, &[Some(arguments)])?)?;
        let json = self.run(py, cancel, waited, move |platform| {
            binding::call_platform(platform, "call_raw", &arguments?)
        })?;
        CALL_RAW.object(py, Answer::Json(json))
    }

    /// Receives a push, and stores what it says.
    fn handle(
        &self,
        py: Python<'_>,
        cancel: Option<&Cancel>,
        waited: f64,
        query: &Bound<'_, PyAny>,
        body: &Bound<'_, PyAny>,
    ) -> PyResult<Handled> {
        let (query, body) = (push::query(query)?, push::body(body)?);
        let handled = self.run(py, cancel, waited, move |platform| {
            platform.handle(&query, &body)
        })?;
        Ok(Handled(Arc::new(handled)))
    }

    /// Returns the merchants that have authorised the platform.
    fn merchants(&self, py: Python<'_>) -> PyResult<Merchants> {
        let merchants = offline(py, || Ok(self.platform.merchants()))?;
        Ok(Merchants(Arc::new(Mutex::new(merchants))))
    }

    /// Returns a client that calls for this merchant.
    fn merchant(&self, py: Python<'_>, authorizer_appid: &Hidden) -> PyResult<OpenClient> {
        let appid = authorizer_appid.text(py, "authorizer_appid")?;
        offline(py, || {
            Ok(OpenClient {
                client: self.platform.merchant(&appid)?,
                max_concurrency: self.max_concurrency,
            })
        })
    }

    /// Returns how long a call may wait for a thread and for its slots, in seconds.
    fn queue_timeout(&self) -> f64 {
        self.platform.queue_timeout().as_secs_f64()
    }

    /// Returns how many calls may run at once.
    fn max_concurrency(&self) -> usize {
        self.max_concurrency
    }
}

impl Platform {
    fn run<T: Send + 'static>(
        &self,
        py: Python<'_>,
        cancel: Option<&Cancel>,
        waited: f64,
        work: impl FnOnce(&jumpqr::Platform) -> Result<T> + Send + 'static,
    ) -> PyResult<T> {
        let platform = binding::with_waited(&self.platform, settings::duration(waited));
        run_to_its_end(py, cancel, move || work(&platform))
    }
}
