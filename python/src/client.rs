//! The client.

use std::sync::Arc;
use std::time::Duration;

use jumpqr::error::{Error, OwnCode, Result};
use jumpqr::token::TokenInterface;
use jumpqr::transport::{ProxySetting, TlsRoots};
use jumpqr::{ClientBuilder, Secret};
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::caller::{ask, run};
use crate::error::{offline, raised};
use crate::given_up::GivenUp;
use crate::json;
use crate::rules::Rules;

/// Calls WeChat for one account; any number of threads may use it at once.
#[pyclass(frozen, module = "jumpqr._jumpqr")]
pub(crate) struct Client {
    client: jumpqr::Client,
}

/// Where the access token comes from.
enum AccessToken {
    Text(String),
    Function(Py<PyAny>),
}

impl<'py> FromPyObject<'_, 'py> for AccessToken {
    type Error = PyErr;

    fn extract(token: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if token.is_instance_of::<PyString>() {
            return Ok(Self::Text(token.extract()?));
        }
        Ok(Self::Function(token.to_owned().unbind()))
    }
}

#[pymethods]
impl Client {
    /// A client. What is `None` has the default of the Rust crate; durations are in seconds.
    #[new]
    #[pyo3(signature = (
        *, access_token=None, appid=None, secret=None, token_interface=None, base_url=None, alternate_base_urls=None,
        allow_http=None, timeout=None, connect_timeout=None, read_timeout=None, max_retries=None, pacing=None,
        validate=None, body_limit=None, proxy=None, trust_env=None, tls_roots=None
    ))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn create(
        py: Python<'_>,
        access_token: Option<AccessToken>,
        appid: Option<String>,
        secret: Option<String>,
        token_interface: Option<&str>,
        base_url: Option<String>,
        alternate_base_urls: Option<Vec<String>>,
        allow_http: Option<bool>,
        timeout: Option<f64>,
        connect_timeout: Option<f64>,
        read_timeout: Option<f64>,
        max_retries: Option<i64>,
        pacing: Option<bool>,
        validate: Option<bool>,
        body_limit: Option<i64>,
        proxy: Option<String>,
        trust_env: Option<bool>,
        tls_roots: Option<Vec<u8>>,
    ) -> PyResult<Self> {
        let proxy = match (proxy, trust_env) {
            (Some(url), _) => Some(ProxySetting::Url(Secret::new(url))),
            (None, Some(false)) => Some(ProxySetting::Direct),
            (None, _) => None,
        };
        let build = || {
            let credentials = credentials(access_token, appid, secret)?;
            let mut builder = credentials(jumpqr::Client::builder());
            if let Some(name) = token_interface {
                builder = builder.token_interface(TokenInterface::from_name(name)?);
            }
            builder = given(builder, base_url, ClientBuilder::base_url);
            builder = given(
                builder,
                alternate_base_urls,
                ClientBuilder::alternate_base_urls,
            );
            builder = given(builder, allow_http, ClientBuilder::allow_http);
            builder = given(
                builder,
                seconds("timeout", timeout)?,
                ClientBuilder::timeout,
            );
            builder = given(
                builder,
                seconds("connect_timeout", connect_timeout)?,
                ClientBuilder::connect_timeout,
            );
            builder = given(
                builder,
                seconds("read_timeout", read_timeout)?,
                ClientBuilder::read_timeout,
            );
            builder = given(
                builder,
                whole("max_retries", max_retries)?,
                ClientBuilder::max_retries,
            );
            builder = given(builder, pacing, ClientBuilder::pacing);
            builder = given(builder, validate, ClientBuilder::validate);
            builder = given(
                builder,
                whole("body_limit", body_limit)?,
                ClientBuilder::body_limit,
            );
            builder = given(builder, proxy, ClientBuilder::proxy);
            builder = given(
                builder,
                tls_roots.map(TlsRoots::Pem),
                ClientBuilder::tls_roots,
            );
            builder.build()
        };
        let client = offline(py, build)?;
        Ok(Self { client })
    }

    /// Calls an interface by WeChat's name with arguments in JSON; returns the answer in JSON.
    ///
    /// What the call has already waited for its turn counts towards its timeout; both are in seconds.
    #[pyo3(signature = (interface, arguments, *, timeout=None, waited=None, validate=None, interruptible=false, given_up=None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn call(
        &self,
        py: Python<'_>,
        interface: String,
        arguments: String,
        timeout: Option<f64>,
        waited: Option<f64>,
        validate: Option<bool>,
        interruptible: bool,
        given_up: Option<&GivenUp>,
    ) -> PyResult<String> {
        let client = self.with(py, timeout)?;
        let client = given(client, validate, |client, validate| {
            client.with_validate(validate)
        });
        let waited = seconds("waited", waited).map_err(|error| raised(py, &error))?;
        let client = given(client, waited, |client, waited| client.with_waited(waited));
        let given_up = given_up.cloned().unwrap_or_default();
        let client = client.with_given_up(&given_up.0);
        run(py, interruptible, &given_up, move || {
            let arguments = json::read(&arguments)?;
            json::write(&client.call_named(&interface, &arguments)?)
        })
    }

    /// The most time that a call takes, in seconds: `timeout`, or else the client's.
    #[pyo3(signature = (timeout=None))]
    fn limit(&self, py: Python<'_>, timeout: Option<f64>) -> PyResult<f64> {
        Ok(self.with(py, timeout)?.timeout().as_secs_f64())
    }

    /// The rules of the account; with `appid`, those of the service account for that Mini Program.
    #[pyo3(signature = (appid=None, *, timeout=None))]
    fn rules(
        &self,
        py: Python<'_>,
        appid: Option<String>,
        timeout: Option<f64>,
    ) -> PyResult<Rules> {
        let client = self.with(py, timeout)?;
        Ok(Rules::new(match appid {
            Some(appid) => client.service_account_rules(appid),
            None => client.rules(),
        }))
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

/// What gives a builder its credentials.
fn credentials(
    access_token: Option<AccessToken>,
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
        Some(AccessToken::Function(callable)) => {
            let callable = Arc::new(callable);
            builder.token_function(move |request| {
                let rejected = request.rejected.map(|token| token.expose().to_owned());
                ask(&callable, rejected).map(Secret::from)
            })
        }
        None if has_app => builder.app(appid.unwrap_or_default(), secret.unwrap_or_default()),
        None => builder,
    })
}

fn given<B, T>(builder: B, value: Option<T>, set: impl FnOnce(B, T) -> B) -> B {
    match value {
        Some(value) => set(builder, value),
        None => builder,
    }
}

pub(crate) fn seconds(name: &str, seconds: Option<f64>) -> Result<Option<Duration>> {
    let Some(seconds) = seconds else {
        return Ok(None);
    };
    match Duration::try_from_secs_f64(seconds) {
        Ok(duration) => Ok(Some(duration)),
        Err(error) => Err(Error::new(
            OwnCode::InvalidConfig,
            format!("{name}: {seconds} is not a number of seconds ({error}); give a positive one"),
        )),
    }
}

fn whole<T: TryFrom<i64>>(name: &str, number: Option<i64>) -> Result<Option<T>> {
    let Some(number) = number else {
        return Ok(None);
    };
    match T::try_from(number) {
        Ok(number) => Ok(Some(number)),
        Err(_) => Err(Error::new(
            OwnCode::InvalidConfig,
            format!("{name}: {number} is out of range; give 0 or more"),
        )),
    }
}
