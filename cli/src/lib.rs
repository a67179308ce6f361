//! The `jumpqr` command: adds and modifies the rules by which WeChat opens a Mini Program when somebody scans a QR code.
//!
//! Everything about WeChat is decided in `jumpqr_core` and `jumpqr`; this crate reads the command line, files and the
//! environment, and prints. It is a library so that the packages of other languages can bring the command along.

mod args;
mod command;
mod connection;
mod credentials;
mod exit;
mod failure;
mod input;
mod output;
mod question;
mod rule_source;
mod rules_file;
mod sandbox;
mod token_store;

use std::ffi::OsString;

/// Runs the command with these arguments, the name of the program first, and returns its exit code.
///
/// It reads standard input and the environment where it is told to, keeps tokens in a folder of the user's, and prints on standard output and standard error of this
/// process. `jumpqr sandbox` returns only after Ctrl-C, for which it sets a handler.
#[must_use]
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    output::show_warnings();
    let arguments: Vec<_> = arguments.into_iter().collect();
    let exit = match args::parse(&arguments) {
        Ok(cli) => output::print(cli.global.json, cli.run()),
        Err(unparsed) => output::unparsed(&unparsed),
    };
    exit as u8
}
