//! The `jumpqr` command; see the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(jumpqr_cli::run(std::env::args_os()))
}
