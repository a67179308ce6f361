use std::ffi::OsString;

use napi_derive::napi;

use crate::guard::guard;

/// Runs the `jumpqr` command with these arguments, in this process, and returns its exit code.
#[napi]
pub fn run_command(arguments: Vec<String>) -> napi::Result<u8> {
    guard(|| {
        let name = std::iter::once(OsString::from("jumpqr"));
        Ok(jumpqr_cli::run(
            name.chain(arguments.into_iter().map(OsString::from)),
        ))
    })
}
