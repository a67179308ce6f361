mod many_links;
mod next_steps;
mod one_link;

use clap::Args;

use crate::context::Context;
use crate::input::Input;
use crate::output::CommandResult;
use crate::rule_set_source::RuleSetSource;
use crate::scanned_link::parse_scanned_link;

const EXAMPLES: &str = "\
Examples:
  jumpqr match 'https://m.example.cn/table/7?seat=2'
  jumpqr match --rules rules.json https://m.example.cn/table/7
  jumpqr match --rules rules.json --all https://m.example.cn/table/7
  jumpqr match --rules rules.json --links printed.txt

rules.json is one rule, a list of rules, or the output of `jumpqr --json get`. A rule without a
`state` (1 unpublished, 2 published) counts as published. If the Mini Program has no released code,
add `\"is_released\": false` to that output.

printed.txt has one link a line. Empty lines, and lines that begin with #, are skipped.

Exit code 0: every link opens for everybody; 4: one does not.";

/// Explain which rule a scanned link hits, what it opens, and if it does not, why and what to do
///
/// With --rules, nothing is sent. Without it, the account's rules are listed first (getJumpQRCode).
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Match {
    /// The scanned link, exactly as in the code [example: 'https://m.example.cn/table/7?seat=2']
    #[arg(
        value_name = "URL",
        value_parser = parse_scanned_link,
        conflicts_with = "links"
    )]
    link: Option<String>,

    /// Look at every link in this file, one a line; `-` is standard input [example: printed.txt]
    #[arg(long, value_name = "FILE")]
    links: Option<Input>,

    #[command(flatten)]
    rules: RuleSetSource,

    /// Print every rule that does not cover the link, not only the nearest three; with --links,
    /// every link that does not open, not only the first 20 for each reason
    ///
    /// --json always lists all.
    #[arg(long)]
    all: bool,
}

impl Match {
    pub(crate) fn run(&self, context: &Context<'_>) -> CommandResult {
        match (&self.link, &self.links) {
            (Some(link), _) => one_link::run(link, &self.rules, self.all, context),
            (None, Some(file)) => many_links::run(file, &self.rules, self.all, context),
            (None, None) => Err(context.usage("give a URL, or --links and a file")),
        }
    }
}
