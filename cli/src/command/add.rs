use std::io::{self, Write};

use clap::Args;
use jumpqr::Rule;
use jumpqr::check::Finding;
use jumpqr::interface::{AddJumpQRCode, Confirmation, Interface};
use jumpqr::mapping::parse_rule;
use jumpqr::rule::Edit;
use jumpqr::verification_file::location;
use serde_json::{Value, json};

use super::{check_call, describe_confirmation};
use crate::args::Options;
use crate::connection::{self, ActingAs, Connection};
use crate::error::CommandError;
use crate::output::{
    CommandResult, GOOD, HEADING, NextStep, Report, escape, format_rule, print_next_steps,
    print_note, print_warnings, quote_command_line,
};
use crate::rule_source::RuleSource;

const EXAMPLES: &str = "\
Examples:
  jumpqr add --prefix https://m.example.cn/table/ --path pages/index/index \\
      --open-version 1 --permit-sub-rule 1 --debug-url https://m.example.cn/table/1
  jumpqr add rule.json
  jumpqr add --edit rule.json
  jumpqr add --dry-run rule.json

rule.json, with the names of WeChat's own page:
  {\"prefix\": \"https://m.example.cn/table/\", \"path\": \"pages/index/index\",
   \"open_version\": 1, \"permit_sub_rule\": 1, \"debug_url\": [\"https://m.example.cn/table/1\"]}";

/// Add a rule, or modify one (addJumpQRCode)
///
/// The rule comes from a file or from flags. It is checked first, and is not sent if WeChat's pages
/// forbid it. An ordinary-link rule needs the verification file in place: see `jumpqr download`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Add {
    #[command(flatten)]
    pub(crate) rule: RuleSource,

    /// Modify an existing rule instead of adding one (is_edit 1)
    #[arg(long)]
    edit: bool,

    /// Send the rule even if the check finds violations
    #[arg(long)]
    no_validate: bool,

    /// Print the exact request but send nothing; needs no credentials
    #[arg(long)]
    dry_run: bool,
}

impl Add {
    pub(crate) fn run(&self, options: &Options) -> CommandResult {
        let mapping = self.rule.read_mapping("add")?;
        let parsed =
            parse_rule(&mapping).map_err(|error| error.in_interface(AddJumpQRCode::NAME))?;
        let call = AddJumpQRCode {
            rule: parsed.rule,
            is_edit: self.choose_edit(parsed.is_edit)?,
        };
        let warnings = if self.no_validate {
            let report = call.check();
            [report.violations, report.warnings].concat()
        } else {
            check_call(&call)?
        };
        if self.dry_run {
            return Ok(Box::new(AddDryRun::new(&call, warnings, options)?));
        }
        let connection =
            Connection::open(options, ActingAs::owner_of_rules(call.rule.key().appid()))?;
        let client = connection.client.with_validate(!self.no_validate);
        match client.call(call.clone()) {
            Ok(confirmation) => Ok(Box::new(AddReport {
                call,
                warnings,
                confirmation,
                sandbox: connection.is_sandbox(),
            })),
            Err(error) => Err(CommandError::from(error).with_warnings(warnings)),
        }
    }

    fn choose_edit(&self, in_file: Option<Edit>) -> Result<Edit, CommandError> {
        match (self.edit, in_file) {
            (true, Some(Edit::Add)) => Err(CommandError::usage(
                Some("add"),
                "--edit modifies a rule, but is_edit 0 in the file adds one: leave out one of the \
                 two",
            )),
            (true, _) => Ok(Edit::Modify),
            (false, in_file) => Ok(in_file.unwrap_or(Edit::Add)),
        }
    }
}

struct AddReport {
    call: AddJumpQRCode,
    warnings: Vec<Finding>,
    confirmation: Confirmation,
    sandbox: bool,
}

