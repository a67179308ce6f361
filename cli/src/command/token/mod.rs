//! Commands about access tokens, and about the credentials that WeChat gives to a platform.

mod set_refresh_token;
mod set_verify_ticket;
mod status;

use std::ffi::OsString;

use clap::{Args, Subcommand};
use jumpqr::Platform;

use crate::args::Options;
use crate::connection;
use crate::credentials::{PlatformCredentials, missing_credentials};
use crate::error::CommandError;
use crate::input::Input;
use crate::output::CommandResult;

const EXAMPLES: &str = "\
Examples:
  jumpqr token status
  jumpqr token set-verify-ticket < ticket
  jumpqr token set-refresh-token --account wx1234567890abcdef < refresh-token";

/// Show the stored access tokens, or store what WeChat gives to a third-party platform
///
/// A token is fetched when a call needs one, and kept in --token-store for later calls.
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
    pub(crate) fn run(&self, options: &Options) -> CommandResult {
        match &self.command {
            TokenCommand::Status(status::Status) => status::run(options),
            TokenCommand::SetVerifyTicket(command) => command.run(options),
            TokenCommand::SetRefreshToken(command) => command.run(options),
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

/// Opens the platform whose store `command` writes to. `arguments` may be the secret itself: they
/// are refused, and the error does not repeat them.
fn open_platform(
    options: &Options,
    command: &'static str,
    arguments: &[OsString],
) -> Result<Platform, CommandError> {
    if !arguments.is_empty() {
        return Err(CommandError::usage(
            Some(command),
            "a secret must not be an argument, because every user of this machine could read it: \
             give it on standard input, or name a file",
        ));
    }
    if options.sandbox {
        return Err(CommandError::usage(
            Some(command),
            "--sandbox keeps nothing after the command: run `jumpqr sandbox`, and name its URL \
             with --base-url",
        ));
    }
    let credentials = PlatformCredentials::read(options)?.ok_or_else(|| {
        missing_credentials(
            "there is no platform: --component-appid and JUMPQR_COMPONENT_APPID are not set",
        )
    })?;
    connection::build_platform(options, credentials)
}
