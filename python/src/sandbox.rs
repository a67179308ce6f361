//! The sandbox, in this process. `jumpqr.testing.Sandbox` is its subclass.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::{mem, process};

use jumpqr::Secret;
use jumpqr_sandbox::{
    AccountChange, COMPONENT_APPID, Credentials, Fault, FileFetch, MINI_PROGRAM_APPID, PushOrder,
    SandboxError,
};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{offline, raised};
use crate::json;
use crate::python_call::PythonFunction;

/// A running local WeChat, on a thread of its own.
#[pyclass(frozen, subclass, module = "jumpqr._jumpqr")]
pub(crate) struct Sandbox {
    sandbox: Arc<jumpqr_sandbox::Sandbox>,
    /// The process that has the thread. A forked process does not have it.
    process: u32,
}

#[pymethods]
impl Sandbox {
    #[new]
    #[pyo3(signature = (*, port=None, frozen_at=None, allow_hosts=Vec::new(), push_url=None))]
    fn create(
        py: Python<'_>,
        port: Option<i64>,
        frozen_at: Option<i64>,
        allow_hosts: Vec<String>,
        push_url: Option<String>,
    ) -> PyResult<Self> {
        let start = move || {
            let mut builder = jumpqr_sandbox::Sandbox::builder();
            if let Some(push_url) = push_url {
                builder = builder.push_url(push_url);
            }
            builder.settings(port, frozen_at, allow_hosts)?.start()
        };
        let sandbox = offline(py, || Ok(start()))?.map_err(|error| refused(py, &error))?;
        Ok(Self {
            sandbox: Arc::new(sandbox),
            process: process::id(),
        })
    }

    /// The base URL to use instead of https://api.weixin.qq.com.
    #[getter]
    fn base_url(&self) -> &str {
        self.sandbox.base_url()
    }