impl AddReport {
    fn next_steps(&self) -> Vec<NextStep> {
        let prefix = self.call.rule.prefix();
        let mut publish = vec!["jumpqr", "publish", prefix];
        let mut steps = Vec::new();
        let repeat_for_real = self.sandbox.then(|| {
            NextStep::new(
                "Run the same command for real: without --sandbox, and with credentials",
                ["jumpqr --help".to_owned()],
            )
        });
        match &self.call.rule {
            Rule::OrdinaryLink(rule) => {
                // Outside the sandbox, WeChat has just read the file.
                let file_url = location(prefix, "FILE.txt").filter(|_| self.sandbox);
                steps.extend(file_url.map(|url| {
                    NextStep::new(
                        "Put the verification file where WeChat looks for it when a rule is added",
                        [
                            url,
                            quote_command_line(&["jumpqr", "download", "--prefix", prefix]),
                        ],
                    )
                }));
                steps.extend(repeat_for_real);
                let links = rule.debug_url.clone().unwrap_or_default();
                if !links.is_empty() {
                    let text = format!(
                        "Try it: scan a test link, which opens the {} build before the rule is \
                         published",
                        rule.open_version.name()
                    );
                    steps.push(NextStep::new(text, links));
                }
            }
            Rule::ServiceAccount(rule) => {
                steps.extend(repeat_for_real);
                publish.extend(["--appid", &rule.appid]);
            }
        }
        let condition = match self.call.is_edit {
            Edit::Add => "",
            Edit::Modify => ", unless it already is",
        };
        steps.push(NextStep::new(
            format!(
                "Publish the rule{condition}: then the Mini Program opens for everybody who scans"
            ),
            [quote_command_line(&publish)],
        ));
        steps
    }
}

impl Report for AddReport {
    fn command(&self) -> &'static str {
        "add"
    }

    fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{HEADING}The rule{HEADING:#}")?;
        writeln!(out, "{}", format_rule(&self.call.rule))?;
        writeln!(out)?;
        if !self.warnings.is_empty() {
            print_warnings(out, &self.warnings)?;
            writeln!(out)?;
        }
        let done = match self.call.is_edit {
            Edit::Add => "Added",
            Edit::Modify => "Modified",
        };
        let confirmation = describe_confirmation(self.confirmation);
        let place = if self.sandbox {
            " – in the sandbox"
        } else {
            ""
        };
        writeln!(out, "{GOOD}{done}{GOOD:#}: {confirmation}{place}.")?;
        writeln!(out)?;
        print_next_steps(out, &self.next_steps())
    }

    fn json(&self) -> Value {
        let steps: Vec<_> = self.next_steps().iter().map(NextStep::json).collect();
        json!({
            "rule": self.call.rule,
            "is_edit": self.call.is_edit,
            "warnings": self.warnings,
            "confirmation": self.confirmation.name(),
            "sandbox": self.sandbox,
            "next": steps,
        })
    }
}

/// A request that is printed instead of sent.
struct AddDryRun {
    method: &'static str,
    url: String,
    body: String,
    warnings: Vec<Finding>,
}

impl AddDryRun {
    fn new(
        call: &AddJumpQRCode,
        warnings: Vec<Finding>,
        options: &Options,
    ) -> Result<Self, CommandError> {
        if options.sandbox {
            print_note("sandbox: not started, because nothing is sent");
        }
        let base_url = connection::checked_base_url(options)?;
        let request = call.request()?;
        Ok(Self {
            method: request.method().as_str(),
            url: request.shown_url(&base_url),
            body: String::from_utf8_lossy(request.body().unwrap_or_default()).into_owned(),
            warnings,
        })
    }
}

impl Report for AddDryRun {
    fn command(&self) -> &'static str {
        "add"
    }

    fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        for warning in &self.warnings {
            print_note(&format!("warning: {warning}"));
        }
        print_note("dry run: nothing was sent");
        writeln!(out, "{} {}", self.method, escape(&self.url))?;
        writeln!(out)?;
        writeln!(out, "{}", self.body)
    }

    fn json(&self) -> Value {
        json!({
            "dry_run": true,
            "request": {"method": self.method, "url": self.url, "body": self.body},
            "warnings": self.warnings,
        })
    }
}
