//! Commands about access tokens, and about the credentials that WeChat gives to a platform.

mod credential;
mod push_ticket;
mod status;

use clap::{Args, Subcommand};

use crate::context::Context;
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
    SetVerifyTicket(credential::SetVerifyTicket),
    SetRefreshToken(credential::SetRefreshToken),
    PushTicket(push_ticket::PushTicket),
}

impl Token {
    pub(crate) fn run(&self, context: &Context<'_>) -> CommandResult {
        match &self.command {
            TokenCommand::Status(status::Status) => status::run(context),
            TokenCommand::SetVerifyTicket(command) => command.run(context),
            TokenCommand::SetRefreshToken(command) => command.run(context),
            TokenCommand::PushTicket(push_ticket::PushTicket) => push_ticket::run(context),
        }
    }
}
