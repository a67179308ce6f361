use std::io::{self, Write};

use clap::Args;
use jumpqr::RuleKey;
use jumpqr::interface::{Confirmation, Interface, PublishJumpQRCode};
use jumpqr::rule::RuleState;
use serde_json::{Value, json};

use super::describe_confirmation;
use super::named_rule::{DryRun, NamedRule};
use crate::args::Options;
use crate::connection::{ActingAs, Connection};
use crate::error::CommandError;
use crate::output::{CommandResult, GOOD, Report, escape};

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
    pub(crate) fn run(&self, options: &Options) -> CommandResult {
        let key = self.rule.key();
        let call = PublishJumpQRCode { key: key.clone() };
        let warnings = self.rule.check(&call)?;
        if self.rule.is_dry_run() && !self.rule.is_looked_up() {
            return Ok(Box::new(DryRun::without_lookup(
                "publish", &call, warnings, options,
            )?));
        }
        let connection = Connection::open(options, ActingAs::owner_of_rules(key.appid()))?;
        let client = &connection.client;
        let before = self
            .rule
            .look_up(client, PublishJumpQRCode::NAME)
            .map_err(|error| error.with_warnings(warnings.clone()))?;
        let state = before.rule().and_then(|rule| rule.state);
        let nothing_to_do = (state == Some(RuleState::Published)).then_some(ALREADY_PUBLISHED);
        if self.rule.is_dry_run() {
            let base_url = connection.base_url(options)?;
            let mut dry_run = DryRun::new("publish", &call, &base_url, before, warnings)?;
            dry_run.nothing_to_do = nothing_to_do;
            return Ok(Box::new(dry_run));
        }
        let confirmation = match nothing_to_do {
            Some(_) => Confirmation::AlreadyPublished,
            // The call is already checked, and the rule looked up.
            None => client
                .with_validate(false)
                .call(call)
                .map_err(|error| CommandError::from(error).with_warnings(warnings))?,
        };
        Ok(Box::new(PublishReport { key, confirmation }))
    }
}

struct PublishReport {
    key: RuleKey,
    confirmation: Confirmation,
}

impl Report for PublishReport {
    fn command(&self) -> &'static str {
        "publish"
    }

    fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        let prefix = escape(self.key.prefix());
        if self.confirmation == Confirmation::AlreadyPublished {
            return writeln!(
                out,
                "{GOOD}Nothing to do{GOOD:#} for {prefix}: {ALREADY_PUBLISHED}; nothing was sent."
            );
        }
        let confirmation = describe_confirmation(self.confirmation);
        writeln!(out, "{GOOD}Published{GOOD:#} {prefix}: {confirmation}.")?;
        writeln!(
            out,
            "Links that the rule covers now open the Mini Program for everybody who scans them."
        )
    }

    fn json(&self) -> Value {
        json!({
            "prefix": self.key.prefix(),
            "appid": self.key.appid(),
            "confirmation": self.confirmation.name(),
        })
    }
}
