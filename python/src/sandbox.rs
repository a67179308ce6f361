//! The sandbox, in this process.

use std::sync::Arc;
use std::{mem, process};

use jumpqr_sandbox::{Credentials, SandboxError};
use pyo3::prelude::*;

use crate::error::{offline, raised};
use crate::json;
use crate::python_call::PythonFunction;

/// A local WeChat that is running, on a thread of its own.
#[pyclass(frozen, module = "jumpqr._jumpqr")]
pub(crate) struct Sandbox {
    sandbox: Arc<jumpqr_sandbox::Sandbox>,
    /// The process that has the thread: a fork has none.
    process: u32,
}

#[pymethods]
impl Sandbox {
    /// Starts one; `frozen_at` is in UNIX seconds.
    #[new]
    #[pyo3(signature = (*, port=None, frozen_at=None, allow_hosts=Vec::new()))]
    fn create(
        py: Python<'_>,
        port: Option<i64>,
        frozen_at: Option<i64>,
        allow_hosts: Vec<String>,
    ) -> PyResult<Self> {
        let start = move || {
            let mut builder = jumpqr_sandbox::Sandbox::builder();
            if let Some(port) = port {
                builder = builder.port(fitting("port", port, "0 to 65535")?);
            }
            if let Some(frozen_at) = frozen_at {
                builder = builder.frozen_at(fitting("frozen_at", frozen_at, "UNIX seconds")?);
            }
            for host in allow_hosts {
                builder = builder.allow_host(host);
            }
            builder.start()
        };
        let sandbox = offline(py, || Ok(start()))?.map_err(|error| refused(py, &error))?;
        Ok(Self {
            sandbox: Arc::new(sandbox),
            process: process::id(),
        })
    }

    /// Where it is.
    #[getter]
    fn base_url(&self) -> &str {
        self.sandbox.base_url()
    }

    /// Appid and secret of its Mini Program.
    #[getter]
    fn mini_program(&self) -> (String, String) {
        pair(&self.sandbox.mini_program())
    }

    /// Appid and secret of its service account.
    #[getter]
    fn service_account(&self) -> (String, String) {
        pair(&self.sandbox.service_account())
    }

    /// `component_appid` and `component_appsecret` of its third-party platform.
    #[getter]
    fn component(&self) -> (String, String) {
        pair(&self.sandbox.platform())
    }

    /// Does what a control endpoint does, with a body; returns its answer, as JSON has them.
    fn control<'py>(
        &self,
        py: Python<'py>,
        method: &str,
        path: &str,
        body: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let body = json::read(body)?.map_err(|error| raised(py, &error))?;
        let answer = offline(py, || {
            let sandbox = self.here();
            Ok(sandbox.and_then(|sandbox| sandbox.control(method, path, body)))
        })?;
        json::object(py, answer.map_err(|error| refused(py, &error))?)
    }

    /// Stops it, and waits for its thread; does nothing the second time.
    fn stop(&self, py: Python<'_>) -> PyResult<()> {
        let stopped = offline(py, || Ok(self.here().map(jumpqr_sandbox::Sandbox::stop)))?;
        stopped.map_err(|error| refused(py, &error))
    }
}

impl Sandbox {
    fn here(&self) -> Result<&jumpqr_sandbox::Sandbox, SandboxError> {
        if self.process == process::id() {
            return Ok(&self.sandbox);
        }
        Err(SandboxError::Invalid(
            "the sandbox belongs to the process that started it; after a fork, use its base_url, or start another"
                .to_owned(),
        ))
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // Dropping it stops it and waits for its thread, which a fork does not have: there it is never dropped.
        if self.process != process::id() {
            mem::forget(Arc::clone(&self.sandbox));
        }
    }
}

fn fitting<T: TryFrom<i64>>(name: &str, number: i64, range: &str) -> Result<T, SandboxError> {
    T::try_from(number)
        .map_err(|_| SandboxError::Invalid(format!("{name} is {number}; give {range}")))
}

fn pair(credentials: &Credentials) -> (String, String) {
    let secret = credentials.secret.expose().to_owned();
    (credentials.appid.clone(), secret)
}

fn refused(py: Python<'_>, error: &SandboxError) -> PyErr {
    static SANDBOX_ERROR: PythonFunction =
        PythonFunction::new("jumpqr._exceptions", "sandbox_error");
    let source = std::error::Error::source(error).map(|source| format!(": {source}"));
    let text = format!("{error}{}", source.unwrap_or_default());
    match SANDBOX_ERROR.call(py, (text,)) {
        Ok(exception) => PyErr::from_value(exception),
        Err(failure) => failure,
    }
}
