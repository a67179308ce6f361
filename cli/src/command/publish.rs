use std::io::{self, Write};

use clap::Args;
use jumpqr::RuleKey;
use jumpqr::interface::{Confirmation, Interface, PublishJumpQRCode};
use jumpqr::rule::RuleState;
use serde_json::{Value, json};

use super::answer_in_words;
use super::named_rule::{DryRun, NamedRule};
use crate::args::Global;
use crate::connection::{Caller, Connection};
use crate::failure::Failure;
use crate::output::{Ending, GOOD, Report, printable};

const EXAMPLES: &str = "\
Examples:
  jumpqr publish https://m.example.cn/table/
  jumpqr publish --dry-run https://m.example.cn/table/
  jumpqr publish http://weixin.qq.com/q/kZgfwMTm72W --appid wx1234567890abcdef";

const ALREADY: &str = "the rule is published already";

/// Make a rule effective for everybody (publishJumpQRCode)
///
/// The only way back is to delete the rule. In ordinary-link mode an account has 100 publishes a
/// month. The rule is looked up first: if there is no such rule, that is an error (exit code 4); if
/// it is published already, nothing is sent.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Publish {
    #[command(flatten)]
    rule: NamedRule,
}

impl Publish {
    pub(crate) fn run(&self, global: &Global) -> Ending {
        let key = self.rule.key();
        let call = PublishJumpQRCode { key: key.clone() };
        let warnings = self.rule.check(&call)?;
        if self.rule.is_dry_run() && !self.rule.is_looked_up() {
            return Ok(Box::new(DryRun::offline(
                "publish", &call, warnings, global,
            )?));
        }
        let connection = Connection::open(global, Caller::of(key.appid()))?;
        let client = &connection.client;
        let before = self
            .rule
            .look_up(client, PublishJumpQRCode::NAME)
            .map_err(|failure| failure.warned(warnings.clone()))?;
        let state = before.rule().and_then(|rule| rule.state);
        let already = (state == Some(RuleState::Published)).then_some(ALREADY);
        if self.rule.is_dry_run() {
            let base_url = connection.base_url(global)?;
            let mut dry_run = DryRun::of("publish", &call, &base_url, before, warnings);
            dry_run.nothing_to_do = already;
            return Ok(Box::new(dry_run));
        }
        let confirmation = match already {
            Some(_) => Confirmation::AlreadyPublished,
            // It has been checked and looked up.
            None => client
                .with_validate(false)
                .call(call)
                .map_err(|error| Failure::from(error).warned(warnings))?,
        };
        Ok(Box::new(Published { key, confirmation }))
    }
}

struct Published {
    key: RuleKey,
    confirmation: Confirmation,
}

impl Report for Published {
    fn command(&self) -> &'static str {
        "publish"
    }

    fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        let prefix = printable(self.key.prefix());
        if self.confirmation == Confirmation::AlreadyPublished {
            return writeln!(
                out,
                "{GOOD}Nothing to do{GOOD:#} for {prefix}: {ALREADY}; nothing was sent."
            );
        }
        let answer = answer_in_words(self.confirmation);
        writeln!(out, "{GOOD}Published{GOOD:#} {prefix}: {answer}.")?;
        writeln!(
            out,
            "Everybody who scans a link that the rule covers now gets to the Mini Program."
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
