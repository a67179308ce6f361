//! The extension module `jumpqr._jumpqr`: converts and calls, and decides nothing.
//!
//! The Python files of the package (`pysrc/jumpqr`) are the interface; use nothing here directly.
//! Structured values cross the border as JSON values with the wire names. So a mapping and a typed
//! rule go through the same parser in core, and all languages have the same responses and errors.
//!
//! Every function releases the interpreter's lock while it works. A panic becomes an error of the
//! kind `internal`.

mod blocking_client;
mod caller;
mod cancel;
mod client;
mod error;
#[cfg(target_os = "linux")]
mod event_loop;
mod hidden;
#[cfg(feature = "test-hooks")]
mod hooks;
mod interpreter;
mod json;
mod known;
mod listener;
mod logging;
mod merchants;
mod method;
mod offline;
mod permits;
mod platform;
mod process;
mod push;
mod python_call;
mod qr;
mod raw_call;
mod rules;
mod sandbox;
mod settings;
mod token;
mod typed_rule;

use pyo3::prelude::*;

/// Converts and calls; the package `jumpqr` is the interface.
#[pymodule]
mod _jumpqr {
    use std::ffi::OsString;

    use pyo3::prelude::*;

    use crate::error::offline;

    #[pymodule_export]
    use crate::blocking_client::BlockingClient;
    #[pymodule_export]
    use crate::caller::cancel_of_thread;
    #[pymodule_export]
    use crate::cancel::Cancel;
    #[pymodule_export]
    use crate::client::OpenClient;
    #[cfg(target_os = "linux")]
    #[pymodule_export]
    use crate::event_loop::{InFlightCalls, UnfinishedCall};
    #[pymodule_export]
    use crate::hidden::Hidden;
    #[cfg(feature = "test-hooks")]
    #[pymodule_export]
    use crate::hooks::panic;
    #[pymodule_export]
    use crate::listener::tell;
    #[pymodule_export]
    use crate::logging::logger_of_calls;
    #[pymodule_export]
    use crate::merchants::Merchants;
    #[pymodule_export]
    use crate::offline::{
        RuleSet, all_names, check_call, check_document, launch_query, location, nearest_prefix,
        occupies, undocumented_equivalence,
    };
    #[pymodule_export]
    use crate::permits::{Permit, Permits};
    #[pymodule_export]
    use crate::platform::Platform;
    #[pymodule_export]
    use crate::process::{count_fork, process};
    #[pymodule_export]
    use crate::push::{Handled, Push, Receiver};
    #[pymodule_export]
    use crate::qr::QrCode;
    #[pymodule_export]
    use crate::rules::Rules;
    #[pymodule_export]
    use crate::sandbox::Sandbox;
    #[pymodule_export]
    use crate::token::TookTooLong;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        crate::interpreter::check(module.py())
    }

    /// The version of the package.
    #[pymodule_export]
    #[expect(non_upper_case_globals, reason = "the name is Python's")]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    /// The message token with which the sandbox pushes.
    #[pymodule_export]
    const MESSAGE_TOKEN: &str = jumpqr_sandbox::MESSAGE_TOKEN;

    /// The EncodingAESKey with which the sandbox pushes.
    #[pymodule_export]
    const ENCODING_AES_KEY: &str = jumpqr_sandbox::ENCODING_AES_KEY;

    /// Runs the command with these arguments, the name of the program first; returns its exit code.
    #[pyfunction]
    fn command(py: Python<'_>, arguments: Vec<OsString>) -> PyResult<u8> {
        offline(py, || Ok(jumpqr_cli::run(arguments)))
    }
}
