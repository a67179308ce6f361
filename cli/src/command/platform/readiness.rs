use clap::Args;
use jumpqr::readiness::{Mode, Readiness, Severity, Verdict};
use serde_json::json;

use crate::context::Context;
use crate::exit::Exit;
use crate::output::{BAD, CommandResult, GOOD, WARNING, escape};

const EXAMPLES: &str = "\
Examples:
  jumpqr platform readiness wx1234567890abcdef
  jumpqr platform readiness wx1234567890abcdef --mode service_account";

/// Judge before any write whether the rules of a merchant can work (api_get_authorizer_info)
///
/// It tells a personal account (85075), a missing permission set (61007), an account that is not
/// verified, banned or frozen. If something blocks the rules, the exit code is 4.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Judge {
    /// The merchant; in service-account mode the service account [example: wx1234567890abcdef]
    #[arg(value_name = "APPID")]
    appid: String,

    /// The mode of the rules
    #[arg(long, value_name = "NAME", default_value = Mode::OrdinaryLink.name())]
    #[arg(value_parser = [Mode::OrdinaryLink.name(), Mode::ServiceAccount.name()])]
    mode: String,
}

impl Judge {
    pub(super) fn run(&self, context: &Context<'_>) -> CommandResult {
        let (platform, _) = context.platform()?;
        let readiness = platform.readiness(&self.appid, Mode::from_name(&self.mode)?)?;
        let mut members = json!(readiness);
        if let Some(members) = members.as_object_mut() {
            members.insert("authorizer_appid".to_owned(), json!(self.appid));
        }
        let exit = context.print(members, &describe(&self.appid, &readiness));
        let is_blocked = readiness.verdict() == Verdict::NotReady;
        Ok(if is_blocked && exit == Exit::Ok {
            Exit::Refused
        } else {
            exit
        })
    }
}

fn describe(appid: &str, readiness: &Readiness) -> String {
    let appid = escape(appid);
    let verdict = match readiness.verdict() {
        Verdict::Ready => format!("{GOOD}Ready{GOOD:#}: the rules of {appid} can work."),
        Verdict::NotReady => format!("{BAD}Not ready{BAD:#}: WeChat refuses the rules of {appid}."),
        _ => format!("{WARNING}Not known{WARNING:#}: WeChat does not tell everything of {appid}."),
    };
    let findings = readiness.findings.iter().map(|finding| {
        let label = match finding.code.severity() {
            Severity::Blocks => "blocks",
            Severity::Warns => "warning",
            Severity::Unknown => "unknown",
        };
        format!("\n  {label}: {}", escape(&finding.to_string()))
    });
    verdict + &findings.collect::<String>()
}
