use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use jumpqr::Error;
use jumpqr::check::{Finding, FindingCode};
use jumpqr::matching::{
    Candidate, LinkMatch, Mismatch, is_link, launch_query, undocumented_equivalence,
};
use serde::Serialize;
use serde_json::json;

use crate::context::Context;
use crate::exit::Exit;
use crate::output::{
    BAD, CommandResult, GOOD, HEADING, WARNING, escape, format_card, format_table,
};
use crate::rule_set_source::RuleSetSource;

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

    #[command(flatten)]
    rules: RuleSetSource,

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
        let rules = self.rules.read(context)?;
        let found = rules.match_url(&self.link);
        let missed: Vec<_> = (rules.nearest(&self.link).into_iter())
            .map(|(rule, mismatch)| Miss {
                prefix: &rule.prefix,
                code: mismatch,
                message: mismatch.message(),
                undocumented_equivalence: undocumented_equivalence(&rule.prefix, &self.link),
            })
            .collect();
        let opens = found.opens();
        let text = match found.hit {
            Some(hit) => format_hit(&self.link, hit, &found),
            None => format!(
                "{BAD}Does not open{BAD:#}: no rule covers {}\n\n{}",
                escape(&self.link),
                format_misses(&missed, self.all)
            ),
        };
        let members = json!({
            "link": self.link,
            "opens": opens,
            "hit": found.hit,
            "shadowed": found.shadowed,
            "missed": missed,
        });
        let exit = context.print(members, &text);
        let verdict = if opens { Exit::Ok } else { Exit::Refused };
        Ok(if exit == Exit::Ok { verdict } else { exit })
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

/// Formats the rule that the link hits, and the published rule that it shadows.
fn format_hit(link: &str, hit: &Candidate, found: &LinkMatch<'_>) -> String {
    let shown_link = escape(link);
    let opens = found.opens();
    let verdict = if opens {
        format!("{GOOD}Opens{GOOD:#} {shown_link}")
    } else {
        let reasons = found.obstacles.iter().map(|obstacle| obstacle.message());
        let reasons = reasons.collect::<Vec<_>>().join("\n- ");
        format!("{BAD}Does not open{BAD:#} {shown_link}\n- {reasons}")
    };
    let state = match hit.state {
        Some(state) => state.to_string(),
        None => "not given; counts as published".to_owned(),
    };
    // The query that the Mini Program would get if the link were scanned now.
    let query = || {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        launch_query(link, now.map_or(0, |now| now.as_secs()))
    };
    let card = format_card(&[
        ("rule", Some(escape(&hit.prefix))),
        ("state", Some(state)),
        ("query", opens.then(query)),
    ]);
    let shadow = found.shadowed.map_or_else(String::new, |shadowed| {
        format!(
            "\n\n{WARNING}It shadows{WARNING:#} {}, which is published and would open the link: \
             publish or delete the rule above.",
            escape(&shadowed.prefix)
        )
    });
    format!("{verdict}\n\n{card}{shadow}")
}

/// Formats the nearest of the rules that do not cover the link, or `all`.
fn format_misses(missed: &[Miss<'_>], all: bool) -> String {
    let count = missed.len();
    let shown = if all { count } else { MAX_SHOWN_MISSES };
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
    let rows = missed.iter().take(shown).map(|miss| {
        let unless = if miss.undocumented_equivalence {
            " (unless WeChat ignores the difference, which is not documented)"
        } else {
            ""
        };
        vec![escape(miss.prefix), format!("{}{unless}", miss.message)]
    });
    let table = format_table(&["rule", "reason"], rows);
    format!("{HEADING}{heading}{HEADING:#}\n{table}{hint}")
}
