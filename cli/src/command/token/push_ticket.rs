use clap::Args;
use jumpqr::interface::TicketPushes;
use serde_json::json;

use crate::context::Context;
use crate::output::{CommandResult, GOOD};

const EXAMPLES: &str = "\
Example:
  jumpqr token push-ticket";

/// Ask WeChat to push tickets to the platform again (api_start_push_ticket)
///
/// WeChat stops pushing if the platform's address does not answer. First see that the address
/// answers within 5 seconds, and that `jumpqr push handle` or your server accepts what comes. This
/// needs no token.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct PushTicket;

pub(super) fn run(context: &Context<'_>) -> CommandResult {
    let (platform, _) = context.platform()?;
    let pushes = platform.start_push_ticket()?;
    let text = match pushes {
        TicketPushes::Restarted => {
            format!("{GOOD}Restarted{GOOD:#}: WeChat pushes a ticket soon, then every 10 minutes.")
        }
        // WeChat knows these two answers.
        _ => {
            "WeChat has not stopped pushing. If no ticket comes, see which address the console has, \
             and whether a firewall is in the way."
                .to_owned()
        }
    };
    let members = json!({"component_appid": platform.component_appid(), "pushes": pushes});
    Ok(context.print(members, &text))
}
