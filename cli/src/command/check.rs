use std::io::{self, Write};

use clap::Args;
use jumpqr::Error;
use jumpqr::check::Finding;
use jumpqr::mapping::check_mapping;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::output::{Ending, GOOD, Report, print_warnings};
use crate::rule_source::RuleSource;

const EXAMPLES: &str = "\
Examples:
  jumpqr check rule.json
  jumpqr check --prefix https://m.example.cn/table/ --path pages/index/index \\
      --open-version 1 --permit-sub-rule 1 --debug-url https://m.example.cn/table/1";

/// Say everything that is wrong with a rule, and everything that may be; offline
///
/// A violation is what a page of WeChat's forbids (exit code 3); a warning is documented nowhere, or merely a reported
/// cause of a refusal (exit code 0).
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) rule: RuleSource,
}

impl Check {
    pub(crate) fn run(&self) -> Ending {
        let report = check_mapping(&self.rule.mapping("check")?);
        if report.is_valid() {
            Ok(Box::new(Valid {
                warnings: report.warnings,
            }))
        } else {
            Err(Failure::from(Error::invalid(report.violations)).warned(report.warnings))
        }
    }
}

struct Valid {
    warnings: Vec<Finding>,
}

impl Report for Valid {
    fn command(&self) -> &'static str {
        "check"
    }

    fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        print_warnings(out, &self.warnings)?;
        if self.warnings.is_empty() {
            writeln!(out, "{GOOD}Valid{GOOD:#}: nothing to warn of.")
        } else {
            writeln!(out)?;
            writeln!(
                out,
                "{GOOD}Valid{GOOD:#}: the rule can be sent; mind the warnings."
            )
        }
    }

    fn json(&self) -> Value {
        json!({"warnings": self.warnings})
    }
}
