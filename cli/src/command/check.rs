use std::io::{self, Write};

use clap::Args;
use jumpqr::Error;
use jumpqr::check::Finding;
use jumpqr::mapping::check_mapping;
use serde_json::{Value, json};

use crate::error::CommandError;
use crate::output::{CommandResult, GOOD, Report, print_warnings};
use crate::rule_source::RuleSource;

const EXAMPLES: &str = "\
Examples:
  jumpqr check rule.json
  jumpqr check --prefix https://m.example.cn/table/ --path pages/index/index \\
      --open-version 1 --permit-sub-rule 1 --debug-url https://m.example.cn/table/1";

/// List all violations and warnings of a rule; offline
///
/// A violation is something that WeChat's pages forbid (exit code 3). A warning is something that
/// they do not mention, or that developers report as the cause of a refusal (exit code 0).
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) rule: RuleSource,
}

impl Check {
    pub(crate) fn run(&self) -> CommandResult {
        let report = check_mapping(&self.rule.read_mapping("check")?);
        if report.is_valid() {
            Ok(Box::new(ValidRule {
                warnings: report.warnings,
            }))
        } else {
            Err(CommandError::from(Error::invalid(report.violations))
                .with_warnings(report.warnings))
        }
    }
}

struct ValidRule {
    warnings: Vec<Finding>,
}

impl Report for ValidRule {
    fn command(&self) -> &'static str {
        "check"
    }

    fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        print_warnings(out, &self.warnings)?;
        if self.warnings.is_empty() {
            writeln!(out, "{GOOD}Valid{GOOD:#}: no warnings.")
        } else {
            writeln!(out)?;
            writeln!(
                out,
                "{GOOD}Valid{GOOD:#}: the rule can be sent, but see the warnings."
            )
        }
    }

    fn json(&self) -> Value {
        json!({"warnings": self.warnings})
    }
}
