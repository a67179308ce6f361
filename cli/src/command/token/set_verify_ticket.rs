use std::ffi::OsString;

use clap::Args;

use super::{open_platform, print_stored};
use crate::context::Context;
use crate::credentials::read_secret;
use crate::input::Input;
use crate::output::CommandResult;

const EXAMPLES: &str = "\
Examples:
  jumpqr token set-verify-ticket < ticket
  jumpqr token set-verify-ticket --ticket-file /run/wechat/ticket";

/// Store the component_verify_ticket that WeChat has just pushed to the platform
///
/// WeChat pushes a ticket every 10 minutes. Each is valid for 12 hours. Without one, the platform
/// gets no token. Give the decrypted ComponentVerifyTicket, which begins with `ticket@@@`. The
/// ciphertext of Encrypt is refused. Nothing is sent.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct SetVerifyTicket {
    /// Read the ticket from this file; `-` is standard input
    #[arg(long, value_name = "FILE", default_value = "-")]
    ticket_file: Input,

    #[arg(hide = true)]
    arguments: Vec<OsString>,
}

impl SetVerifyTicket {
    pub(super) fn run(&self, context: &Context<'_>) -> CommandResult {
        let (platform, _) = open_platform(context, &self.arguments)?;
        platform.set_verify_ticket(read_secret(&self.ticket_file)?)?;
        let credential = "component_verify_ticket";
        Ok(print_stored(credential, &platform, None, context))
    }
}
