//! The third-party platform.

use jumpqr::error::Result;
use jumpqr::interface::ComponentTokenField;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::caller::run_to_its_end;
use crate::cancel::Cancel;
use crate::client::Client;
use crate::error::offline;
use crate::hidden::Hidden;
use crate::json;
use crate::settings::{Settings, given, seconds, setting};

/// Gives clients for the merchants of a third-party platform; any number of threads may use it at once.
///
/// What a call has already waited for a thread counts towards its queue timeout, in seconds.
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
        let dict = settings.0.bind(py).cast::<PyDict>()?;
        let mut settings = Settings::take(
            dict,
            &[
                "component_appid",
                "component_appsecret",
                "component_token_field",
            ],
        )?;
        let appid: Option<String> = setting(dict, "component_appid")?;
        let secret: Option<String> = setting(dict, "component_appsecret")?;
        let field: Option<String> = setting(dict, "component_token_field")?;
        let max_concurrency = settings.take_max_concurrency()?;
        let platform = offline(py, || {
            let mut builder = settings.builder()?;
            if let Some(name) = field {
                builder = builder.component_token_field(ComponentTokenField::from_name(&name)?);
            }
            builder.build_platform(appid.unwrap_or_default(), secret.unwrap_or_default())
        })?;
        Ok(Self {
            platform,
            max_concurrency,
        })
    }

    /// Stores the ticket that WeChat has just pushed.
    #[pyo3(signature = (ticket, *, waited=None, cancel=None))]
    fn set_verify_ticket(
        &self,
        py: Python<'_>,
        ticket: &Hidden,
        waited: Option<f64>,
        cancel: Option<&Cancel>,
    ) -> PyResult<()> {
        let ticket = ticket.text(py, "component_verify_ticket")?;
        self.in_store(py, waited, cancel, |platform| {
            platform.set_verify_ticket(ticket)
        })
    }

    /// Stores the refresh token of a merchant that has just authorised the platform.
    #[pyo3(signature = (authorizer_appid, authorizer_refresh_token, *, waited=None, cancel=None))]
    fn set_authorizer_refresh_token(
        &self,
        py: Python<'_>,
        authorizer_appid: &Hidden,
        authorizer_refresh_token: &Hidden,
        waited: Option<f64>,
        cancel: Option<&Cancel>,
    ) -> PyResult<()> {
        let appid = authorizer_appid.text(py, "authorizer_appid")?;
        let token = authorizer_refresh_token.text(py, "authorizer_refresh_token")?;
        self.in_store(py, waited, cancel, move |platform| {
            platform.set_authorizer_refresh_token(&appid, token)
        })
    }

    /// Returns a client that calls for this merchant.
    fn merchant(&self, py: Python<'_>, authorizer_appid: &Hidden) -> PyResult<Client> {
        let appid = authorizer_appid.text(py, "authorizer_appid")?;
        offline(py, || self.platform.merchant(&appid).map(Client::from))
    }

    /// Returns the state of the platform's own token in the store.
    #[pyo3(signature = (*, waited=None, cancel=None))]
    fn token_status<'py>(
        &self,
        py: Python<'py>,
        waited: Option<f64>,
        cancel: Option<&Cancel>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let status = self.in_store(py, waited, cancel, jumpqr::Platform::token_status)?;
        json::write(py, &status)
    }

    /// How long a call may wait for a thread and for its slots, in seconds.
    fn queue_timeout(&self) -> f64 {
        self.platform.queue_timeout().as_secs_f64()
    }

    /// How many calls may run at once.
    fn max_concurrency(&self) -> usize {
        self.max_concurrency
    }
}

impl Platform {
    fn in_store<T: Send + 'static>(
        &self,
        py: Python<'_>,
        waited: Option<f64>,
        cancel: Option<&Cancel>,
        work: impl FnOnce(&jumpqr::Platform) -> Result<T> + Send + 'static,
    ) -> PyResult<T> {
        let platform = self.platform.clone();
        run_to_its_end(py, cancel, move || {
            let waited = seconds("waited", waited)?;
            work(&given(platform, waited, |platform, waited| {
                platform.with_waited(waited)
            }))
        })
    }
}
