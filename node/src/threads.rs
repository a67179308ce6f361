//! Threads on which calls block, for all clients of the process. They do what the event loop must
//! not wait for.
//!
//! libuv has only four, and `fs` and `dns` wait for them. Those of napi's tokio are no replacement.
//! Measured with a warm call: an `async fn` with `spawn_blocking` puts a thread to sleep 7.1 times
//! and takes twice the CPU time, because the future runs on a third thread. `spawn_blocking` alone
//! does so 4.3 times, these threads 2.3 times. tokio also starts a thread for each call that comes
//! before a finished thread is idle: 514 for 64 calls in flight, where these are 64.

use std::io;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Duration;

/// How long a thread waits for work before it ends.
const KEEP_ALIVE: Duration = if cfg!(feature = "test-hooks") {
    Duration::from_millis(5)
} else {
    Duration::from_secs(5)
};

/// A call. It returns what emits its ending, unless its JavaScript thread has ended. It does not
/// panic.
type Work = Box<dyn FnOnce() -> Option<Box<dyn FnOnce()>> + Send>;

/// The idle threads, with where each one receives work. The last is taken first, so that the others
/// can end.
static IDLE: Mutex<Vec<(ThreadId, Sender<Work>)>> = Mutex::new(Vec::new());

/// Does `work` on a thread, and then what it returns. Fails if no thread can be started.
pub(crate) fn run(work: Work) -> io::Result<()> {
    // Sending wakes the thread. The others must not wait for that.
    if let Some((_, mailbox)) = { idle().pop() } {
        let sent = mailbox.send(work);
        return sent.map_err(|_| io::ErrorKind::BrokenPipe.into());
    }
    let thread = thread::Builder::new().name("jumpqr".to_owned());
    thread.spawn(move || serve(work)).map(drop)
}

/// Does this work, and further work until none has come for a while.
fn serve(mut work: Work) {
    let (mailbox, received) = channel();
    // A thread ends with the JavaScript thread of its call.
    while let Some(emit_ending) = work() {
        // First, so that the call that follows this ending finds the thread.
        idle().push((thread::current().id(), mailbox.clone()));
        emit_ending();
        let next = received.recv_timeout(KEEP_ALIVE).ok();
        // If it is no longer idle, its work is on the way.
        let next = next.or_else(|| is_taken().then(|| received.recv().ok()).flatten());
        let Some(next) = next else { return };
        work = next;
    }
}

/// Returns whether this thread has been taken from the idle ones. If not, it is now none of them.
fn is_taken() -> bool {
    let this = thread::current().id();
    let mut idle = idle();
    let index = idle.iter().position(|(thread, _)| *thread == this);
    index.map(|index| idle.remove(index)).is_none()
}

fn idle() -> MutexGuard<'static, Vec<(ThreadId, Sender<Work>)>> {
    IDLE.lock().unwrap_or_else(PoisonError::into_inner)
}
