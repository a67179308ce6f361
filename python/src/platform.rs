//! The third-party platform.

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
    /// Makes a platform with these settings, a `dict`.
    #[new]
    fn create(py: Python<'_>, settings: &Hidden) -> PyResult<Self> {
        let settings = settings::read(settings.0.bind(py).cast::<PyDict>()?)?;
        offline(py, || {
            let settings = settings?;
            Ok(Self {
                max_concurrency: binding::max_concurrency(&settings),
                platform: binding::platform(settings)?,
            })
        })
    }

    /// Stores the ticket that WeChat has just pushed.
    fn set_verify_ticket(
        &self,
        py: Python<'_>,
        cancel: Option<&Cancel>,
        waited: f64,
        ticket: &Hidden,
    ) -> PyResult<()> {
        let ticket = ticket.text(py, "component_verify_ticket")?;
        self.in_store(py, cancel, waited, |platform| {
            platform.set_verify_ticket(ticket)
        })
    }

    /// Stores the refresh token of a merchant that has just authorised the platform.
    fn set_authorizer_refresh_token(
        &self,
        py: Python<'_>,
        cancel: Option<&Cancel>,
        waited: f64,
        authorizer_appid: &Hidden,
        authorizer_refresh_token: &Hidden,
    ) -> PyResult<()> {
        let appid = authorizer_appid.text(py, "authorizer_appid")?;
        let token = authorizer_refresh_token.text(py, "authorizer_refresh_token")?;
        self.in_store(py, cancel, waited, move |platform| {
            platform.set_authorizer_refresh_token(&appid, token)
        })
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

    /// Returns the state of the platform's own token in the store.
    fn token_status<'py>(
        &self,
        py: Python<'py>,
        cancel: Option<&Cancel>,
        waited: f64,
    ) -> PyResult<Bound<'py, PyAny>> {
        let status = self.in_store(py, cancel, waited, jumpqr::Platform::token_status)?;
        json::write(py, &status)
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
    fn in_store<T: Send + 'static>(
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
