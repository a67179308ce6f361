use std::io::{self, Write};

use clap::Args;
use jumpqr::Rule;
use jumpqr::check::Finding;
use jumpqr::interface::{AddJumpQRCode, Confirmation, Interface};
use jumpqr::mapping::parse_rule;
use jumpqr::rule::Edit;
use jumpqr::verification_file::location;
use serde_json::{Value, json};

use super::{answer_in_words, checked};
use crate::args::Global;
use crate::connection::{self, Caller, Connection};
use crate::failure::Failure;
use crate::output::{
    Ending, GOOD, HEADING, NextStep, Report, command_line, note, print_next_steps, print_warnings,
    printable, rule_card,
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
/// The rule comes from a file or from flags. It is checked first; one that breaks a documented rule is not sent. An
/// ordinary-link rule needs the verification file in place: see `jumpqr download`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Add {
    #[command(flatten)]
    pub(crate) rule: RuleSource,

    /// Modify a rule that exists, rather than add one (is_edit 1)
    #[arg(long)]
    edit: bool,

    /// Send the rule even if the check finds it not valid
    #[arg(long)]
    no_validate: bool,

    /// Print the exact request and send nothing; needs no credentials
    #[arg(long)]
    dry_run: bool,
}

impl Add {
    pub(crate) fn run(&self, global: &Global) -> Ending {
        let mapping = self.rule.mapping("add")?;
        let parsed =
            parse_rule(&mapping).map_err(|error| error.in_interface(AddJumpQRCode::NAME))?;
        let call = AddJumpQRCode {
            rule: parsed.rule,
            is_edit: self.is_edit(parsed.is_edit)?,
        };
        let warnings = if self.no_validate {
            let report = call.check();
            [report.violations, report.warnings].concat()
        } else {
            checked(&call)?
        };
        if self.dry_run {
            return Ok(Box::new(DryRun::of(&call, warnings, global)?));
        }
        let connection = Connection::open(global, Caller::of(call.rule.key().appid()))?;
        let client = connection.client.with_validate(!self.no_validate);
        match client.call(call.clone()) {
            Ok(confirmation) => Ok(Box::new(Added {
                call,
                warnings,
                confirmation,
                sandbox: connection.is_sandbox(),
            })),
            Err(error) => Err(Failure::from(error).warned(warnings)),
        }
    }

    fn is_edit(&self, in_file: Option<Edit>) -> Result<Edit, Failure> {
        match (self.edit, in_file) {
            (true, Some(Edit::Add)) => Err(Failure::usage(
                Some("add"),
                "--edit modifies a rule, but the file says is_edit 0, which adds one: leave out one of the two",
            )),
            (true, _) => Ok(Edit::Modify),
            (false, in_file) => Ok(in_file.unwrap_or(Edit::Add)),
        }
    }
}

struct Added {
    call: AddJumpQRCode,
    warnings: Vec<Finding>,
    confirmation: Confirmation,
    sandbox: bool,
}

impl Added {
    fn next_steps(&self) -> Vec<NextStep> {
        let prefix = self.call.rule.prefix();
        let mut publish = vec!["jumpqr", "publish", prefix];
        let mut steps = Vec::new();
        let for_real = self.sandbox.then(|| {
            NextStep::new(
                "Do it for real: the same command without --sandbox, and with credentials",
                ["jumpqr --help".to_owned()],
            )
        });
        match &self.call.rule {
            Rule::OrdinaryLink(rule) => {
                // Outside the sandbox, WeChat has just looked at it.
                let place = location(prefix, "FILE.txt").filter(|_| self.sandbox);
                steps.extend(place.map(|url| {
                    NextStep::new(
                        "Have the verification file where WeChat looks for it when a rule is added",
                        [
                            url,
                            command_line(&["jumpqr", "download", "--prefix", prefix]),
                        ],
                    )
                }));
                steps.extend(for_real);
                let links = rule.debug_url.clone().unwrap_or_default();
                if !links.is_empty() {
                    let text = format!(
                        "Try it: scanned, a test link opens the {} build before the rule is published",
                        rule.open_version.word()
                    );
                    steps.push(NextStep::new(text, links));
                }
            }
            Rule::ServiceAccount(rule) => {
                steps.extend(for_real);
                publish.extend(["--appid", &rule.appid]);
            }
        }
        let unless = match self.call.is_edit {
            Edit::Add => "",
            Edit::Modify => ", unless it is published",
        };
        steps.push(NextStep::new(
            format!("Publish the rule{unless}: then everybody who scans gets to the Mini Program"),
            [command_line(&publish)],
        ));
        steps
    }
}

impl Report for Added {
    fn command(&self) -> &'static str {
        "add"
    }

    fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{HEADING}The rule{HEADING:#}")?;
        writeln!(out, "{}", rule_card(&self.call.rule))?;
        writeln!(out)?;
        if !self.warnings.is_empty() {
            print_warnings(out, &self.warnings)?;
            writeln!(out)?;
        }
        let done = match self.call.is_edit {
            Edit::Add => "Added",
            Edit::Modify => "Modified",
        };
        let answer = answer_in_words(self.confirmation);
        let place = if self.sandbox {
            " – in the sandbox"
        } else {
            ""
        };
        writeln!(out, "{GOOD}{done}{GOOD:#}: {answer}{place}.")?;
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

/// A request that is shown instead of sent.
struct DryRun {
    method: &'static str,
    url: String,
    body: String,
    warnings: Vec<Finding>,
}

impl DryRun {
    fn of(call: &AddJumpQRCode, warnings: Vec<Finding>, global: &Global) -> Result<Self, Failure> {
        if global.sandbox {
            note("sandbox: not started, because nothing is sent");
        }
        let base_url = connection::base_url(global)?;
        let request = call.request();
        Ok(Self {
            method: request.method().as_str(),
            url: request.shown_url(&base_url),
            body: String::from_utf8_lossy(request.body().unwrap_or_default()).into_owned(),
            warnings,
        })
    }
}

impl Report for DryRun {
    fn command(&self) -> &'static str {
        "add"
    }

    fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        for warning in &self.warnings {
            note(&format!("warning: {warning}"));
        }
        note("dry run: nothing was sent");
        writeln!(out, "{} {}", self.method, printable(&self.url))?;
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
