use std::io::{self, Write};

use clap::Args;
use jumpqr::interface::{Confirmation, LinkMiniprogram, LinkStatus, LinkedMiniprogram};
use serde_json::{Value, json};

use super::{answer_in_words, checked};
use crate::args::Global;
use crate::connection::{Caller, Connection};
use crate::failure::Failure;
use crate::output::{Ending, GOOD, NextStep, Report, list, print_next_steps, printable};

const EXAMPLES: &str = "\
Examples:
  jumpqr link wx1234567890abcdef
  jumpqr link --status";

/// Link the service account to a Mini Program, before service-account rules (linkMiniprogram)
///
/// An administrator of each side confirms; --status tells how far that is.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Link {
    /// The Mini Program to link [example: wx1234567890abcdef]
    #[arg(value_name = "APPID", required_unless_present = "status")]
    appid: Option<String>,

    /// Tell the account's followers
    #[arg(long)]
    notify_users: bool,

    /// Show the Mini Program on the account's profile
    #[arg(long)]
    show_profile: bool,

    /// List the Mini Programs that are linked, or about to be (wxamplinkget)
    #[arg(long, conflicts_with_all = ["appid", "notify_users", "show_profile"])]
    status: bool,
}

impl Link {
    pub(crate) fn run(&self, global: &Global) -> Ending {
        let Some(appid) = &self.appid else {
            return status(global);
        };
        let call = LinkMiniprogram {
            appid: appid.clone(),
            notify_users: self.notify_users,
            show_profile: self.show_profile,
        };
        let warnings = checked(&call)?;
        let caller = Caller::Linking {
            mini_program: Some(appid),
        };
        let connection = Connection::open(global, caller)?;
        match connection.client.link_miniprogram(call) {
            Ok(confirmation) => Ok(Box::new(Asked {
                appid: appid.clone(),
                confirmation,
            })),
            Err(error) => Err(Failure::from(error).warned(warnings)),
        }
    }
}

fn status(global: &Global) -> Ending {
    let connection = Connection::open(global, Caller::Linking { mini_program: None })?;
    let linked = connection.client.wxamplinkget()?;
    Ok(Box::new(Status { linked }))
}

struct Asked {
    appid: String,
    confirmation: Confirmation,
}

impl Report for Asked {
    fn command(&self) -> &'static str {
        "link"
    }

    fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        let appid = printable(&self.appid);
        let answer = answer_in_words(self.confirmation);
        writeln!(out, "{GOOD}Asked{GOOD:#} to link {appid}: {answer}.")?;
        writeln!(out)?;
        let steps = [
            NextStep::new(
                "An administrator of the service account and one of the Mini Program confirm in WeChat",
                [],
            ),
            NextStep::new("See how far it is", ["jumpqr link --status".to_owned()]),
        ];
        print_next_steps(out, &steps)
    }

    fn json(&self) -> Value {
        json!({"appid": self.appid, "confirmation": self.confirmation.name()})
    }
}

struct Status {
    linked: Vec<LinkedMiniprogram>,
}

impl Report for Status {
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
                printable(&item.appid).into_owned(),
                status.replace('_', " "),
                printable(item.nickname.as_deref().unwrap_or_default()).into_owned(),
            ]
        });
        writeln!(out, "{}", list(&["appid", "status", "nickname"], rows))
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
