use clap::Args;
use jumpqr::interface::{LinkMiniprogram, LinkStatus, LinkedMiniprogram};
use serde_json::json;

use super::{check_call, describe_confirmation, with_warnings};
use crate::acting_as::ActingAs;
use crate::connection::Connection;
use crate::context::Context;
use crate::output::{CommandResult, GOOD, NextStep, escape, format_next_steps, format_table};

const EXAMPLES: &str = "\
Examples:
  jumpqr link wx1234567890abcdef
  jumpqr link --status";

/// Link the service account to a Mini Program, before service-account rules (linkMiniprogram)
///
/// An administrator of each side must confirm; --status shows who has not confirmed yet.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Link {
    /// The Mini Program to link [example: wx1234567890abcdef]
    #[arg(value_name = "APPID", required_unless_present = "status")]
    appid: Option<String>,

    /// Notify the account's followers
    #[arg(long)]
    notify_users: bool,

    /// Show the Mini Program on the account's profile
    #[arg(long)]
    show_profile: bool,

    /// List the linked Mini Programs, and the ones that await confirmation (wxamplinkget)
    #[arg(long, conflicts_with_all = ["appid", "notify_users", "show_profile"])]
    status: bool,
}

impl Link {
    pub(crate) fn run(&self, context: &Context<'_>) -> CommandResult {
        let mini_program = self.appid.as_deref();
        let Some(appid) = mini_program else {
            let connection = Connection::open(context, ActingAs::Linking { mini_program })?;
            let items = connection.client.wxamplinkget()?;
            return Ok(context.print(json!({"items": items}), &format_links(&items)));
        };
        let call = LinkMiniprogram {
            appid: appid.to_owned(),
            notify_users: self.notify_users,
            show_profile: self.show_profile,
        };
        let warnings = check_call(&call, true)?;
        let connection = Connection::open(context, ActingAs::Linking { mini_program })?;
        let confirmation = with_warnings(connection.client.link_miniprogram(call), warnings)?;
        let steps = format_next_steps(&[
            NextStep::new(
                "An administrator of the service account and one of the Mini Program must confirm \
                 in WeChat",
                [],
            ),
            NextStep::new(
                "See who has not confirmed yet",
                ["jumpqr link --status".to_owned()],
            ),
        ]);
        let text = format!(
            "{GOOD}Requested{GOOD:#} the link to {}: {}.\n\n{steps}",
            escape(appid),
            describe_confirmation(confirmation)
        );
        let members = json!({"appid": appid, "confirmation": confirmation});
        Ok(context.print(members, &text))
    }
}

fn format_links(items: &[LinkedMiniprogram]) -> String {
    if items.is_empty() {
        return "The service account is linked to no Mini Program.".to_owned();
    }
    let rows = items.iter().map(|item| {
        let status = item.status.map_or("not documented", LinkStatus::name);
        vec![
            escape(&item.appid),
            status.replace('_', " "),
            escape(item.nickname.as_deref().unwrap_or_default()),
        ]
    });
    format_table(&["appid", "status", "nickname"], rows)
}
