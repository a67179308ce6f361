use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use jumpqr::Error;
use jumpqr::check::{Finding, FindingCode};
use jumpqr::interface::ListedRule;
use jumpqr::mapping::{MAX_DOCUMENT_BYTES, parse_candidates, parse_document};
use jumpqr::matching::{
    Candidate, Mismatch, RuleSet, is_link, launch_query, undocumented_equivalence,
};
use serde::Serialize;

use super::get::fetch_all_rules;
use crate::acting_as::ActingAs;
use crate::connection::Connection;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::input::Input;
use crate::output::{
    BAD, CommandResult, GOOD, HEADING, Report, WARNING, escape, format_card, format_table,
};

const EXAMPLES: &str = "\
Examples:
  jumpqr match 'https://m.example.cn/table/7?seat=2'
  jumpqr match --rules rules.json https://m.example.cn/table/7
  jumpqr match --rules rules.json --all https://m.example.cn/table/7

rules.json is one rule, a list of rules, or the output of `jumpqr --json get`. A rule without a
`state` (1 unpublished, 2 published) counts as published.

Exit code 0: the link opens for everybody; 4: it does not.";

/// Explain which rule a scanned link hits, whether it opens, and if not, why
///
/// With --rules, nothing is sent. Without it, the account's rules are listed first (getJumpQRCode).
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Match {
    /// The scanned link, exactly as in the code [example: 'https://m.example.cn/table/7?seat=2']
    #[arg(value_name = "URL")]
    link: String,

    /// A JSON file with the rules; `-` is standard input [example: rules.json]
    #[arg(long, value_name = "FILE")]
    rules: Option<Input>,

    /// Match against a service account's rules that open this Mini Program [example:
    /// wx1234567890abcdef]
    #[arg(long, value_name = "APPID", conflicts_with = "rules")]
    appid: Option<String>,

    /// Explain for every rule why it does not cover the link, not only for the nearest three;
    /// --json always lists all
    #[arg(long)]
    all: bool,
}

/// How many of the rules that do not cover the link are printed without `--all`.
const MAX_SHOWN_MISSES: usize = 3;

impl Match {
    pub(crate) fn run(&self, context: &Context<'_>) -> CommandResult {
        // A text that is not a link hits no rule.
        if !is_link(&self.link) {
            return Err(Error::invalid(vec![Finding {
                field: "link".to_owned(),
                code: FindingCode::NotHttpUrl,
                message: Mismatch::LinkNotALink.message().to_owned(),
            }])
            .into());
        }
        let candidates = match &self.rules {
            Some(file) => parse_candidates(&parse_document(&file.read(MAX_DOCUMENT_BYTES)?)?)?,
            None => self.fetch_candidates(context)?,
        };
        let rules = RuleSet::new(candidates);
        let found = rules.match_url(&self.link);
        let missed = rules.nearest(&self.link).into_iter();
        let missed = missed.map(|(rule, mismatch)| Miss {
            prefix: &rule.prefix,
            code: mismatch,
            message: mismatch.message(),
            undocumented_equivalence: undocumented_equivalence(&rule.prefix, &self.link),
        });
        Ok(context.print(&MatchReport {
            link: &self.link,
            opens: found.opens(),
            hit: found.hit,
            shadowed: found.shadowed,
            missed: missed.collect(),
            all: self.all,
        }))
    }

    fn fetch_candidates(&self, context: &Context<'_>) -> Result<Vec<Candidate>, CommandError> {
        let appid = self.appid.as_deref();
        let connection = Connection::open(context, ActingAs::owner_of_rules(appid))?;
        let list = fetch_all_rules(&connection.client, appid)?;
        Ok(list.rule_list.iter().map(ListedRule::candidate).collect())
    }
}

/// A rule that does not cover the link.
#[derive(Serialize)]
struct Miss<'a> {
    prefix: &'a str,
    code: Mismatch,
    message: &'static str,
    /// Whether the rule would cover the link if WeChat ignored an undocumented difference.
    undocumented_equivalence: bool,
}

#[derive(Serialize)]
struct MatchReport<'a> {
    link: &'a str,
    opens: bool,
    hit: Option<&'a Candidate>,
    shadowed: Option<&'a Candidate>,
    /// The nearest rules come first.
    missed: Vec<Miss<'a>>,
    /// Whether all of `missed` are printed.
    #[serde(skip)]
    all: bool,
}

impl MatchReport<'_> {
    /// Returns the query that the Mini Program would get if the link were scanned now.
    fn launch_query(&self) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        launch_query(self.link, now.map_or(0, |now| now.as_secs()))
    }

    fn misses(&self) -> String {
        let count = self.missed.len();
        let shown = if self.all { count } else { MAX_SHOWN_MISSES };
        let (heading, hint) = if count == 0 {
            return "There are no rules.".to_owned();
        } else if count > shown {
            (
                format!("Why the nearest {shown} of {count} rules do not cover it"),
                "\n\n--all prints every rule.",
            )
        } else {
            ("Why each rule does not cover it".to_owned(), "")
        };
        let rows = self.missed.iter().take(shown).map(|miss| {
            let unless = " (unless WeChat ignores the difference, which is not documented)";
            let unless = miss.undocumented_equivalence.then_some(unless);
            let unless = unless.unwrap_or_default();
            vec![escape(miss.prefix), format!("{}{unless}", miss.message)]
        });
        let table = format_table(&["rule", "reason"], rows);
        format!("{HEADING}{heading}{HEADING:#}\n{table}{hint}")
    }
}

impl Report for MatchReport<'_> {
    fn text(&self) -> String {
        let link = escape(self.link);
        let Some(hit) = self.hit else {
            let misses = self.misses();
            return format!("{BAD}Does not open{BAD:#}: no rule covers {link}\n\n{misses}");
        };
        let verdict = if self.opens {
            format!("{GOOD}Opens{GOOD:#} {link}")
        } else {
            format!(
                "{BAD}Does not open{BAD:#}: the most specific rule that covers {link} is not \
                 published"
            )
        };
        let state = match hit.state {
            Some(state) => state.to_string(),
            None => "not given; counts as published".to_owned(),
        };
        let card = format_card(&[
            ("rule", Some(escape(&hit.prefix))),
            ("state", Some(state)),
            ("query", self.opens.then(|| self.launch_query())),
        ]);
        let shadow = self.shadowed.map_or_else(String::new, |shadowed| {
            format!(
                "\n\n{WARNING}It shadows{WARNING:#} {}, which is published and would open the \
                 link: publish or delete the rule above.",
                escape(&shadowed.prefix)
            )
        });
        format!("{verdict}\n\n{card}{shadow}")
    }

    fn exit(&self) -> Exit {
        if self.opens { Exit::Ok } else { Exit::Refused }
    }
}
