use std::io::{self, Write};

use clap::Args;
use jumpqr::interface::{Confirmation, DeleteJumpQRCode, GetJumpQRCode, Interface, JumpQRCodeList};
use jumpqr::rule::RuleState;
use jumpqr::{Client, Error, RuleKey};
use serde_json::{Value, json};

use super::answer_in_words;
use super::named_rule::{DryRun, NamedRule};
use crate::args::Global;
use crate::connection::{Caller, Connection};
use crate::failure::{Cause, Failure};
use crate::output::{Ending, GOOD, Report, WARNING, printable};
use crate::question::{Answer, ask};

const EXAMPLES: &str = "\
Examples:
  jumpqr delete https://m.example.cn/table/
  jumpqr delete --dry-run https://m.example.cn/table/
  jumpqr delete http://weixin.qq.com/q/kZgfwMTm72W --appid wx1234567890abcdef";

/// Remove a rule at once, published or not (deleteJumpQRCode)
///
/// The rule is looked up first: if there is no such rule, that is an error (exit code 4), and
/// nothing is sent. On a terminal, the command asks before it deletes a published rule; elsewhere,
/// in scripts for example, it does not ask. WeChat is reported to answer ok and keep a damaged
/// rule, so the rule is read back; one that still stands is an error.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Delete {
    #[command(flatten)]
    rule: NamedRule,

    /// Do not ask before a published rule is deleted
    #[arg(long, short)]
    yes: bool,
}

impl Delete {
    pub(crate) fn run(&self, global: &Global) -> Ending {
        let key = self.rule.key();
        let call = DeleteJumpQRCode { key: key.clone() };
        let warnings = self.rule.check(&call)?;
        if self.rule.is_dry_run() && !self.rule.is_looked_up() {
            return Ok(Box::new(DryRun::offline(
                "delete", &call, warnings, global,
            )?));
        }
        let connection = Connection::open(global, Caller::of(key.appid()))?;
        let before = self
            .rule
            .look_up(&connection.client, DeleteJumpQRCode::NAME)
            .map_err(|failure| failure.warned(warnings.clone()))?;
        if self.rule.is_dry_run() {
            let base_url = connection.base_url(global)?;
            return Ok(Box::new(DryRun::of(
                "delete", &call, &base_url, before, warnings,
            )));
        }
        let state = before.rule().and_then(|rule| rule.state);
        if state == Some(RuleState::Published) && !self.yes {
            let question = format!(
                "The rule {} is published: whoever scans its codes gets to the Mini Program. Delete it?",
                key.prefix()
            );
            if ask(&question) == Answer::No {
                return Err(Cause::Declined.into());
            }
        }
        // It has been checked and looked up.
        let answer = connection.client.with_validate(false).call(call);
        let confirmation = answer.map_err(|error| Failure::from(error).warned(warnings))?;
        let unverified = match confirmation {
            Confirmation::Answered => read_back(&connection.client, &key)?,
            _ => None,
        };
        Ok(Box::new(Deleted {
            key,
            confirmation,
            unverified,
        }))
    }
}

/// Looks whether the rule is gone: an error where it still stands; why it cannot be told, where it cannot.
fn read_back(client: &Client, key: &RuleKey) -> Result<Option<Error>, Failure> {
    let listed = client.get_jump_qr_code(GetJumpQRCode::for_rule(key));
    match listed.and_then(JumpQRCodeList::decisive) {
        Ok(list) if list.find(key.prefix()).is_some() => Err(Cause::StillStands {
            prefix: key.prefix().to_owned(),
        }
        .into()),
        Ok(_) => Ok(None),
        Err(error) => Ok(Some(error)),
    }
}

struct Deleted {
    key: RuleKey,
    confirmation: Confirmation,
    /// Why it could not be told whether the rule is gone.
    unverified: Option<Error>,
}

impl Report for Deleted {
    fn command(&self) -> &'static str {
        "delete"
    }

    fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        let prefix = printable(self.key.prefix());
        let answer = answer_in_words(self.confirmation);
        writeln!(out, "{GOOD}Deleted{GOOD:#} {prefix}: {answer}.")?;
        match &self.unverified {
            None => writeln!(out, "Read back: the rule is gone."),
            Some(error) => writeln!(
                out,
                "{WARNING}Not read back{WARNING:#}, look with `jumpqr get`: {}",
                printable(&error.to_string())
            ),
        }
    }

    fn json(&self) -> Value {
        json!({
            "prefix": self.key.prefix(),
            "appid": self.key.appid(),
            "confirmation": self.confirmation.name(),
            "verified_gone": self.unverified.is_none(),
        })
    }
}
