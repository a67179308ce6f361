//! What identifies a process. A forked process must not use its parent's connections.

use std::sync::atomic::{AtomicU32, Ordering};

use pyo3::prelude::*;

/// How many times Python has forked on the way to this process.
static FORKS: AtomicU32 = AtomicU32::new(0);

/// Counts a fork, in the child.
#[pyfunction]
pub(crate) fn count_fork() {
    FORKS.fetch_add(1, Ordering::Relaxed);
}

/// Returns what identifies this process: its id, and the number of forks. An ancestor that has
/// ended may have had the same id. A program that forks without Python, such as uWSGI, does not
/// count.
#[pyfunction]
pub(crate) fn process() -> u64 {
    u64::from(FORKS.load(Ordering::Relaxed)) << 32 | u64::from(std::process::id())
}
