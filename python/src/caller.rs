//! Runs a call for the Python thread that asked for it, without the interpreter's lock.
//!
//! Only the main thread gets signals, and only while it runs Python code: for that thread, a call that waits looks for them.

use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jumpqr::Cancel;
use jumpqr::error::{Error, OwnCode, Result};
use pyo3::prelude::*;

use crate::error::{guarded, raised};

/// How often the main thread looks for signals while another one works for it.
const BETWEEN_SIGNAL_CHECKS: Duration = Duration::from_millis(50);

/// Who may cancel a call.
#[derive(Clone, Copy)]
pub(crate) enum CancelBy<'a> {
    /// Nobody: the call runs to its end.
    Nobody,
    /// The caller, with this cancel.
    Caller(&'a Cancel),
    /// The handler of a signal, if it raises, as that of Ctrl-C does. For the main thread.
    Signal,
}

/// Does `work` until it is done or cancelled. Returns what the handler of a signal raised.
pub(crate) fn run<T: Send>(
    py: Python<'_>,
    cancel_by: CancelBy<'_>,
    work: impl FnOnce(&Cancel) -> Result<T> + Send,
) -> PyResult<T> {
    let done = match cancel_by {
        CancelBy::Nobody => py.detach(|| guarded(|| work(&Cancel::default()))),
        CancelBy::Caller(cancel) => py.detach(|| guarded(|| work(cancel))),
        CancelBy::Signal => {
            let handler = Arc::new(Mutex::new(None));
            let cancel = Cancel::with_check({
                let handler = Arc::clone(&handler);
                move || {
                    let raised = Python::try_attach(|py| py.check_signals().err()).flatten();
                    let mut handler = handler.lock().unwrap_or_else(PoisonError::into_inner);
                    *handler = raised;
                    handler.is_some()
                }
            });
            let done = py.detach(|| guarded(|| work(&cancel)));
            let mut handler = handler.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(raised) = handler.take() {
                return Err(raised);
            }
            done
        }
    };
    done.map_err(|error| raised(py, &error))
}

/// Does `work`, which cannot give up. With `interruptible`, which the main thread asks for, another thread does it: what a
/// signal's handler raises comes out at once, and the work goes on to its end.
pub(crate) fn run_to_its_end<T: Send + 'static>(
    py: Python<'_>,
    interruptible: bool,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> PyResult<T> {
    if !interruptible {
        return run(py, CancelBy::Nobody, |_| work());
    }
    let (sender, receiver) = channel();
    std::thread::Builder::new()
        .name("jumpqr-store".to_owned())
        .spawn(move || {
            // Nobody listens any more where a handler has raised.
            let _raised = sender.send(guarded(work));
        })?;
    wait(py, &Mutex::new(receiver))?.map_err(|error| raised(py, &error))
}

fn wait<T: Send>(py: Python<'_>, worker: &Mutex<Receiver<Result<T>>>) -> PyResult<Result<T>> {
    loop {
        let told = py.detach(|| {
            let worker = worker.lock().unwrap_or_else(PoisonError::into_inner);
            worker.recv_timeout(BETWEEN_SIGNAL_CHECKS)
        });
        match told {
            Ok(done) => return Ok(done),
            Err(RecvTimeoutError::Timeout) => py.check_signals()?,
            Err(RecvTimeoutError::Disconnected) => {
                return Ok(Err(Error::new(
                    OwnCode::Internal,
                    "the thread that waited for the store ended without a result",
                )));
            }
        }
    }
}
