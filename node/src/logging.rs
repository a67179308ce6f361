use std::io::{Write, stderr};
use std::process;

use log::{LevelFilter, Log, Metadata, Record};
use napi_derive::napi;

use crate::guard::guard;

/// Writes lines as `util.debuglog` does. It does not ask Node to write them: a worker may have
/// ended before its calls.
struct DebugLog;

impl Log for DebugLog {
    /// What other crates log may show a secret.
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().split("::").next() == Some("jumpqr")
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            let line = format!("JUMPQR {}: {}\n", process::id(), record.args());
            // Nobody reads it.
            drop(stderr().write_all(line.as_bytes()));
        }
    }

    fn flush(&self) {}
}

/// From now on, what calls do besides sending their requests is written to standard error.
#[napi]
pub fn log_to_stderr() -> napi::Result<()> {
    guard(|| {
        // Another worker has done it, or the command has a logger of its own.
        drop(log::set_logger(&DebugLog));
        log::set_max_level(LevelFilter::Debug);
        Ok(())
    })
}
