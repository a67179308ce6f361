//! The `jumpqr` command: adds and modifies the rules by which WeChat opens a Mini Program when
//! somebody scans a QR code.
//!
//! `jumpqr_core` and `jumpqr` decide everything about WeChat. This crate reads the command line,
//! files and the environment, and prints. It is a library, so that the packages for Python and Node
//! can include the command.

mod acting_as;
mod all_rules;
mod cli;
mod command;
mod connection;
mod context;
mod credentials;
mod error;
mod exit;
mod input;
mod interrupt;
mod judge;
mod number;
mod options;
mod output;
mod preflight;
mod question;
mod rule_set_source;
mod rule_source;
mod sandbox;
mod scanned_link;
mod settings;
mod token_store;
mod whole_file;
mod workers;

use std::ffi::OsString;

/// Runs the command and returns its exit code. The first argument is the name of the program.
///
/// It uses the standard input, standard output, standard error and environment of this process,
/// and keeps tokens in a folder of the user. `jumpqr sandbox` and `jumpqr download --serve` set a
/// handler for Ctrl-C, and return when that is pressed.
#[must_use]
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    output::log_warnings_to_stderr();
    let arguments: Vec<_> = arguments.into_iter().collect();
    cli::run(&arguments) as u8
}
