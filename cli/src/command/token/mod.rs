//! The tokens that calls are made with, and what a platform needs to get its own.

mod set_refresh_token;
mod set_verify_ticket;
mod status;

use std::ffi::OsString;

use clap::{Args, Subcommand};
use jumpqr::Platform;

use crate::args::Global;
use crate::connection;
use crate::credentials::{Component, missing};
use crate::failure::Failure;
use crate::input::Input;
use crate::output::Ending;

const EXAMPLES: &str = "\
Examples:
  jumpqr token status
  jumpqr token set-verify-ticket < ticket
  jumpqr token set-refresh-token --account wx1234567890abcdef < refresh-token";

/// Look at the access tokens that are kept, or hand over what a third-party platform gets its own with
///
/// Tokens are fetched when a call needs one, and kept in --token-store for those that follow.
#[derive(Debug, Args)]
#[command(
    after_help = EXAMPLES,
    arg_required_else_help = true,
    subcommand_required = true
)]
pub(crate) struct Token {
    #[command(subcommand)]
    command: TokenCommand,
}

#[derive(Debug, Subcommand)]
enum TokenCommand {
    Status(status::Status),
    SetVerifyTicket(set_verify_ticket::SetVerifyTicket),
    SetRefreshToken(set_refresh_token::SetRefreshToken),
}

impl Token {
    pub(crate) fn run(&self, global: &Global) -> Ending {
        match &self.command {
            TokenCommand::Status(status::Status) => status::run(global),
            TokenCommand::SetVerifyTicket(command) => command.run(global),
            TokenCommand::SetRefreshToken(command) => command.run(global),
        }
    }

    pub(crate) fn input(&self) -> Option<&Input> {
        match &self.command {
            TokenCommand::Status(_) => None,
            TokenCommand::SetVerifyTicket(command) => Some(&command.ticket_file),
            TokenCommand::SetRefreshToken(command) => Some(&command.refresh_token_file),
        }
    }
}

/// The platform for whose store something is handed over to `command`. `arguments` are those that may be the secret itself:
/// they are refused without being repeated.
fn receiving(
    global: &Global,
    command: &'static str,
    arguments: &[OsString],
) -> Result<Platform, Failure> {
    if !arguments.is_empty() {
        return Err(Failure::usage(
            Some(command),
            "no secret is taken as an argument, where everybody on this machine could read it: give it on standard input, or name a file",
        ));
    }
    if global.sandbox {
        return Err(Failure::usage(
            Some(command),
            "the sandbox of --sandbox keeps nothing; give it to one of `jumpqr sandbox`, with --base-url",
        ));
    }
    let component = Component::gather(global)?.ok_or_else(|| {
        missing("there is no platform: --component-appid and JUMPQR_COMPONENT_APPID are not set")
    })?;
    connection::platform(global, component)
}
