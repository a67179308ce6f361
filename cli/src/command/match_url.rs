use std::io::{self, Write};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use jumpqr::Error;
use jumpqr::check::{Finding, FindingCode};
use jumpqr::interface::ListedRule;
use jumpqr::matching::{
    Candidate, Mismatch, RuleSet, is_link, launch_query, undocumented_equivalence,
};
use serde_json::{Value, json};

use super::get::fetch_all_rules;
use crate::args::Options;
use crate::connection::{ActingAs, Connection};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::input::Input;
use crate::output::{
    BAD, CommandResult, GOOD, HEADING, Report, WARNING, escape, format_card, format_table,
};
use crate::rules_file;

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
    pub(crate) rules: Option<Input>,

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
    pub(crate) fn run(&self, options: &Options) -> CommandResult {
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
            Some(input) => rules_file::read(input)?,
            None => self.fetch_candidates(options)?,
        };
        let rules = RuleSet::new(candidates);
        let found = rules.match_url(&self.link);
        let misses = rules
            .nearest(&self.link)
            .into_iter()
            .map(|(rule, mismatch)| Miss {
                prefix: rule.prefix.clone(),
                mismatch,
                has_undocumented_equivalence: undocumented_equivalence(&rule.prefix, &self.link),
            })
            .collect();
        Ok(Box::new(MatchReport {
            link: self.link.clone(),
            opens: found.opens(),
            hit: found.hit.cloned(),
            shadowed: found.shadowed.cloned(),
            misses,
            all: self.all,
        }))
    }

    fn fetch_candidates(&self, options: &Options) -> Result<Vec<Candidate>, CommandError> {
        let appid = self.appid.as_deref();
        let connection = Connection::open(options, ActingAs::owner_of_rules(appid))?;
        let list = fetch_all_rules(&connection.client, appid)?;
        Ok(list.rule_list.iter().map(ListedRule::candidate).collect())
    }
}

/// A rule that does not cover the link.
struct Miss {
    prefix: String,
    mismatch: Mismatch,
    /// Whether the rule would cover the link if WeChat ignored an undocumented difference.
    has_undocumented_equivalence: bool,
}

struct MatchReport {
    link: String,
    opens: bool,
    hit: Option<Candidate>,
    shadowed: Option<Candidate>,
    /// The nearest rules come first.
    misses: Vec<Miss>,
    /// Whether all misses are printed.
    all: bool,
}

impl MatchReport {
    /// Returns the query that the Mini Program would get if the link were scanned now.
    fn launch_query(&self) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        launch_query(&self.link, now.map_or(0, |now| now.as_secs()))
    }

    fn print_misses(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.misses.is_empty() {
            return writeln!(out, "There are no rules.");
        }
        let shown = if self.all {
            self.misses.len()
        } else {
            MAX_SHOWN_MISSES
        };
        let heading = if self.misses.len() > shown {
            format!(
                "Why the nearest {shown} of {} rules do not cover it",
                self.misses.len()
            )
        } else {
            "Why each rule does not cover it".to_owned()
        };
        writeln!(out, "{HEADING}{heading}{HEADING:#}")?;
        let rows = self.misses.iter().take(shown).map(|miss| {
            let mut reason = miss.mismatch.message().to_owned();
            if miss.has_undocumented_equivalence {
                reason.push_str(" (unless WeChat ignores the difference, which is not documented)");
            }
            vec![escape(&miss.prefix).into_owned(), reason]
        });
        writeln!(out, "{}", format_table(&["rule", "reason"], rows))?;
        if self.misses.len() > shown {
            writeln!(out)?;
            writeln!(out, "--all prints every rule.")?;
        }
        Ok(())
    }
}

impl Report for MatchReport {
    fn command(&self) -> &'static str {
        "match"
    }

    fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        let link = escape(&self.link);
        let Some(hit) = &self.hit else {
            writeln!(out, "{BAD}Does not open{BAD:#}: no rule covers {link}")?;
            writeln!(out)?;
            return self.print_misses(out);
        };
        if self.opens {
            writeln!(out, "{GOOD}Opens{GOOD:#} {link}")?;
        } else {
            writeln!(
                out,
                "{BAD}Does not open{BAD:#}: the most specific rule that covers {link} is not \
                 published"
            )?;
        }
        writeln!(out)?;
        let state = hit.state.map(|state| state.to_string());
        let rows = [
            ("rule", Some(escape(&hit.prefix).into_owned())),
            (
                "state",
                Some(state.unwrap_or_else(|| "not given; counts as published".to_owned())),
            ),
            ("query", self.opens.then(|| self.launch_query())),
        ];
        writeln!(out, "{}", format_card(&rows))?;
        if let Some(shadowed) = &self.shadowed {
            let shadowed = escape(&shadowed.prefix);
            writeln!(out)?;
            writeln!(
                out,
                "{WARNING}It shadows{WARNING:#} {shadowed}, which is published and would open the \
                 link: publish or delete the rule above."
            )?;
        }
        Ok(())
    }

    fn json(&self) -> Value {
        let candidate = |rule: &Option<Candidate>| {
            rule.as_ref()
                .map(|rule| json!({"prefix": rule.prefix, "state": rule.state}))
        };
        let missed: Vec<_> = self
            .misses
            .iter()
            .map(|miss| {
                json!({
                    "prefix": miss.prefix,
                    "code": miss.mismatch.name(),
                    "message": miss.mismatch.message(),
                    "undocumented_equivalence": miss.has_undocumented_equivalence,
                })
            })
            .collect();
        json!({
            "link": self.link,
            "opens": self.opens,
            "hit": candidate(&self.hit),
            "shadowed": candidate(&self.shadowed),
            "missed": missed,
        })
    }

    fn exit(&self) -> Exit {
        if self.opens { Exit::Ok } else { Exit::Refused }
    }
}
