//! The calls of an asyncio event loop that await responses, without a thread.
//!
//! The Python side watches the descriptor, and wakes the coroutines of the calls. A call goes on in
//! its coroutine. Nothing is locked then: a call may log, and a handler of the log may call back.

use std::iter;
use std::mem::forget;
use std::os::fd::AsRawFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use jumpqr::binding::{self, CallId, WentOn};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::caller::run;
use crate::cancel::Cancel;
use crate::client::{CallSettings, OpenClient};
use crate::error::{offline, raised};
use crate::method::{Answer, Arguments, Method};
use crate::permits::{Permit, Permits};
use crate::process::process;
use crate::settings;

const HAS_ENDED: &str = "the call has ended, or is being finished";

type Calls = binding::InFlightCalls<Ended>;

/// A call that has ended.
struct Ended {
    method: &'static Method,
    answer: Answer,
}

/// The calls of one event loop that await responses.
#[pyclass(frozen, module = "jumpqr._jumpqr")]
pub(crate) struct InFlightCalls {
    calls: Arc<Mutex<Calls>>,
    /// The process that made this. A forked one shares the epoll with it, and must not touch it.
    process: u64,
}

/// A call that must be finished on a thread.
#[pyclass(frozen, module = "jumpqr._jumpqr")]
pub(crate) struct UnfinishedCall(Mutex<Option<binding::UnfinishedCall<Ended>>>);

impl Ended {
    fn result(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        self.method.object(py, self.answer)
    }
}

#[pymethods]
impl InFlightCalls {
    /// Makes an empty set.
    #[new]
    fn create() -> PyResult<Self> {
        Ok(Self {
            calls: Arc::new(Mutex::new(Calls::new()?)),
            process: process(),
        })
    }

    /// Returns the descriptor to watch. When it is readable, call `look`.
    fn descriptor(&self) -> i32 {
        self.lock().descriptor().as_raw_fd()
    }

    /// Begins a call. It needs a permit until it ends: `permit`, for which it has waited for
    /// `waited` seconds, or else one of `permits`. See `OpenClient.call` for the other arguments.
    ///
    /// Returns the result; or None if no permit is free; or the name of the call, an `int`, if it
    /// awaits its response; or an `UnfinishedCall` if it must be finished on a thread.
    #[expect(
        clippy::too_many_arguments,
        reason = "a `dict` of them costs every call"
    )]
    fn begin<'py>(
        &self,
        py: Python<'py>,
        client: &OpenClient,
        permits: &Permits,
        permit: Option<&Permit>,
        waited: f64,
        interface: &str,
        arguments: &Bound<'py, PyList>,
        timeout: Option<f64>,
        validate: Option<bool>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let permit = match permit {
            Some(permit) => permit.of_call(),
            None => match permits.take_for_call() {
                Some(permit) => permit,
                None => return Ok(None),
            },
        };
        let method = Method::of(interface)?;
        let arguments = arguments.iter().map(|it| (!it.is_none()).then_some(it));
        let arguments: Vec<_> = arguments.collect();
        let arguments = method.take(py, &arguments)?.read()?;
        let settings = CallSettings {
            timeout,
            validate,
            waited,
        };
        let went_on = offline(py, move || {
            let options = settings.options(&jumpqr::Cancel::default());
            let client = options.apply(&client.client)?;
            let end = move |answer| {
                // The call owns this function, and so the permit.
                let _ = &permit;
                Ok(Ended { method, answer })
            };
            let call = match arguments? {
                Arguments::Rule(call) => {
                    let end = move |confirmation| end(Answer::Confirmation(confirmation));
                    binding::UnfinishedCall::new(&client, call, end)?
                }
                Arguments::Mapping(arguments) => {
                    let end = move |json| end(Answer::Json(json));
                    binding::UnfinishedCall::named(&client, method.interface, arguments, end)?
                }
            };
            Ok(call.go_on())
        })?;
        self.progress(py, went_on).map(Some)
    }

    /// Goes on with a call that `look` or `time_out` has returned. Returns what `begin` returns.
    fn go_on<'py>(&self, py: Python<'py>, id: u64) -> PyResult<Bound<'py, PyAny>> {
        // A forked process has none: its parent reads the response.
        let call = self.is_here().then(|| self.lock().remove(CallId(id)));
        let call = call
            .flatten()
            .ok_or_else(|| PyRuntimeError::new_err(HAS_ENDED))?;
        let went_on = offline(py, || Ok(call.go_on()))?;
        self.progress(py, went_on)
    }

    /// Looks which responses have arrived. Returns the names of the calls that can go on.
    fn look<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        self.ready(py, |calls| Ok(calls.look()?))
    }

    /// Finds the calls that are out of time, once the timer has gone off. Returns what `look`
    /// returns.
    fn time_out<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        self.ready(py, |calls| {
            calls.time_out(Instant::now());
            Ok(())
        })
    }

    /// Returns in how many seconds the timer must go off, if it must be set anew.
    fn seconds_to_timer(&self) -> Option<f64> {
        let timer = self.lock().timer_to_set()?;
        let left = timer.saturating_duration_since(Instant::now());
        Some(left.as_secs_f64())
    }

    /// Cancels a call, and closes its connection. This has no effect on a call that has ended.
    fn cancel(&self, py: Python<'_>, id: u64) -> PyResult<()> {
        if !self.is_here() {
            return Ok(());
        }
        let call = self.lock().remove(CallId(id));
        cancel(py, call)
    }
}

