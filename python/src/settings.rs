//! The settings that clients and platforms have in common.

use std::time::Duration;

use jumpqr::error::{Error, OwnCode, Result};
use jumpqr::transport::{IpVersion, ProxySetting, TlsRoots};
use jumpqr::{Client, ClientBuilder, Secret, store};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::hidden::text;

/// The attributes of a `jumpqr._settings.Settings`. What is `None` has the default of the Rust crate; durations are in seconds.
pub(crate) struct Settings {
    token_store: Option<String>,
    base_url: Option<String>,
    alternate_base_urls: Option<Vec<String>>,
    allow_http: Option<bool>,
    timeout: Option<f64>,
    queue_timeout: Option<f64>,
    connect_timeout: Option<f64>,
    read_timeout: Option<f64>,
    max_retries: Option<i64>,
    pacing: Option<bool>,
    validate: Option<bool>,
    body_limit: Option<i64>,
    proxy: Option<String>,
    trust_env: Option<bool>,
    tls_roots: Option<BytesOrText>,
    extra_tls_roots: Option<Vec<u8>>,
    ip_version: Option<String>,
    max_concurrency: Option<usize>,
}

impl Settings {
    /// Takes how many calls may run at once.
    pub(crate) fn take_max_concurrency(&mut self) -> PyResult<usize> {
        match self.max_concurrency.take() {
            Some(0) => Err(PyValueError::new_err(
                "max_concurrency: give 1 or more, not 0",
            )),
            given => Ok(given.unwrap_or(64)),
        }
    }

    /// Takes the settings of a `dict`; the names in `others` are read elsewhere.
    pub(crate) fn take(dict: &Bound<'_, PyDict>, others: &[&str]) -> PyResult<Self> {
        for name in dict.keys() {
            let name: String = name.extract()?;
            if !NAMES.contains(&&*name) && !others.contains(&&*name) {
                return Err(PyTypeError::new_err(format!(
                    "{name}: there is no such setting"
                )));
            }
        }
        Ok(Self {
            token_store: setting(dict, "token_store")?,
            base_url: setting(dict, "base_url")?,
            alternate_base_urls: setting(dict, "alternate_base_urls")?,
            allow_http: setting(dict, "allow_http")?,
            timeout: setting(dict, "timeout")?,
            queue_timeout: setting(dict, "queue_timeout")?,
            connect_timeout: setting(dict, "connect_timeout")?,
            read_timeout: setting(dict, "read_timeout")?,
            max_retries: setting(dict, "max_retries")?,
            pacing: setting(dict, "pacing")?,
            validate: setting(dict, "validate")?,
            body_limit: setting(dict, "body_limit")?,
            proxy: setting(dict, "proxy")?,
            trust_env: setting(dict, "trust_env")?,
            tls_roots: setting(dict, "tls_roots")?,
            extra_tls_roots: setting(dict, "extra_tls_roots")?,
            ip_version: setting(dict, "ip_version")?,
            max_concurrency: setting(dict, "max_concurrency")?,
        })
    }
}

const NAMES: &[&str] = &[
    "token_store",
    "base_url",
    "alternate_base_urls",
    "allow_http",
    "timeout",
    "queue_timeout",
    "connect_timeout",
    "read_timeout",
    "max_retries",
    "pacing",
    "validate",
    "body_limit",
    "proxy",
    "trust_env",
    "tls_roots",
    "extra_tls_roots",
    "ip_version",
    "max_concurrency",
];

/// A value of another type is refused with the setting's name; it may be a secret, so only its type is shown.
pub(crate) fn setting<'py, T: FromPyObjectOwned<'py>>(
    dict: &Bound<'py, PyDict>,
    name: &str,
) -> PyResult<Option<T>> {
    let Some(value) = dict.get_item(name)? else {
        return Ok(None);
    };
    if value.is_instance_of::<PyString>() {
        text(&value, name)?;
    }
    let extracted: PyResult<Option<T>> = value.extract().map_err(Into::into);
    extracted.map_err(|error| {
        if error.is_instance_of::<PyTypeError>(value.py()) {
            PyTypeError::new_err(format!("{name}: {}", error.value(value.py())))
        } else {
            error
        }
    })
}

impl Settings {
    /// A builder with these settings. It opens the token store.
    pub(crate) fn builder(self) -> Result<ClientBuilder> {
        let proxy = match (self.proxy, self.trust_env) {
            (Some(url), _) => Some(ProxySetting::Url(Secret::new(url))),
            (None, Some(false)) => Some(ProxySetting::Direct),
            (None, _) => None,
        };
        let store = self.token_store.as_deref().map(store::open).transpose()?;
        let timeout = seconds("timeout", self.timeout)?;
        let queue_timeout = seconds("queue_timeout", self.queue_timeout)?;
        let connect_timeout = seconds("connect_timeout", self.connect_timeout)?;
        let read_timeout = seconds("read_timeout", self.read_timeout)?;
        let max_retries = whole("max_retries", self.max_retries)?;
        let body_limit = whole("body_limit", self.body_limit)?;
        let tls_roots = self
            .tls_roots
            .map(|BytesOrText(setting)| TlsRoots::parse(setting));
        let tls_roots = tls_roots.transpose()?;
        let ip_version = self.ip_version.as_deref().map(IpVersion::from_name);
        let ip_version = ip_version.transpose()?;

        let builder = Client::builder();
        let builder = given(builder, store, ClientBuilder::token_store);
        let builder = given(builder, self.base_url, ClientBuilder::base_url);
        let builder = given(
            builder,
            self.alternate_base_urls,
            ClientBuilder::alternate_base_urls,
        );
        let builder = given(builder, self.allow_http, ClientBuilder::allow_http);
        let builder = given(builder, timeout, ClientBuilder::timeout);
        let builder = given(builder, queue_timeout, ClientBuilder::queue_timeout);
        let builder = given(builder, connect_timeout, ClientBuilder::connect_timeout);
        let builder = given(builder, read_timeout, ClientBuilder::read_timeout);
        let builder = given(builder, max_retries, ClientBuilder::max_retries);
        let builder = given(builder, self.pacing, ClientBuilder::pacing);
        let builder = given(builder, self.validate, ClientBuilder::validate);
        let builder = given(builder, body_limit, ClientBuilder::body_limit);
        let builder = given(builder, proxy, ClientBuilder::proxy);
        let builder = given(builder, tls_roots, ClientBuilder::tls_roots);
        let builder = given(
            builder,
            self.extra_tls_roots,
            ClientBuilder::extra_tls_roots,
        );
        Ok(given(builder, ip_version, ClientBuilder::ip_version))
    }
}

/// `bytes`, or a `str` in UTF-8.
struct BytesOrText(Vec<u8>);

impl<'py> FromPyObject<'_, 'py> for BytesOrText {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        match value.extract::<String>() {
            Ok(text) => Ok(Self(text.into_bytes())),
            Err(_) => Ok(Self(value.extract()?)),
        }
    }
}

/// `to` with the value set, if there is one.
pub(crate) fn given<B, T>(to: B, value: Option<T>, set: impl FnOnce(B, T) -> B) -> B {
    match value {
        Some(value) => set(to, value),
        None => to,
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