    /// The Mini Program: its token adds ordinary-link rules.
    #[getter]
    fn mini_program<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        account(py, &self.sandbox.mini_program())
    }

    /// The service account: its token adds service-account rules.
    #[getter]
    fn service_account<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        account(py, &self.sandbox.service_account())
    }

    /// The third-party platform: its component_appid and component_appsecret. The Mini Program has
    /// authorised it.
    #[getter]
    fn component<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        account(py, &self.sandbox.component())
    }

    /// Injects a fault, by default into the next call, before the call is applied.
    ///
    /// Args:
    ///     fault: The name of the fault. An unknown name raises an error with all names.
    ///     **details: The fields of the fault, as in the table of faults in the sandbox's README. And
    ///         `on`, an interface's name, "any", "business" or "tokens"; `account`, an appid;
    ///         `times`, a number or "forever"; `when`, "before" or "after".
    ///
    /// Returns:
    ///     The fault's id. `control("DELETE", f"/sandbox/faults/{id}")` removes the fault.
    #[pyo3(signature = (fault, **details))]
    fn inject(
        &self,
        py: Python<'_>,
        fault: &str,
        details: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<u64> {
        let fields = details.map_or_else(|| Ok(PyDict::new(py)), PyDictMethods::copy)?;
        fields.set_item("fault", fault)?;
        let fault: Fault = parse(&fields)?;
        self.call(py, |sandbox| sandbox.inject(fault))
    }

    /// Removes all pending faults.
    fn clear_faults(&self, py: Python<'_>) -> PyResult<()> {
        self.call(py, |sandbox| {
            sandbox.clear_faults();
            Ok(())
        })
    }

    /// Returns a new token of the account (by default, the Mini Program), without a request. No
    /// counter changes.
    #[pyo3(signature = (appid=MINI_PROGRAM_APPID))]
    fn access_token(&self, py: Python<'_>, appid: &str) -> PyResult<String> {
        self.secret(py, |sandbox| sandbox.access_token(appid))
    }

    /// Kills all tokens of the account (by default, the Mini Program): calls with them get 40001.
    #[pyo3(signature = (appid=MINI_PROGRAM_APPID))]
    fn kill_tokens(&self, py: Python<'_>, appid: &str) -> PyResult<usize> {
        self.call(py, |sandbox| sandbox.kill_tokens(appid))
    }

    /// Returns the component_verify_ticket that was pushed to the platform last.
    ///
    /// A ticket is pushed every 10 minutes, alternately a new one and the same one again.
    #[pyo3(signature = (component_appid=COMPONENT_APPID))]
    fn verify_ticket(&self, py: Python<'_>, component_appid: &str) -> PyResult<String> {
        self.secret(py, |sandbox| sandbox.verify_ticket(component_appid))
    }

    /// Makes the account (by default, the Mini Program) authorise the platform. Earlier refresh
    /// tokens are dead.
    ///
    /// Args:
    ///     appid: The account.
    ///     permission_sets: The authorised permission sets. By default they stay as they are; the
    ///         first time, the platform gets all permission sets of the account.
    ///     component_appid: The platform. By default, the platform that every sandbox has.
    ///
    /// Returns:
    ///     The authorizer_refresh_token. It keeps working, unless the sandbox rotates refresh tokens:
    ///     `control("PUT", "/sandbox/tokens", {"old_refresh_token": ...})`, with `dies_at_once`,
    ///     `dies_at_first_use` or `dies_after_five_minutes`.
    #[pyo3(signature = (appid=MINI_PROGRAM_APPID, *, permission_sets=None, component_appid=COMPONENT_APPID))]
    fn authorize(
        &self,
        py: Python<'_>,
        appid: &str,
        permission_sets: Option<&Bound<'_, PyAny>>,
        component_appid: &str,
    ) -> PyResult<String> {
        let permission_sets: Option<BTreeSet<u16>> = permission_sets
            .map(|sets| sets.try_iter()?.map(|set| set?.extract()).collect())
            .transpose()?;
        self.secret(py, |sandbox| {
            sandbox.authorize(component_appid, appid, permission_sets)
        })
    }

    /// Returns the latest 10,000 pushes to all platforms that were sent, with what was answered.
    ///
    /// Returns:
    ///     A `dict` for each try, without tokens and secrets: `finished_at_ms` (by the sandbox's
    ///     clock, since 1970), `component_appid`, `info_type`, `authorizer_appid`, `create_time`
    ///     (UNIX seconds), `order` (None for a push of WeChat's own), `attempt` (from 1), `status`
    ///     (None if there was no whole answer within 5 seconds), `body`, `error`, `is_success`.
    fn pushes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.list(py, |sandbox| Ok(sandbox.pushes()))
    }

    /// Returns how many pushes wait, for their first try or the next one, or are being sent.
    fn pending_pushes(&self, py: Python<'_>) -> PyResult<usize> {
        self.call(py, |sandbox| Ok(sandbox.pending_pushes()))
    }

    /// Pushes a wrong or repeated event to the platform, which must have a push_url.
    ///
    /// It is not tried again.
    ///
    /// Args:
    ///     order: "wrong_signature", "former_key", "doubled", "out_of_order", "oversized" or
    ///         "doctype". The sandbox's README says what each of them is.
    ///     authorizer_appid: The merchant whose last event is pushed; without it, the last ticket.
    ///     component_appid: The platform. By default, the platform that every sandbox has.
    #[pyo3(signature = (order, authorizer_appid=None, *, component_appid=COMPONENT_APPID))]
    fn order_push(
        &self,
        py: Python<'_>,
        order: &Bound<'_, PyAny>,
        authorizer_appid: Option<&str>,
        component_appid: &str,
    ) -> PyResult<()> {
        let order: PushOrder = parse(order)?;
        self.call(py, |sandbox| {
            sandbox.order_push(component_appid, order, authorizer_appid)
        })
    }

    /// Adds an account (`kind`, `secret`), or changes the given fields of the account.
    ///
    /// Args:
    ///     appid: The account.
    ///     **changes: `kind` ("mini_program" or "service_account"), `secret`, `nickname`,
    ///         `permission_sets`, `personal`, `verify_type`, `account_status`, `released`,
    ///         `qrcodejump_open`, `token_lifetime_seconds`.
    #[pyo3(signature = (appid, **changes))]
    fn put_account(
        &self,
        py: Python<'_>,
        appid: &str,
        changes: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<()> {
        let change: AccountChange = match changes {
            Some(changes) => parse(changes)?,
            None => AccountChange::default(),
        };
        self.call(py, |sandbox| sandbox.change_account(appid, change))
    }

    /// Really fetches the verification file of the account (by default, the Mini Program) from the
    /// web server of the prefix when a rule is added, as WeChat does.
    ///
    /// Without the file, the rule is refused with 85069, and `requests()` has the reason. This lasts
    /// until `reset()`, or `control("DELETE", f"/sandbox/accounts/{appid}/file_fetch")`.
    ///
    /// Args:
    ///     appid: The account.
    ///     **settings: `connect_to`, a list with the address of your web server, such as
    ///         "127.0.0.1:8080", instead of the one that DNS gives; `timeout_ms`, by default 6000;
    ///         `allow_private`, whether an address of DNS may be private; `extra_tls_roots`,
    ///         certificates of authorities in PEM, with `connect_to`.
    #[pyo3(signature = (appid=MINI_PROGRAM_APPID, **settings))]
    fn fetch_file(
        &self,
        py: Python<'_>,
        appid: &str,
        settings: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<()> {
        let fetch: FileFetch = match settings {
            Some(settings) => parse(settings)?,
            None => FileFetch::default(),
        };
        self.call(py, |sandbox| sandbox.fetch_file(appid, fetch))
    }

    /// Returns the rules that the account's token added (by default, the Mini Program's), as they are
    /// stored.
    #[pyo3(signature = (appid=MINI_PROGRAM_APPID))]
    fn rules<'py>(&self, py: Python<'py>, appid: &str) -> PyResult<Bound<'py, PyAny>> {
        self.list(py, |sandbox| sandbox.rules(appid))
    }

    /// Returns the latest requests, up to 10,000 requests or 64 MiB, without tokens and secrets, and
    /// what was answered.
    ///
    /// If the sandbox knows more about a refusal than WeChat says, `reason` has its `code` and
    /// `message`: for 85069, why WeChat does not find the verification file.
    fn requests<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.list(py, |sandbox| Ok(sandbox.requests()))
    }

    /// Returns how many requests were received: `calls` by interface, `business_calls`,
    /// `token_calls`, and others.
    fn counters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.list(py, |sandbox| Ok(sandbox.counters()))
    }

    /// Moves the sandbox's clock forward: tokens expire, quotas are renewed.
    fn advance(&self, py: Python<'_>, seconds: f64) -> PyResult<()> {
        self.call(py, |sandbox| sandbox.advance_seconds(seconds))
    }

    /// Resets to the initial state: no rules, tokens, faults or requests.
    fn reset(&self, py: Python<'_>) -> PyResult<()> {
        self.call(py, |sandbox| {
            sandbox.reset();
            Ok(())
        })
    }

    /// Calls a control endpoint without a socket. `GET /sandbox` lists the endpoints.
    ///
    /// Raises:
    ///     SandboxError: There is no such endpoint, or it refuses the body.
    #[pyo3(signature = (method, path, body=None))]
    fn control<'py>(
        &self,
        py: Python<'py>,
        method: &str,
        path: &str,
        body: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let body: Value = body.map_or(Ok(Value::Null), parse)?;
        self.list(py, |sandbox| sandbox.control(method, path, body))
    }

    /// Closes every connection and the port. A second call does nothing.
    fn stop(&self, py: Python<'_>) -> PyResult<()> {
        self.call(py, |sandbox| {
            sandbox.stop();
            Ok(())
        })
    }
}

