//! The third-party platform.

use jumpqr::error::Result;
use jumpqr::interface::ComponentTokenField;
use pyo3::prelude::*;

use crate::caller::run_to_its_end;
use crate::client::Client;
use crate::error::offline;
use crate::json;
use crate::settings::{Settings, given, seconds};

/// Gives clients for the merchants of a third-party platform; any number of threads may use it at once.
///
/// What a call has already waited for a thread counts towards its queue timeout, in seconds.
#[pyclass(frozen, module = "jumpqr._jumpqr")]
pub(crate) struct Platform {
    platform: jumpqr::Platform,
}

#[pymethods]
impl Platform {
    /// A platform with these credentials.
    #[new]
    #[pyo3(signature = (settings, *, component_appid, component_appsecret, component_token_field=None))]
    fn create(
        py: Python<'_>,
        settings: Settings,
        component_appid: String,
        component_appsecret: String,
        component_token_field: Option<&str>,
    ) -> PyResult<Self> {
        let platform = offline(py, || {
            let mut builder = settings.builder()?;
            if let Some(name) = component_token_field {
                builder = builder.component_token_field(ComponentTokenField::from_name(name)?);
            }
            builder.build_platform(component_appid, component_appsecret)
        })?;
        Ok(Self { platform })
    }

    /// Keeps the ticket that WeChat has just pushed.
    #[pyo3(signature = (ticket, *, waited=None, interruptible=false))]
    fn set_verify_ticket(
        &self,
        py: Python<'_>,
        ticket: String,
        waited: Option<f64>,
        interruptible: bool,
    ) -> PyResult<()> {
        self.in_store(py, waited, interruptible, |platform| {
            platform.set_verify_ticket(ticket)
        })
    }

    /// Keeps the refresh token that a merchant's authorisation has just brought.
    #[pyo3(signature = (authorizer_appid, authorizer_refresh_token, *, waited=None, interruptible=false))]
    fn set_authorizer_refresh_token(
        &self,
        py: Python<'_>,
        authorizer_appid: String,
        authorizer_refresh_token: String,
        waited: Option<f64>,
        interruptible: bool,
    ) -> PyResult<()> {
        self.in_store(py, waited, interruptible, move |platform| {
            platform.set_authorizer_refresh_token(&authorizer_appid, authorizer_refresh_token)
        })
    }

    /// A client that calls for this merchant.
    fn merchant(&self, py: Python<'_>, authorizer_appid: &str) -> PyResult<Client> {
        offline(py, || {
            self.platform.merchant(authorizer_appid).map(Client::from)
        })
    }

    /// How the platform's own token stands in the store.
    #[pyo3(signature = (*, waited=None, interruptible=false))]
    fn token_status<'py>(
        &self,
        py: Python<'py>,
        waited: Option<f64>,
        interruptible: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let status = self.in_store(py, waited, interruptible, jumpqr::Platform::token_status)?;
        json::write(py, &status)
    }

    /// How long a call may wait for a thread and for its slots, in seconds.
    fn queue_timeout(&self) -> f64 {
        self.platform.queue_timeout().as_secs_f64()
    }
}

impl Platform {
    fn in_store<T: Send + 'static>(
        &self,
        py: Python<'_>,
        waited: Option<f64>,
        interruptible: bool,
        work: impl FnOnce(&jumpqr::Platform) -> Result<T> + Send + 'static,
    ) -> PyResult<T> {
        let platform = self.platform.clone();
        run_to_its_end(py, interruptible, move || {
            let waited = seconds("waited", waited)?;
            work(&given(platform, waited, |platform, waited| {
                platform.with_waited(waited)
            }))
        })
    }
}
