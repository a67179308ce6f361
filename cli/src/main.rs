//! The `jumpqr` command: adds and modifies the rules by which WeChat opens a Mini Program when somebody scans a QR code.
//!
//! Everything about WeChat is decided in `jumpqr_core` and `jumpqr`; this crate reads the command line, files and the
//! environment, and prints.

mod args;
mod command;
mod connection;
mod credentials;
mod exit;
mod failure;
mod input;
mod output;
mod rule_source;
mod rules_file;
mod sandbox;

use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = match args::parse() {
        Ok(cli) => cli,
        Err(unparsed) => return output::unparsed(&unparsed).into(),
    };
    let result = cli.run();
    output::print(cli.global.json, result).into()
}
