use std::io::{self, Write};

use clap::Args;
use jumpqr::interface::{Confirmation, DeleteJumpQRCode, GetJumpQRCode, Interface, JumpQRCodeList};
use jumpqr::rule::RuleState;
use jumpqr::{Client, Error, RuleKey};
use serde_json::{Value, json};

use super::describe_confirmation;
use super::named_rule::{DryRun, NamedRule};
use crate::args::Options;
use crate::connection::{ActingAs, Connection};
use crate::error::{Cause, CommandError};
use crate::output::{CommandResult, GOOD, Report, WARNING, escape};
use crate::question::{Answer, ask};

const EXAMPLES: &str = "\
Examples:
  jumpqr delete https://m.example.cn/table/
  jumpqr delete --dry-run https://m.example.cn/table/
  jumpqr delete http://weixin.qq.com/q/kZgfwMTm72W --appid wx1234567890abcdef";

/// Delete a rule at once, published or not (deleteJumpQRCode)
///
/// The rule is looked up first. If there is no such rule, nothing is sent (exit code 4). On a
/// terminal, the command asks before it deletes a published rule; in scripts, it does not ask.
/// Developers report that WeChat answers ok but keeps damaged rules. The rule is therefore read
/// back, and it is an error if it is still listed (exit code 4).
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Delete {
    #[command(flatten)]
    rule: NamedRule,

    /// Delete a published rule without asking
    #[arg(long, short)]
    yes: bool,
}

impl Delete {
    pub(crate) fn run(&self, options: &Options) -> CommandResult {
        let key = self.rule.key();
        let call = DeleteJumpQRCode { key: key.clone() };
        let warnings = self.rule.check(&call)?;
        if self.rule.is_dry_run() && !self.rule.is_looked_up() {
            return Ok(Box::new(DryRun::without_lookup(
                "delete", &call, warnings, options,
            )?));
        }
        let connection = Connection::open(options, ActingAs::owner_of_rules(key.appid()))?;
        let before = self
            .rule
            .look_up(&connection.client, DeleteJumpQRCode::NAME)
            .map_err(|error| error.with_warnings(warnings.clone()))?;
        if self.rule.is_dry_run() {
            let base_url = connection.base_url(options)?;
            let dry_run = DryRun::new("delete", &call, &base_url, before, warnings)?;
            return Ok(Box::new(dry_run));
        }
        let state = before.rule().and_then(|rule| rule.state);
        if state == Some(RuleState::Published) && !self.yes {
            let question = format!(
                "The rule {} is published: its printed codes open the Mini Program. Delete it?",
                key.prefix()
            );
            if ask(&question) == Answer::No {
                return Err(Cause::Declined.into());
            }
        }
        // The call is already checked, and the rule looked up.
        let response = connection.client.with_validate(false).call(call);
        let confirmation =
            response.map_err(|error| CommandError::from(error).with_warnings(warnings))?;
        let unverified = match confirmation {
            Confirmation::Answered => read_back(&connection.client, &key)?,
            _ => None,
        };
        Ok(Box::new(DeleteReport {
            key,
            confirmation,
            unverified,
        }))
    }
}

/// Looks the rule up again. If it is still listed, that is an error. If the lookup fails, returns
/// `Ok` with the reason.
fn read_back(client: &Client, key: &RuleKey) -> Result<Option<Error>, CommandError> {
    let listed = client.get_jump_qr_code(GetJumpQRCode::for_rule(key));
    match listed.and_then(JumpQRCodeList::decisive) {
        Ok(list) if list.find(key.prefix()).is_some() => Err(Cause::StillListed {
            prefix: key.prefix().to_owned(),
        }
        .into()),
        Ok(_) => Ok(None),
        Err(error) => Ok(Some(error)),
    }
}

struct DeleteReport {
    key: RuleKey,
    confirmation: Confirmation,
    /// Why the rule could not be read back.
    unverified: Option<Error>,
}

impl Report for DeleteReport {
    fn command(&self) -> &'static str {
        "delete"
    }

    fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        let prefix = escape(self.key.prefix());
        let confirmation = describe_confirmation(self.confirmation);
        writeln!(out, "{GOOD}Deleted{GOOD:#} {prefix}: {confirmation}.")?;
        match &self.unverified {
            None => writeln!(out, "Read back: the rule is gone."),
            Some(error) => writeln!(
                out,
                "{WARNING}Not read back{WARNING:#}; check with `jumpqr get`: {}",
                escape(&error.to_string())
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
