//! Commands about access tokens, and about the credentials that WeChat gives to a platform.

mod set_refresh_token;
mod set_verify_ticket;
mod status;

use std::ffi::OsString;

use clap::{Args, Subcommand};
use jumpqr::Platform;
use serde_json::json;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{CommandResult, GOOD, escape};

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
    pub(crate) fn run(&self, context: &Context<'_>) -> CommandResult {
        match &self.command {
            TokenCommand::Status(status::Status) => status::run(context),
            TokenCommand::SetVerifyTicket(command) => command.run(context),
            TokenCommand::SetRefreshToken(command) => command.run(context),
        }
    }
}

/// Opens the platform whose store the command writes to, and returns the appid of the merchant, if one
/// is named. `arguments` may be the secret itself: they are refused, and the error does not repeat
/// them.
fn open_platform(
    context: &Context<'_>,
    arguments: &[OsString],
) -> Result<(Platform, Option<String>), CommandError> {
    if !arguments.is_empty() {
        return Err(context.usage(
            "a secret must not be an argument, because every user of this machine could read it: \
             give it on standard input, or name a file",
        ));
    }
    if context.uses_sandbox() {
        return Err(context.usage(
            "--sandbox keeps nothing after the command: run `jumpqr sandbox`, and name its URL \
             with --base-url",
        ));
    }
    context.platform()
}

/// Prints that a credential of the platform, or of its merchant `appid`, is stored.
fn print_stored(
    credential: &str,
    platform: &Platform,
    appid: Option<&str>,
    context: &Context<'_>,
) -> Exit {
    let component_appid = platform.component_appid();
    let store = platform.store_name();
    let shown_platform = escape(component_appid);
    let (place, members) = match appid {
        Some(appid) => (
            format!("{}, for {shown_platform},", escape(appid)),
            json!({"component_appid": component_appid, "appid": appid, "store": store}),
        ),
        None => (
            shown_platform,
            json!({"component_appid": component_appid, "store": store}),
        ),
    };
    let store = escape(&store);
    let text = format!("{GOOD}Stored{GOOD:#} the {credential} of {place} in {store}.");
    context.print(members, &text)
}
