use clap::Args;
use jumpqr::interface::{Confirmation, PublishJumpQRCode};
use serde_json::json;

use super::describe_confirmation;
use super::named_rule::{NamedRule, Prepared};
use crate::context::Context;
use crate::output::{CommandResult, GOOD, escape};

const EXAMPLES: &str = "\
Examples:
  jumpqr publish https://m.example.cn/table/
  jumpqr publish --dry-run https://m.example.cn/table/
  jumpqr publish http://weixin.qq.com/q/kZgfwMTm72W --appid wx1234567890abcdef";

const ALREADY_PUBLISHED: &str = "the rule is already published";

/// Make a rule effective for everybody (publishJumpQRCode)
///
/// A published rule cannot be unpublished, only deleted. In ordinary-link mode, an account has 100
/// publishes a month. The rule is looked up first. If there is no such rule (exit code 4), or if it
/// is already published (exit code 0), nothing is sent.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Publish {
    #[command(flatten)]
    rule: NamedRule,
}

impl Publish {
    pub(crate) fn run(&self, context: &Context<'_>) -> CommandResult {
        let key = self.rule.key();
        let call = PublishJumpQRCode { key: key.clone() };
        let confirmation = match self.rule.prepare(call, Some(ALREADY_PUBLISHED), context)? {
            Prepared::DryRun(dry_run) => return Ok(dry_run.print(context)),
            Prepared::Change(change) if change.is_published => Confirmation::AlreadyPublished,
            Prepared::Change(change) => change.send()?.0,
        };
        let prefix = escape(&key.prefix);
        let text = match confirmation {
            Confirmation::AlreadyPublished => format!(
                "{GOOD}Nothing to do{GOOD:#} for {prefix}: {ALREADY_PUBLISHED}; nothing was sent."
            ),
            _ => format!(
                "{GOOD}Published{GOOD:#} {prefix}: {}.\n\
                 Links that the rule covers now open the Mini Program for everybody who scans them.",
                describe_confirmation(confirmation)
            ),
        };
        let members = json!({
            "prefix": key.prefix,
            "appid": key.appid,
            "confirmation": confirmation,
        });
        Ok(context.print(members, &text))
    }
}