impl InFlightCalls {
    fn is_here(&self) -> bool {
        self.process == process()
    }

    /// Locks the calls. Do not log while they are locked: a handler of the log may lock them, too.
    fn lock(&self) -> MutexGuard<'_, Calls> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn progress<'py>(
        &self,
        py: Python<'py>,
        went_on: WentOn<Ended>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let unfinished = match went_on {
            WentOn::Done(Ok(ended)) => return ended.result(py),
            WentOn::Done(Err(error)) => return Err(raised(py, &error)),
            WentOn::MustWait(call) => call,
            WentOn::InFlight(call) if !self.is_here() => call,
            WentOn::InFlight(call) => {
                let added = self.lock().add(call);
                match added {
                    Ok(id) => return Ok(id.0.into_pyobject(py)?.into_any()),
                    Err(call) => call,
                }
            }
        };
        let unfinished = UnfinishedCall(Mutex::new(Some(unfinished)));
        Ok(Bound::new(py, unfinished)?.into_any())
    }

    /// Returns the names of the calls that can go on. A forked process has none.
    fn ready<'py>(
        &self,
        py: Python<'py>,
        find: impl FnOnce(&mut Calls) -> PyResult<()>,
    ) -> PyResult<Bound<'py, PyList>> {
        let mut ready = Vec::new();
        if self.is_here() {
            let mut calls = self.lock();
            find(&mut calls)?;
            ready.extend(iter::from_fn(|| calls.next_ready()).map(|id| id.0));
        }
        PyList::new(py, ready)
    }
}

impl Drop for InFlightCalls {
    fn drop(&mut self) {
        if !self.is_here() {
            forget(Arc::clone(&self.calls));
        }
    }
}

#[pymethods]
impl UnfinishedCall {
    /// Waits for the end of the call, on a thread, and returns the result. See `OpenClient.call`
    /// for the arguments.
    fn finish<'py>(
        &self,
        py: Python<'py>,
        cancel: Option<&Cancel>,
        waited: f64,
    ) -> PyResult<Bound<'py, PyAny>> {
        let call = self.take();
        let call = call.ok_or_else(|| PyRuntimeError::new_err(HAS_ENDED))?;
        let waited = settings::duration(waited);
        run(py, cancel, move |cancel| call.finish(waited, cancel))?.result(py)
    }

    /// Cancels the call, unless `finish` was called before.
    fn cancel(&self, py: Python<'_>) -> PyResult<()> {
        cancel(py, self.take())
    }
}

impl UnfinishedCall {
    fn take(&self) -> Option<binding::UnfinishedCall<Ended>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

fn cancel(py: Python<'_>, call: Option<binding::UnfinishedCall<Ended>>) -> PyResult<()> {
    match call {
        Some(call) => offline(py, || {
            drop(call.cancel());
            Ok(())
        }),
        None => Ok(()),
    }
}
