//! The `jumpqr` command. See the library of this crate.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(jumpqr_cli::run(std::env::args_os()))
}
