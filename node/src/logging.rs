use std::io::{Write, stderr};
use std::process;

use log::{LevelFilter, Log, Metadata, Record};
use napi_derive::napi;

use crate::guard::guard;

/// Writes lines as `util.debuglog` does. It writes them without Node, because a worker may have
/// ended before its calls.
struct DebugLog;

impl Log for DebugLog {
    /// Accepts only lines of jumpqr: those of other crates may show a secret.
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().split("::").next() == Some("jumpqr")
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            let line = format!("JUMPQR {}: {}\n", process::id(), record.args());
            // If standard error is closed, nobody reads the line.
            drop(stderr().write_all(line.as_bytes()));
        }
    }

    fn flush(&self) {}
}

/// Writes to standard error, from now on, what calls do besides sending their requests.
#[napi]
pub fn log_to_stderr() -> napi::Result<()> {
    guard(|| {
        // It fails if another worker has set it, or the command has a logger of its own.
        drop(log::set_logger(&DebugLog));
        log::set_max_level(LevelFilter::Debug);
        Ok(())
    })
}
