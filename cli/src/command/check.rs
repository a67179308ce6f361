use clap::Args;
use jumpqr::Error;
use jumpqr::mapping::check_mapping;
use serde_json::json;

use crate::context::Context;
use crate::error::CommandError;
use crate::output::{CommandResult, GOOD, format_warnings};
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
    rule: RuleSource,
}

impl Check {
    pub(crate) fn run(&self, context: &Context<'_>) -> CommandResult {
        let report = check_mapping(&self.rule.read_mapping(context)?);
        let warnings = report.warnings;
        if !report.violations.is_empty() {
            let error = CommandError::from(Error::invalid(report.violations));
            return Err(error.with_warnings(warnings));
        }
        let text = match &*warnings {
            [] => format!("{GOOD}Valid{GOOD:#}: no warnings."),
            warnings => format!(
                "{}\n\n{GOOD}Valid{GOOD:#}: the rule can be sent, but see the warnings.",
                format_warnings(warnings)
            ),
        };
        Ok(context.print(json!({"warnings": warnings}), &text))
    }
}
