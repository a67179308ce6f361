//! Runs a call for the Python thread that asked for it, without the interpreter's lock.
//!
//! Only the main thread gets signals, and only while it runs Python code: for that thread, a call that waits looks for them.

use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jumpqr::GivenUp;
use jumpqr::error::{Error, OwnCode, Result};
use pyo3::prelude::*;

use crate::error::{guarded, raised};

/// How often the main thread looks for signals while another one works for it.
const BETWEEN_SIGNAL_CHECKS: Duration = Duration::from_millis(50);

/// How a call is given up.
#[derive(Clone, Copy)]
pub(crate) enum Patience<'a> {
    /// It is not.
    Endless,
    /// By somebody else.
    Until(&'a GivenUp),
    /// By the handler of a signal that raises, as Ctrl-C's does: for the main thread.
    UntilSignal,
}

/// Does `work`, which gives up when it is told to; what a signal's handler raised comes out.
pub(crate) fn run<T: Send>(
    py: Python<'_>,
    patience: Patience<'_>,
    work: impl FnOnce(&GivenUp) -> Result<T> + Send,
) -> PyResult<T> {
    let done = match patience {
        Patience::Endless => py.detach(|| guarded(|| work(&GivenUp::default()))),
        Patience::Until(given_up) => py.detach(|| guarded(|| work(given_up))),
        Patience::UntilSignal => {
            let handler = Arc::new(Mutex::new(None));
            let given_up = GivenUp::with_check({
                let handler = Arc::clone(&handler);
                move || {
                    let raised = Python::try_attach(|py| py.check_signals().err()).flatten();
                    let mut handler = handler.lock().unwrap_or_else(PoisonError::into_inner);
                    *handler = raised;
                    handler.is_some()
                }
            });
            let done = py.detach(|| guarded(|| work(&given_up)));
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
        return run(py, Patience::Endless, |_| work());
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
