use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jumpqr_core::interface::{AddJumpQRCode, GetJumpQRCode, Interface};
use serde::{Deserialize, Serialize};

/// How long an idle connection may take to meet its fault.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a server has seen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// The connections.
    pub connections: u64,
    /// The requests whose head was read, in this order: the interface's name, or the path where it is none of the two.
    pub requests: Vec<String>,
    /// The connections to the host to which a redirect leads.
    pub elsewhere: u64,
}

/// What the threads of a server have in common.
#[derive(Debug, Default)]
pub(super) struct Record {
    inner: Mutex<Inner>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Inner {
    seen: Seen,
    /// Idle connections that wait for their fault.
    waiting: usize,
    /// How often the idle connections were told to meet it.
    cues: usize,
}

impl Record {
    pub(super) fn connection(&self) {
        self.lock().seen.connections += 1;
    }

    pub(super) fn elsewhere(&self) {
        self.lock().seen.elsewhere += 1;
    }

    /// Gives the number of the request, from 1.
    pub(super) fn request(&self, path: &str) -> usize {
        let name = match path.rsplit('/').next() {
            Some("qrcodejumpadd") => AddJumpQRCode::NAME,
            Some("qrcodejumpget") => GetJumpQRCode::NAME,
            _ => path,
        };
        let mut inner = self.lock();
        inner.seen.requests.push(name.to_owned());
        inner.seen.requests.len()
    }

    /// An idle connection begins to wait for its fault.
    pub(super) fn wait(&self) -> Waiting<'_> {
        let mut inner = self.lock();
        inner.waiting += 1;
        Waiting {
            record: self,
            since: inner.cues,
        }
    }

    /// What was seen, once every idle connection has met its fault.
    pub(super) fn seen(&self) -> Seen {
        let mut inner = self.lock();
        inner.cues += 1;
        let (inner, _) = self
            .changed
            .wait_timeout_while(inner, PATIENCE, |inner| inner.waiting > 0)
            .unwrap_or_else(PoisonError::into_inner);
        inner.seen.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Until it is dropped, an idle connection waits for its fault, or it is happening.
pub(super) struct Waiting<'a> {
    record: &'a Record,
    since: usize,
}

impl Waiting<'_> {
    /// Whether the fault is to happen now.
    pub(super) fn is_over(&self) -> bool {
        self.record.lock().cues != self.since
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.record.lock().waiting -= 1;
        self.record.changed.notify_all();
    }
}
