use clap::Args;
use jumpqr::interface::UnlinkMiniprogram;
use serde_json::json;

use super::{check_call, describe_confirmation, with_warnings};
use crate::acting_as::ActingAs;
use crate::connection::Connection;
use crate::context::Context;
use crate::output::{CommandResult, GOOD, NextStep, escape, format_next_steps};

const EXAMPLES: &str = "\
Examples:
  jumpqr unlink wx1234567890abcdef
  jumpqr link --status";

/// Unlink the service account from a Mini Program (unlinkMiniprogram)
///
/// An administrator of the service account must confirm. Until then, the link stays.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Unlink {
    /// The linked Mini Program [example: wx1234567890abcdef]
    #[arg(value_name = "APPID")]
    appid: String,
}

impl Unlink {
    pub(crate) fn run(&self, context: &Context<'_>) -> CommandResult {
        let call = UnlinkMiniprogram {
            appid: self.appid.clone(),
        };
        let warnings = check_call(&call, true)?;
        let mini_program = Some(self.appid.as_str());
        let connection = Connection::open(context, ActingAs::Linking { mini_program })?;
        let unlinked = connection.client.unlink_miniprogram(&self.appid);
        let confirmation = with_warnings(unlinked, warnings)?;
        let steps = format_next_steps(&[
            NextStep::new(
                "An administrator of the service account must confirm in WeChat",
                [],
            ),
            NextStep::new(
                "See whether the link is gone",
                ["jumpqr link --status".to_owned()],
            ),
        ]);
        let text = format!(
            "{GOOD}Requested{GOOD:#} the end of the link to {}: {}.\n\n{steps}",
            escape(&self.appid),
            describe_confirmation(confirmation)
        );
        let members = json!({"appid": self.appid, "confirmation": confirmation});
        Ok(context.print(members, &text))
    }
}
