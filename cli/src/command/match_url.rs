use std::io::{self, Write};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use jumpqr::Error;
use jumpqr::check::{Finding, FindingCode};
use jumpqr::interface::ListedRule;
use jumpqr::matching::{
    Candidate, Mismatch, RuleSet, covers, launch_query, undocumented_equivalence,
};
use serde_json::{Value, json};

use super::get::all_pages;
use crate::args::Global;
use crate::connection::{Caller, Connection};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::input::Input;
use crate::output::{BAD, Ending, GOOD, HEADING, Report, WARNING, card, list, printable};
use crate::rules_file;

const EXAMPLES: &str = "\
Examples:
  jumpqr match 'https://m.example.cn/table/7?seat=2'
  jumpqr match --rules rules.json https://m.example.cn/table/7
  jumpqr match --rules rules.json --all https://m.example.cn/table/7

rules.json is one rule, a list of rules, or what `jumpqr --json get` prints. Without a `state` (1 not published,
2 published) a rule counts as published.

Exit code 0: the link opens for everybody; 4: it does not.";

/// Say which rule a scanned link hits, whether it opens, and if not, why
///
/// With --rules it is offline; otherwise the account's rules are listed first (getJumpQRCode).
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Match {
    /// The scanned link, as it is printed in the code [example: 'https://m.example.cn/table/7?seat=2']
    #[arg(value_name = "URL")]
    link: String,

    /// A JSON file with the rules; `-` is standard input [example: rules.json]
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: Option<Input>,

    /// Match against the rules of a service account that open this Mini Program [example: wx1234567890abcdef]
    #[arg(long, value_name = "APPID", conflicts_with = "rules")]
    appid: Option<String>,

    /// Say of every rule why it does not cover the link, not of the nearest three; --json always
    /// does
    #[arg(long)]
    all: bool,
}

/// How many of the rules that do not cover the link are named.
const NEAREST: usize = 3;

/// A rule of which the form is right, to look at the form of a link with.
const NEVER_WRONG: &str = "https://m.example.cn/";

impl Match {
    pub(crate) fn run(&self, global: &Global) -> Ending {
        // Whatever the rules are, a text that is no link hits none.
        if covers(NEVER_WRONG, &self.link) == Err(Mismatch::LinkNotALink) {
            return Err(Error::invalid(vec![Finding {
                field: "link".to_owned(),
                code: FindingCode::NotHttpUrl,
                message: Mismatch::LinkNotALink.to_string(),
            }])
            .into());
        }
        let candidates = match &self.rules {
            Some(input) => rules_file::read(input)?,
            None => self.listed(global)?,
        };
        let rules = RuleSet::new(candidates);
        let found = rules.match_url(&self.link);
        let missed = rules
            .nearest(&self.link)
            .into_iter()
            .map(|(rule, mismatch)| Miss {
                prefix: rule.prefix.clone(),
                mismatch,
                untold: undocumented_equivalence(&rule.prefix, &self.link),
            })
            .collect();
        Ok(Box::new(Matched {
            link: self.link.clone(),
            opens: found.opens(),
            hit: found.hit.cloned(),
            shadowed: found.shadowed.cloned(),
            missed,
            all: self.all,
        }))
    }

    fn listed(&self, global: &Global) -> Result<Vec<Candidate>, Failure> {
        let appid = self.appid.as_deref();
        let connection = Connection::open(global, Caller::of(appid))?;
        let list = all_pages(&connection.client, appid)?;
        Ok(list.rule_list.iter().map(ListedRule::candidate).collect())
    }
}

/// A rule that does not cover the link.
struct Miss {
    prefix: String,
    mismatch: Mismatch,
    /// It would cover the link if WeChat took for equal what is documented nowhere.
    untold: bool,
}

struct Matched {
    link: String,
    opens: bool,
    hit: Option<Candidate>,
    shadowed: Option<Candidate>,
    /// Those that come nearest first.
    missed: Vec<Miss>,
    /// Whether all of them are named.
    all: bool,
}

impl Matched {
    /// What the Mini Program gets, were the link scanned now.
    fn launch_query(&self) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        launch_query(&self.link, now.map_or(0, |now| now.as_secs()))
    }

    fn print_misses(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.missed.is_empty() {
            return writeln!(out, "There are no rules.");
        }
        let named = if self.all { self.missed.len() } else { NEAREST };
        let heading = if self.missed.len() > named {
            format!(
                "Why the nearest {named} of {} rules do not cover it",
                self.missed.len()
            )
        } else {
            "Why each rule does not cover it".to_owned()
        };
        writeln!(out, "{HEADING}{heading}{HEADING:#}")?;
        let rows = self.missed.iter().take(named).map(|miss| {
            let mut reason = miss.mismatch.message().to_owned();
            if miss.untold {
                reason.push_str(
                    " (unless WeChat ignores the difference: that is documented nowhere)",
                );
            }
            vec![printable(&miss.prefix).into_owned(), reason]
        });
        writeln!(out, "{}", list(&["rule", "reason"], rows))?;
        if self.missed.len() > named {
            writeln!(out)?;
            writeln!(out, "--all names every rule.")?;
        }
        Ok(())
    }
}

impl Report for Matched {
    fn command(&self) -> &'static str {
        "match"
    }

    fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        let link = printable(&self.link);
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
                "{BAD}Does not open{BAD:#}: the most specific rule that covers {link} is not published"
            )?;
        }
        writeln!(out)?;
        let state = hit.state.map(|state| state.to_string());
        let rows = [
            ("rule", Some(printable(&hit.prefix).into_owned())),
            (
                "state",
                Some(state.unwrap_or_else(|| "not given; taken for published".to_owned())),
            ),
            ("query", self.opens.then(|| self.launch_query())),
        ];
        writeln!(out, "{}", card(&rows))?;
        if let Some(shadowed) = &self.shadowed {
            let shadowed = printable(&shadowed.prefix);
            writeln!(out)?;
            writeln!(
                out,
                "{WARNING}It shadows{WARNING:#} {shadowed}, which is published and would have opened the link: publish or \
                 delete the rule above."
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
            .missed
            .iter()
            .map(|miss| {
                json!({
                    "prefix": miss.prefix,
                    "code": miss.mismatch.code(),
                    "message": miss.mismatch.message(),
                    "undocumented_equivalence": miss.untold,
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
