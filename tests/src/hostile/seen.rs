use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jumpqr_core::interface::{AddJumpQRCode, GetJumpQRCode, Interface};
use serde::{Deserialize, Serialize};

/// How long an idle connection may take to run its fault.
const IDLE_FAULT_TIMEOUT: Duration = Duration::from_secs(5);

/// What a server has seen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// The number of connections.
    pub connections: u64,
    /// The requests whose head was read, in order: the interface's name, or the path of an unknown
    /// interface.
    pub requests: Vec<String>,
    /// The number of connections to the target host of a redirect.
    pub elsewhere: u64,
}

/// The shared state of the threads of a server.
#[derive(Debug, Default)]
pub(super) struct Recorder {
    inner: Mutex<Inner>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Inner {
    seen: Seen,
    /// The number of idle connections that wait for their fault.
    waiting: usize,
    /// How often the idle connections were told to run their fault.
    cues: usize,
}

impl Recorder {
    pub(super) fn count_connection(&self) {
        self.lock().seen.connections += 1;
    }

    pub(super) fn count_elsewhere(&self) {
        self.lock().seen.elsewhere += 1;
    }

    /// Records a request. Returns its number, from 1.
    pub(super) fn add_request(&self, path: &str) -> usize {
        let name = match path.rsplit('/').next() {
            Some("qrcodejumpadd") => AddJumpQRCode::NAME,
            Some("qrcodejumpget") => GetJumpQRCode::NAME,
            _ => path,
        };
        let mut inner = self.lock();
        inner.seen.requests.push(name.to_owned());
        inner.seen.requests.len()
    }

    /// Registers an idle connection that waits for its fault.
    pub(super) fn begin_idle_wait(&self) -> IdleWait<'_> {
        let mut inner = self.lock();
        inner.waiting += 1;
        IdleWait {
            recorder: self,
            since: inner.cues,
        }
    }

    /// Runs the fault of every idle connection, and returns what was seen.
    pub(super) fn seen(&self) -> Seen {
        let mut inner = self.lock();
        inner.cues += 1;
        let (inner, _) = self
            .changed
            .wait_timeout_while(inner, IDLE_FAULT_TIMEOUT, |inner| inner.waiting > 0)
            .unwrap_or_else(PoisonError::into_inner);
        inner.seen.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// While this lives, an idle connection waits for its fault or runs it.
pub(super) struct IdleWait<'a> {
    recorder: &'a Recorder,
    since: usize,
}

impl IdleWait<'_> {
    /// Returns whether the fault must run now.
    pub(super) fn is_due(&self) -> bool {
        self.recorder.lock().cues != self.since
    }
}

impl Drop for IdleWait<'_> {
    fn drop(&mut self) {
        self.recorder.lock().waiting -= 1;
        self.recorder.changed.notify_all();
    }
}
