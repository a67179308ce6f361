//! Reads the rules to match links against: from a file, or from the account.

use clap::Args;
use jumpqr::mapping::{MAX_RULE_SET_BYTES, parse_rule_set_document};
use jumpqr::matching::RuleSet;

use crate::acting_as::ActingAs;
use crate::all_rules::fetch_all_rules;
use crate::connection::Connection;
use crate::context::Context;
use crate::error::CommandError;
use crate::input::Input;
use crate::output::quote_command_line;

#[derive(Debug, Args)]
pub(crate) struct RuleSetSource {
    /// A JSON file with the rules; `-` is standard input [example: rules.json]
    #[arg(long, value_name = "FILE")]
    rules: Option<Input>,

    /// Match against a service account's rules that open this Mini Program [example:
    /// wx1234567890abcdef]
    #[arg(long, value_name = "APPID", conflicts_with = "rules")]
    appid: Option<String>,
}

impl RuleSetSource {
    /// Returns whether the rules are in a file.
    pub(crate) fn has_file(&self) -> bool {
        self.rules.is_some()
    }

    /// Returns the command line that matches `link` against the same rules.
    pub(crate) fn match_command(&self, link: &str) -> String {
        let file = self.rules.as_ref().map(Input::to_string);
        let named = match (&file, &self.appid) {
            (Some(file), _) => vec!["--rules", file],
            (None, Some(appid)) => vec!["--appid", appid],
            (None, None) => Vec::new(),
        };
        quote_command_line(&[&["jumpqr", "match"][..], &named, &[link]].concat())
    }

    /// Reads the file, or lists the rules of the account.
    pub(crate) fn read(&self, context: &Context<'_>) -> Result<RuleSet, CommandError> {
        if let Some(file) = &self.rules {
            return file.parse(MAX_RULE_SET_BYTES, parse_rule_set_document);
        }
        let appid = self.appid.as_deref();
        let connection = Connection::open(context, ActingAs::owner_of_rules(appid))?;
        let list = fetch_all_rules(&connection.client, appid)?;
        let candidates = list.rule_list.iter().map(|rule| {
            let mut candidate = rule.candidate();
            candidate.appid = appid.map(str::to_owned);
            candidate
        });
        Ok(RuleSet::new(candidates).with_account(list.account()))
    }
}
