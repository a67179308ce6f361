//! Runs a call for the Python thread that asked for it.
//!
//! Only the main thread gets signals, and only while it runs Python code: for that thread, the call is made by another one,
//! and the main thread looks for signals while it waits. The caller's token function is called by the thread that asked for
//! the call in any case: what it uses may be bound to its thread.

use std::cell::RefCell;
use std::error::Error as StdError;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jumpqr::error::{Error, OwnCode, Result};
use pyo3::prelude::*;

use crate::error::{guarded, raised};
use crate::given_up::GivenUp;
use crate::settings::seconds;
use crate::token::{Ask, TokenCallable};

/// How often the main thread looks for signals.
const BETWEEN_SIGNAL_CHECKS: Duration = Duration::from_millis(50);

/// What the thread that makes a call tells the one that waits for it.
enum Message {
    /// Call the caller's token function.
    Ask {
        ask: Ask,
        answer: SyncSender<PyResult<String>>,
    },
    Done(Result<String>),
}

thread_local! {
    /// Who waits for the call that this thread makes.
    static WAITING: RefCell<Option<Sender<Message>>> = const { RefCell::new(None) };
}

/// Does `work` without the interpreter's lock, until it is done or `given_up`.
///
/// With `interruptible`, which the main thread asks for, a signal's handler runs while it waits; if that raises, as Ctrl-C
/// does, its exception comes out and nothing more is sent.
pub(crate) fn run(
    py: Python<'_>,
    interruptible: bool,
    given_up: &GivenUp,
    work: impl FnOnce() -> Result<String> + Send + 'static,
) -> PyResult<String> {
    let done = if interruptible {
        let (sender, messages) = channel();
        std::thread::Builder::new()
            .name("jumpqr-call".to_owned())
            .spawn(move || {
                WAITING.set(Some(sender.clone()));
                let done = guarded(work);
                // Nobody listens any more where the caller has given up.
                let _given_up = sender.send(Message::Done(done));
            })?;
        wait(py, &Mutex::new(messages)).inspect_err(|_| given_up.set())?
    } else {
        py.detach(|| guarded(work))
    };
    done.map_err(|error| raised(py, &error))
}

fn wait(py: Python<'_>, messages: &Mutex<Receiver<Message>>) -> PyResult<Result<String>> {
    loop {
        let received = py.detach(|| {
            let messages = messages.lock().unwrap_or_else(PoisonError::into_inner);
            messages.recv_timeout(BETWEEN_SIGNAL_CHECKS)
        });
        match received {
            Ok(Message::Done(done)) => return Ok(done),
            Ok(Message::Ask { ask, answer }) => {
                // Nobody listens any more only when the call has ended, which says so itself.
                let _ended = answer.send(ask.here(py));
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Ok(Err(Error::new(
                    OwnCode::Internal,
                    "the call's thread ended without a result",
                )));
            }
        }
        py.check_signals()?;
    }
}

/// Refuses what has waited for its turn for the whole of its time, in seconds.
pub(crate) fn in_time(waited: Option<f64>, timeout: Duration) -> Result<()> {
    match seconds("waited", waited)? {
        Some(waited) if waited >= timeout => Err(Error::new(
            OwnCode::Timeout,
            "the time was up before there was a thread for it",
        )),
        _ => Ok(()),
    }
}

/// Asks the caller's token function, in the thread that asked for the call.
pub(crate) fn ask(
    callable: &TokenCallable,
    rejected: Option<String>,
) -> Result<String, Box<dyn StdError + Send + Sync>> {
    let ask = Ask {
        callable: callable.clone(),
        rejected,
    };
    let waiting = WAITING.with_borrow(Clone::clone);
    let answer = match waiting {
        Some(waiting) => {
            let (answer, answered) = sync_channel(1);
            waiting.send(Message::Ask { ask, answer })?;
            answered.recv()?
        }
        None => Python::try_attach(|py| ask.here(py)).ok_or("the interpreter is shutting down")?,
    };
    Ok(answer?)
}
