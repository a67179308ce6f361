use std::io::{self, Write};

use clap::Args;
use jumpqr::RuleKey;
use jumpqr::interface::{Confirmation, PublishJumpQRCode};
use serde_json::{Value, json};

use super::{answer_in_words, checked};
use crate::args::Global;
use crate::connection::{Caller, Connection};
use crate::failure::Failure;
use crate::output::{Ending, GOOD, Report, printable};

const EXAMPLES: &str = "\
Examples:
  jumpqr publish https://m.example.cn/table/
  jumpqr publish http://weixin.qq.com/q/kZgfwMTm72W --appid wx1234567890abcdef";

/// Make a rule effective for everybody (publishJumpQRCode)
///
/// There is no way back but to delete the rule. In ordinary-link mode an account has 100 publishes a month.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Publish {
    #[command(flatten)]
    key: Key,
}

/// Names one rule.
#[derive(Debug, Args)]
pub(super) struct Key {
    /// The prefix of the rule, in full [example: https://m.example.cn/table/]
    #[arg(value_name = "PREFIX")]
    prefix: String,

    /// The Mini Program that the rule opens, for a service-account rule [example: wx1234567890abcdef]
    #[arg(long, value_name = "APPID")]
    appid: Option<String>,
}

impl Key {
    pub(super) fn rule(&self) -> RuleKey {
        match &self.appid {
            Some(appid) => RuleKey::service_account(&self.prefix, appid),
            None => RuleKey::ordinary_link(&self.prefix),
        }
    }
}

impl Publish {
    pub(crate) fn run(&self, global: &Global) -> Ending {
        let key = self.key.rule();
        let call = PublishJumpQRCode { key: key.clone() };
        let warnings = checked(&call)?;
        let connection = Connection::open(global, Caller::of(key.appid()))?;
        match connection.client.call(call) {
            Ok(confirmation) => Ok(Box::new(Published { key, confirmation })),
            Err(error) => Err(Failure::from(error).warned(warnings)),
        }
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
