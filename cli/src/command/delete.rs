use clap::Args;
use jumpqr::interface::{Confirmation, DeleteJumpQRCode, GetJumpQRCode, JumpQRCodeList};
use jumpqr::{Client, Error, RuleKey};
use serde_json::json;

use super::describe_confirmation;
use super::named_rule::{NamedRule, Prepared};
use crate::context::Context;
use crate::error::CommandError;
use crate::output::{CommandResult, GOOD, WARNING, escape};
use crate::question::is_declined;

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
    pub(crate) fn run(&self, context: &Context<'_>) -> CommandResult {
        let key = self.rule.key();
        let call = DeleteJumpQRCode { key: key.clone() };
        let change = match self.rule.prepare(call, None, context)? {
            Prepared::DryRun(dry_run) => return Ok(dry_run.print(context)),
            Prepared::Change(change) => change,
        };
        if change.is_published && !self.yes {
            let question = format!(
                "The rule {} is published: its printed codes open the Mini Program. Delete it?",
                key.prefix
            );
            if is_declined(&question) {
                return Err(CommandError::declined("delete the rule"));
            }
        }
        let (confirmation, connection) = change.send()?;
        let unverified = match confirmation {
            Confirmation::Answered => read_back(&connection.client, &key)?,
            _ => None,
        };
        let shown_read_back = match &unverified {
            None => "Read back: the rule is gone.".to_owned(),
            Some(error) => format!(
                "{WARNING}Not read back{WARNING:#}; check with `jumpqr get`: {}",
                escape(&error.to_string())
            ),
        };
        let text = format!(
            "{GOOD}Deleted{GOOD:#} {}: {}.\n{shown_read_back}",
            escape(&key.prefix),
            describe_confirmation(confirmation)
        );
        let members = json!({
            "prefix": key.prefix,
            "appid": key.appid,
            "confirmation": confirmation,
            "verified_gone": unverified.is_none(),
        });
        Ok(context.print(members, &text))
    }
}

/// Looks the rule up again. If it is still listed, that is an error. If the lookup fails, returns
/// `Ok` with the reason.
fn read_back(client: &Client, key: &RuleKey) -> Result<Option<Error>, CommandError> {
    let listed = client.get_jump_qr_code(GetJumpQRCode::for_rule(key));
    match listed.and_then(JumpQRCodeList::decisive) {
        Ok(list) if list.find(&key.prefix).is_some() => {
            Err(CommandError::still_listed(&key.prefix))
        }
        Ok(_) => Ok(None),
        Err(error) => Ok(Some(error)),
    }
}