impl Sandbox {
    /// Calls a method of the sandbox without the interpreter's lock.
    fn call<T: Send>(
        &self,
        py: Python<'_>,
        method: impl FnOnce(&jumpqr_sandbox::Sandbox) -> Result<T, SandboxError> + Send,
    ) -> PyResult<T> {
        offline(py, || Ok(self.here().and_then(method)))?.map_err(|error| refused(py, &error))
    }

    /// Calls a method of the sandbox that returns a secret.
    fn secret(
        &self,
        py: Python<'_>,
        method: impl FnOnce(&jumpqr_sandbox::Sandbox) -> Result<Secret, SandboxError> + Send,
    ) -> PyResult<String> {
        Ok(self.call(py, method)?.expose().to_owned())
    }

    /// Calls a method of the sandbox, and makes Python's own objects of its answer.
    fn list<'py, T: Serialize + Send>(
        &self,
        py: Python<'py>,
        method: impl FnOnce(&jumpqr_sandbox::Sandbox) -> Result<T, SandboxError> + Send,
    ) -> PyResult<Bound<'py, PyAny>> {
        json::write(py, &self.call(py, method)?)
    }

    fn here(&self) -> Result<&jumpqr_sandbox::Sandbox, SandboxError> {
        if self.process == process::id() {
            return Ok(&self.sandbox);
        }
        Err(SandboxError::Invalid(
            "the sandbox belongs to the process that started it; after a fork, use its base_url, \
             or start another"
                .to_owned(),
        ))
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // Dropping the sandbox waits for its thread. A forked process does not have the thread, so
        // it never drops the sandbox.
        if self.process != process::id() {
            mem::forget(Arc::clone(&self.sandbox));
        }
    }
}

/// Makes a `jumpqr.testing.Account`.
fn account<'py>(py: Python<'py>, credentials: &Credentials) -> PyResult<Bound<'py, PyAny>> {
    static ACCOUNT: PythonFunction = PythonFunction::new("jumpqr.testing", "Account");
    ACCOUNT.call(py, (&credentials.appid, credentials.secret.expose()))
}

/// Reads what the caller gave.
fn parse<T: DeserializeOwned>(value: &Bound<'_, PyAny>) -> PyResult<T> {
    let py = value.py();
    let value = json::read(value)?.map_err(|error| raised(py, &error))?;
    serde_json::from_value(value).map_err(|error| refused(py, &error.into()))
}

fn refused(py: Python<'_>, error: &SandboxError) -> PyErr {
    static SANDBOX_ERROR: PythonFunction =
        PythonFunction::new("jumpqr._exceptions", "SandboxError");
    match SANDBOX_ERROR.call(py, (error.to_string(),)) {
        Ok(exception) => PyErr::from_value(exception),
        Err(failure) => failure,
    }
}
