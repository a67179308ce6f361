//! Work that cannot be interrupted, for a caller who may cancel.

use std::io;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;

use jumpqr_core::error::{Error, OwnCode};

use crate::cancel::{BETWEEN_CHECKS, CALLER_CANCELLED, Cancel};

/// Why there is no result.
#[derive(Debug)]
pub(crate) enum NotDone {
    /// The caller has cancelled. The work goes on.
    Cancelled,
    /// No thread could be started.
    NoThread(io::Error),
    /// The work has panicked.
    Panicked,
}

impl From<NotDone> for Error {
    fn from(not_done: NotDone) -> Self {
        match not_done {
            NotDone::Cancelled => Self::new(OwnCode::Cancelled, CALLER_CANCELLED),
            NotDone::NoThread(error) => Self::new(
                OwnCode::Internal,
                format!("no thread can be started: {error}"),
            ),
            NotDone::Panicked => Self::new(OwnCode::Internal, "a thread ended without its result"),
        }
    }
}

/// Does `work` on a thread of its own, and waits for its result until the caller cancels.
pub(crate) fn on_thread<T: Send + 'static>(
    name: &str,
    cancel: &Cancel,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, NotDone> {
    let (sender, receiver) = channel();
    thread::Builder::new()
        .name(name.to_owned())
        // If the caller has cancelled, nobody listens any more.
        .spawn(move || drop(sender.send(work())))
        .map_err(NotDone::NoThread)?;
    loop {
        match receiver.recv_timeout(BETWEEN_CHECKS) {
            Ok(result) => return Ok(result),
            Err(RecvTimeoutError::Timeout) if cancel.check() => return Err(NotDone::Cancelled),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Err(NotDone::Panicked),
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
        assert!(matches!(result, Err(NotDone::Cancelled)));
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
