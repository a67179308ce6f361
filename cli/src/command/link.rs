use std::io::{self, Write};

use clap::Args;
use jumpqr::interface::{Confirmation, LinkMiniprogram, LinkStatus, LinkedMiniprogram};
use serde_json::{Value, json};

use super::{check_call, describe_confirmation};
use crate::args::Options;
use crate::connection::{ActingAs, Connection};
use crate::error::CommandError;
use crate::output::{
    CommandResult, GOOD, NextStep, Report, escape, format_table, print_next_steps,
};

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
    pub(crate) fn run(&self, options: &Options) -> CommandResult {
        let Some(appid) = &self.appid else {
            return list_links(options);
        };
        let call = LinkMiniprogram {
            appid: appid.clone(),
            notify_users: self.notify_users,
            show_profile: self.show_profile,
        };
        let warnings = check_call(&call)?;
        let acting_as = ActingAs::Linking {
            mini_program: Some(appid),
        };
        let connection = Connection::open(options, acting_as)?;
        match connection.client.link_miniprogram(call) {
            Ok(confirmation) => Ok(Box::new(LinkReport {
                appid: appid.clone(),
                confirmation,
            })),
            Err(error) => Err(CommandError::from(error).with_warnings(warnings)),
        }
    }
}

fn list_links(options: &Options) -> CommandResult {
    let connection = Connection::open(options, ActingAs::Linking { mini_program: None })?;
    let linked = connection.client.wxamplinkget()?;
    Ok(Box::new(LinkStatusReport { linked }))
}

struct LinkReport {
    appid: String,
    confirmation: Confirmation,
}

impl Report for LinkReport {
    fn command(&self) -> &'static str {
        "link"
    }

    fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        let appid = escape(&self.appid);
        let confirmation = describe_confirmation(self.confirmation);
        writeln!(
            out,
            "{GOOD}Requested{GOOD:#} the link to {appid}: {confirmation}."
        )?;
        writeln!(out)?;
        let steps = [
            NextStep::new(
                "An administrator of the service account and one of the Mini Program must confirm \
                 in WeChat",
                [],
            ),
            NextStep::new(
                "See who has not confirmed yet",
                ["jumpqr link --status".to_owned()],
            ),
        ];
        print_next_steps(out, &steps)
    }

    fn json(&self) -> Value {
        json!({"appid": self.appid, "confirmation": self.confirmation.name()})
    }
}

struct LinkStatusReport {
    linked: Vec<LinkedMiniprogram>,
}

impl Report for LinkStatusReport {
    fn command(&self) -> &'static str {
        "link"
    }

    fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.linked.is_empty() {
            return writeln!(out, "The service account is linked to no Mini Program.");
        }
        let rows = self.linked.iter().map(|item| {
            let status = item.status.map_or("not documented", LinkStatus::name);
            vec![
                escape(&item.appid).into_owned(),
                status.replace('_', " "),
                escape(item.nickname.as_deref().unwrap_or_default()).into_owned(),
            ]
        });
        writeln!(
            out,
            "{}",
            format_table(&["appid", "status", "nickname"], rows)
        )
    }

    fn json(&self) -> Value {
        let items: Vec<_> = self
            .linked
            .iter()
            .map(|item| {
                json!({
                    "appid": item.appid,
                    "status": item.status.map(LinkStatus::name),
                    "nickname": item.nickname,
                })
            })
            .collect();
        json!({"items": items})
    }
}
