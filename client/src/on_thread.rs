//! Work that cannot be interrupted, for a caller who may cancel.

use std::io;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use jumpqr_core::call::CALLER_CANCELLED;
use jumpqr_core::error::{Error, OwnCode};

use crate::cancel::{BETWEEN_CHECKS, Cancel};
use crate::listener::gather;

/// Why there is no result.
#[derive(Debug)]
pub(crate) enum NotDone {
    /// The wait is over: the caller has cancelled, or the time has. The work goes on.
    WaitIsOver,
    /// No thread could be started.
    NoThread(io::Error),
    /// The work has panicked.
    Panicked,
}

impl From<NotDone> for Error {
    fn from(not_done: NotDone) -> Self {
        match not_done {
            NotDone::WaitIsOver => Self::new(OwnCode::Cancelled, CALLER_CANCELLED),
            NotDone::NoThread(error) => Self::new(
                OwnCode::Internal,
                format!("no thread can be started: {error}"),
            ),
            NotDone::Panicked => Self::new(OwnCode::Internal, "a thread ended without its result"),
        }
    }
}

/// Does `work` on a thread of its own, and waits for its result until the caller cancels. The
/// events of its calls come on the thread of the caller, unless the caller has cancelled.
pub(crate) fn on_thread<T: Send + 'static>(
    name: &str,
    cancel: &Cancel,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, NotDone> {
    let work = || gather(work);
    let (result, gathered) = on_thread_until(name, || cancel.check(), || BETWEEN_CHECKS, work)?;
    gathered.absorb();
    Ok(result)
}

/// Does `work` on a thread of its own, and waits for its result. After each `next_wait`, the wait
/// ends if it `is_over`.
pub(crate) fn on_thread_until<T: Send + 'static>(
    name: &str,
    is_over: impl Fn() -> bool,
    next_wait: impl Fn() -> Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, NotDone> {
    let (sender, receiver) = channel();
    let working = thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || {
            // If the wait is over, nobody receives the result, and it is dropped.
            let _ = sender.send(work());
        })
        .map_err(NotDone::NoThread)?;
    loop {
        match receiver.recv_timeout(next_wait()) {
            Err(RecvTimeoutError::Timeout) if is_over() => return Err(NotDone::WaitIsOver),
            Err(RecvTimeoutError::Timeout) => {}
            result => {
                // The thread ends now, so joining it takes no time. If it panicked, `result` says so.
                let _ = working.join();
                return result.map_err(|_| NotDone::Panicked);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::{NotDone, on_thread};
    use crate::cancel::Cancel;

    #[test]
    fn a_caller_who_cancels_does_not_wait_for_the_work() {
        let (_sender, hanging) = channel::<()>();
        let cancel = Cancel::with_check(|| true);
        let result = on_thread("hanging", &cancel, move || hanging.recv());
        assert!(matches!(result, Err(NotDone::WaitIsOver)));
    }

    #[test]
    fn work_that_panics_is_reported() {
        let cancel = Cancel::with_check(|| false);
        let result = on_thread("panicking", &cancel, || {
            std::panic::resume_unwind(Box::new("staged"))
        });
        assert!(matches!(result, Err::<(), _>(NotDone::Panicked)));
    }
}
