//! The client.

use std::sync::Mutex;

use jumpqr::ClientBuilder;
use jumpqr::error::{Error, OwnCode, Result};
use jumpqr::tokens::TokenInterface;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::caller::{run, run_to_its_end};
use crate::cancel::Cancel;
use crate::error::{offline, raised};
use crate::hidden::{Hidden, text};
use crate::json;
use crate::rules::Rules;
use crate::settings::{Settings, given, seconds, setting};
use crate::token::TokenFunction;

/// Calls WeChat for one account; any number of threads may use it at once.
#[pyclass(frozen, module = "jumpqr._jumpqr")]
pub(crate) struct Client {
    client: jumpqr::Client,
    max_concurrency: usize,
}

#[pymethods]
impl Client {
    /// Makes a client with these settings, a `dict`.
    ///
    /// `awaiter` waits for the result of the function `access_token` if that is not a text. It also
    /// takes the time that the call has left, in seconds.
    #[new]
    #[pyo3(signature = (settings, awaiter=None))]
    fn create(py: Python<'_>, settings: &Hidden, awaiter: Option<Py<PyAny>>) -> PyResult<Self> {
        let dict = settings.0.bind(py).cast::<PyDict>()?;
        let mut settings = Settings::take(
            dict,
            &["access_token", "appid", "secret", "token_interface"],
        )?;
        let token = match dict.get_item("access_token")? {
            Some(token) if token.is_callable() => Some(AccessToken::Function(token.unbind())),
            Some(token) if token.is_none() => None,
            Some(token) if token.is_instance_of::<PyString>() => {
                Some(AccessToken::Text(text(&token, "access_token")?))
            }
            Some(token) => {
                let found = token.get_type().name()?;
                return Err(PyTypeError::new_err(format!(
                    "access_token: give a str or a function, not {found}"
                )));
            }
            None => None,
        };
        let appid: Option<String> = setting(dict, "appid")?;
        let secret: Option<String> = setting(dict, "secret")?;
        let token_interface: Option<String> = setting(dict, "token_interface")?;
        let max_concurrency = settings.take_max_concurrency()?;
        let client = offline(py, || {
            let credentials = credentials(token, awaiter, appid, secret)?;
            let mut builder = credentials(settings.builder()?);
            if let Some(name) = token_interface {
                builder = builder.token_interface(TokenInterface::from_name(&name)?);
            }
            builder.build()
        })?;
        Ok(Self {
            client,
            max_concurrency,
        })
    }

    /// Calls an interface by WeChat's name with a mapping of its arguments; returns the response.
    ///
    /// `waited` is how long the call has waited for a thread. It counts towards the queue timeout.
    /// All times are in seconds.
    #[pyo3(signature = (interface, arguments, *, timeout=None, validate=None, waited=None, cancel=None))]
    #[expect(clippy::too_many_arguments, reason = "most are keywords in Python")]
    fn call<'py>(
        &self,
        py: Python<'py>,
        interface: &str,
        arguments: &Bound<'py, PyAny>,
        timeout: Option<f64>,
        validate: Option<bool>,
        waited: Option<f64>,
        cancel: Option<&Cancel>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let arguments = json::read(arguments)?.map_err(|error| raised(py, &error))?;
        let client = self.with(py, timeout)?;
        let client = given(client, validate, |client, validate| {
            client.with_validate(validate)
        });
        let client = has_waited(py, client, waited)?;
        // What it takes is dropped without the interpreter's lock.
        let answer = run(py, cancel, move |cancel| {
            client.with_cancel(cancel).call_named(interface, &arguments)
        })?;
        json::object(py, answer)
    }

    /// How long a call may wait for a thread and for its slots, in seconds.
    fn queue_timeout(&self) -> f64 {
        self.client.queue_timeout().as_secs_f64()
    }

    /// How many calls may run at once.
    fn max_concurrency(&self) -> usize {
        self.max_concurrency
    }

    /// Returns the state of the client's token in its store; `None` if the caller provides tokens.
    #[pyo3(signature = (*, waited=None, cancel=None))]
    fn token_status<'py>(
        &self,
        py: Python<'py>,
        waited: Option<f64>,
        cancel: Option<&Cancel>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let client = has_waited(py, self.client.clone(), waited)?;
        let status = run_to_its_end(py, cancel, move || client.token_status())?;
        json::write(py, &status)
    }

    /// Returns the rules of the account; with `appid`, those of the service account for that Mini
    /// Program.
    #[pyo3(signature = (appid=None, *, timeout=None))]
    fn rules(
        &self,
        py: Python<'_>,
        appid: Option<String>,
        timeout: Option<f64>,
    ) -> PyResult<Rules> {
        let client = self.with(py, timeout)?;
        Ok(Rules(Mutex::new(match appid {
            Some(appid) => client.service_account_rules(appid),
            None => client.rules(),
        })))
    }
}

/// Where the access token comes from.
enum AccessToken {
    Text(String),
    Function(Py<PyAny>),
}

impl From<jumpqr::Client> for Client {
    fn from(client: jumpqr::Client) -> Self {
        Self {
            client,
            max_concurrency: 0,
        }
    }
}

impl Client {
    /// The client for a call with a timeout of its own.
    fn with(&self, py: Python<'_>, timeout: Option<f64>) -> PyResult<jumpqr::Client> {
        let client = seconds("timeout", timeout).and_then(|timeout| match timeout {
            Some(timeout) => self.client.with_timeout(timeout),
            None => Ok(self.client.clone()),
        });
        client.map_err(|error| raised(py, &error))
    }
}

/// The client for a call that has waited so long for a thread, in seconds.
fn has_waited(
    py: Python<'_>,
    client: jumpqr::Client,
    waited: Option<f64>,
) -> PyResult<jumpqr::Client> {
    let waited = seconds("waited", waited).map_err(|error| raised(py, &error))?;
    Ok(given(client, waited, |client, waited| {
        client.with_waited(waited)
    }))
}

/// What gives a builder its credentials.
fn credentials(
    access_token: Option<AccessToken>,
    awaiter: Option<Py<PyAny>>,
    appid: Option<String>,
    secret: Option<String>,
) -> Result<impl FnOnce(ClientBuilder) -> ClientBuilder> {
    let has_app = appid.is_some() || secret.is_some();
    if access_token.is_some() && has_app {
        return Err(Error::new(
            OwnCode::InvalidConfig,
            "access_token, appid: give an access token, or an appid and a secret, not both",
        ));
    }
    Ok(move |builder: ClientBuilder| match access_token {
        Some(AccessToken::Text(token)) => builder.access_token(token),
        Some(AccessToken::Function(function)) => {
            let function = TokenFunction { function, awaiter };
            builder.token_function(move |request| function.ask(request))
        }
        None if has_app => builder.app(appid.unwrap_or_default(), secret.unwrap_or_default()),
        None => builder,
    })
}
