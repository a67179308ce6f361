//! Threads on which calls block, for all clients of the process.

use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Duration;

use crate::events::Ending;

/// How long a thread with nothing to do stays.
const STAY: Duration = if cfg!(feature = "test-hooks") {
    Duration::from_millis(5)
} else {
    Duration::from_secs(5)
};

/// What a thread is given to do. It does not panic.
type Work = Box<dyn FnOnce() -> Ending + Send>;

/// A thread that has nothing to do, and where it takes its next work from.
struct Idle {
    thread: ThreadId,
    mailbox: Sender<Work>,
}

/// Those that have nothing to do. The last is taken first, so that those beneath it are not kept for nothing.
static IDLE: Mutex<Vec<Idle>> = Mutex::new(Vec::new());

/// Does `work` on a thread, and then tells how it ended; the error is that no thread could be started.
pub(crate) fn run(work: impl FnOnce() -> Ending + Send + 'static) -> io::Result<()> {
    let mut work: Work = Box::new(work);
    while let Some(idle) = { idle().pop() } {
        match idle.mailbox.send(work) {
            Ok(()) => return Ok(()),
            Err(unsent) => work = unsent.0,
        }
    }
    let started = thread::Builder::new()
        .name("jumpqr".to_owned())
        .spawn(move || serve(work));
    started.map(drop)
}

/// Does this work, and what comes until there has been none for a while.
fn serve(mut work: Work) {
    let thread = thread::current().id();
    let (mailbox, given) = channel();
    loop {
        let ending = work();
        if ending.is_too_late() {
            // Nobody waits for it, and its JavaScript thread brings no more work: the thread goes
            // with it.
            return;
        }
        // Before it is told: the call that this makes room for finds the thread.
        idle().push(Idle {
            thread,
            mailbox: mailbox.clone(),
        });
        ending.tell();
        match next(thread, &given) {
            Some(given) => work = given,
            None => return,
        }
    }
}

/// The next work; none where there has been none for a while, and the thread is idle no longer.
fn next(thread: ThreadId, given: &Receiver<Work>) -> Option<Work> {
    if let Ok(work) = given.recv_timeout(STAY) {
        return Some(work);
    }
    {
        let mut idle = idle();
        if let Some(place) = idle.iter().position(|other| other.thread == thread) {
            idle.remove(place);
            return None;
        }
    }
    // Taken in the meantime: its work is on the way.
    given.recv().ok()
}

fn idle() -> MutexGuard<'static, Vec<Idle>> {
    IDLE.lock().unwrap_or_else(PoisonError::into_inner)
}
