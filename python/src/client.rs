//! The client of one process.

use std::sync::Mutex;

use jumpqr::ClientBuilder;
use jumpqr::binding::{self, CallOptions};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::caller::{run, run_to_its_end};
use crate::cancel::Cancel;
use crate::error::offline;
use crate::hidden::Hidden;
use crate::json;
use crate::listener::Listener;
use crate::method::{Answer, Method, UnreadArguments};
use crate::rules::Rules;
use crate::settings;
use crate::token::TokenFunction;

/// The client of one process: its connections, its tokens and its pace. Any number of threads may
/// use it at once.
#[pyclass(frozen, module = "jumpqr._jumpqr")]
pub(crate) struct OpenClient {
    pub(crate) client: jumpqr::Client,
    pub(crate) max_concurrency: usize,
}

#[pymethods]
impl OpenClient {
    /// Makes a client with these settings, a `dict`. The setting `access_token` may be a function.
    ///
    /// `awaiter` waits for the result of that function if it is not a text. It also takes the time
    /// that the call has left, in seconds.
    ///
    /// `on_loop` gets the setting `on_call`, and returns the function for the threads of calls.
    #[new]
    #[pyo3(signature = (settings, awaiter=None, on_loop=None))]
    fn create(
        py: Python<'_>,
        settings: &Hidden,
        awaiter: Option<Py<PyAny>>,
        on_loop: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let given = settings.0.bind(py).cast::<PyDict>()?.copy()?;
        let function = given
            .get_item("access_token")?
            .filter(PyAnyMethods::is_callable);
        if function.is_some() {
            given.del_item("access_token")?;
        }
        let function = function.map(|function| TokenFunction {
            function: function.unbind(),
            awaiter,
        });
        let listener = Listener::take(&given, on_loop)?;
        let settings = settings::read(&given)?;
        offline(py, || {
            let settings = settings?;
            let max_concurrency = binding::max_concurrency(&settings);
            let mut builder = binding::listen(ClientBuilder::from(settings), listener);
            if let Some(function) = function {
                builder = builder.token_function(move |request| function.ask(request));
            }
            let client = builder.build()?;
            Ok(Self {
                client,
                max_concurrency,
            })
        })
    }

    /// Calls an interface by WeChat's name with the arguments of its method, in their order;
    /// returns the result of the method.
    ///
    /// `waited` is how long the call has waited for a thread, in seconds. It counts towards the
    /// queue timeout. `timeout`, in seconds, and `validate` are the settings of this call.
    #[pyo3(signature = (cancel, waited, interface, arguments, timeout=None, validate=None))]
    #[expect(
        clippy::too_many_arguments,
        clippy::needless_pass_by_value,
        reason = "a `dict` of them costs every call, and pyo3 makes the vector"
    )]
    fn call<'py>(
        &self,
        py: Python<'py>,
        cancel: Option<&Cancel>,
        waited: f64,
        interface: &str,
        arguments: Vec<Option<Bound<'py, PyAny>>>,
        timeout: Option<f64>,
        validate: Option<bool>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let method = Method::of(interface)?;
        let arguments = method.take(py, &arguments)?;
        let settings = CallSettings {
            timeout,
            validate,
            waited,
        };
        let answer = self.make(py, cancel, method, arguments, settings)?;
        method.object(py, answer)
    }

    /// Returns the rules of the account; with `appid`, those of the service account for that Mini
    /// Program. `timeout` is that of one page, in seconds.
    #[pyo3(signature = (appid=None, timeout=None))]
    fn rules(
        &self,
        py: Python<'_>,
        appid: Option<String>,
        timeout: Option<f64>,
    ) -> PyResult<Rules> {
        let options = CallOptions {
            timeout: timeout.map(settings::duration),
            ..CallOptions::default()
        };
        offline(py, || {
            let client = options.apply(&self.client)?;
            Ok(Rules(Mutex::new(match appid {
                Some(appid) => client.service_account_rules(appid),
                None => client.rules(),
            })))
        })
    }

    /// Returns the state of the client's token in its store; None if the caller provides tokens.
    fn token_status<'py>(
        &self,
        py: Python<'py>,
        cancel: Option<&Cancel>,
        waited: f64,
    ) -> PyResult<Bound<'py, PyAny>> {
        let client = self.client.clone();
        let status = run_to_its_end(py, cancel, move || {
            binding::token_status(&client, settings::duration(waited))
        })?;
        json::write(py, &status)
    }

    /// Looks for the verification file. The arguments, a `dict`, have the names of Python.
    fn preflight<'py>(
        &self,
        py: Python<'py>,
        cancel: Option<&Cancel>,
        waited: f64,
        arguments: &Bound<'py, PyDict>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let arguments = settings::to_map(arguments)?;
        let call = CallSettings {
            waited,
            ..CallSettings::default()
        };
        let report = run(py, cancel, |cancel| {
            let client = call.options(cancel).apply(&self.client)?;
            binding::preflight(&client, arguments?, settings::STYLE)
        })?;
        json::object(py, report)
    }

    /// Returns how long a call may wait for a thread and for its slots, in seconds.
    fn queue_timeout(&self) -> f64 {
        self.client.queue_timeout().as_secs_f64()
    }

    /// Returns how many calls may run at once.
    fn max_concurrency(&self) -> usize {
        self.max_concurrency
    }
}

impl OpenClient {
    /// Makes a call.
    pub(crate) fn make(
        &self,
        py: Python<'_>,
        cancel: Option<&Cancel>,
        method: &Method,
        arguments: UnreadArguments<'_>,
        settings: CallSettings,
    ) -> PyResult<Answer> {
        let arguments = arguments.read()?;
        // The arguments are dropped without the interpreter's lock.
        run(py, cancel, move |cancel| {
            let client = settings.options(cancel).apply(&self.client)?;
            method.call(&client, arguments?)
        })
    }
}

/// The settings of one call. Times are in seconds.
#[derive(Clone, Copy, Default)]
pub(crate) struct CallSettings {
    /// The timeout, instead of the client's.
    pub(crate) timeout: Option<f64>,
    /// Whether the request is checked, instead of the client's setting.
    pub(crate) validate: Option<bool>,
    /// How long the call has waited for a thread.
    pub(crate) waited: f64,
}

impl CallSettings {
    pub(crate) fn options(self, cancel: &jumpqr::Cancel) -> CallOptions {
        CallOptions {
            timeout: self.timeout.map(settings::duration),
            validate: self.validate,
            waited: settings::duration(self.waited),
            cancel: cancel.clone(),
        }
    }
}
