use jumpqr_sandbox::{Credentials, Sandbox};

use super::{Jumpqr, jumpqr};

/// Makes a command that calls `sandbox` with these credentials.
pub(crate) fn as_account(
    sandbox: &Sandbox,
    credentials: &Credentials,
    arguments: &[&str],
) -> Jumpqr {
    jumpqr(arguments)
        .env("JUMPQR_BASE_URL", sandbox.base_url())
        .env("JUMPQR_APPID", &credentials.appid)
        .env("JUMPQR_SECRET", credentials.secret.expose())
}

/// Makes a command that calls `sandbox` as its Mini Program.
pub(crate) fn as_mini_program(sandbox: &Sandbox, arguments: &[&str]) -> Jumpqr {
    as_account(sandbox, &sandbox.mini_program(), arguments)
}
