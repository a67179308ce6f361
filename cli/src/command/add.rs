use std::io::{self, IsTerminal};

use clap::Args;
use jumpqr::Rule;
use jumpqr::check::Finding;
use jumpqr::interface::{AddJumpQRCode, Confirmation, Interface};
use jumpqr::mapping::parse_rule;
use jumpqr::preflight::Preflight;
use jumpqr::rule::Edit;
use jumpqr::verification_file::location;
use jumpqr_qr::{Level, QrCode};
use serde_json::json;

use super::dry_run::DryRunReport;
use super::{check_call, describe_confirmation};
use crate::acting_as::ActingAs;
use crate::connection::Connection;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{
    CommandResult, GOOD, HEADING, NextStep, escape, format_code, format_next_steps,
    format_preflight, format_rule, format_warnings, quote_command_line,
};
use crate::preflight::{look_after, look_before};
use crate::rule_source::RuleSource;

const EXAMPLES: &str = "\
Examples:
  jumpqr add --prefix https://m.example.cn/table/ --path pages/index/index \\
      --open-version 1 --permit-sub-rule 1 --debug-url https://m.example.cn/table/1
  jumpqr add rule.json
  jumpqr add --edit rule.json
  jumpqr add --dry-run rule.json
  jumpqr add --preflight rule.json

rule.json, with the names of WeChat's own page:
  {\"prefix\": \"https://m.example.cn/table/\", \"path\": \"pages/index/index\",
   \"open_version\": 1, \"permit_sub_rule\": 1, \"debug_url\": [\"https://m.example.cn/table/1\"]}";

/// Add a rule, or modify one (addJumpQRCode)
///
/// The rule comes from a file or from flags. It is checked first, and is not sent if WeChat's pages
/// forbid it. An ordinary-link rule needs the verification file in place: see `jumpqr download`. If
/// WeChat does not find it (85069), the command looks for it as WeChat does, and says why. On a
/// terminal, the first test link of an added rule is shown as a QR code.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "they are flags")]
pub(crate) struct Add {
    /// Modify an existing rule instead of adding one (is_edit 1)
    #[arg(long)]
    edit: bool,

    /// Send the rule even if the check finds violations
    #[arg(long)]
    no_validate: bool,

    /// Print the exact request but send nothing; needs no credentials
    #[arg(long)]
    dry_run: bool,

    /// First look whether WeChat will find the verification file, and send the rule only if so
    ///
    /// See `jumpqr preflight`. The rule is also sent if the file may be found, or is not needed.
    #[arg(long, conflicts_with = "dry_run")]
    preflight: bool,

    // Last, because the heading of its flags would stand above other options too.
    #[command(flatten)]
    rule: RuleSource,
}

impl Add {
    pub(crate) fn run(&self, context: &Context<'_>) -> CommandResult {
        if self.preflight && context.uses_sandbox() {
            return Err(context.usage(
                "--preflight looks for the file of a real account, and --sandbox has none: leave \
                 out one of the two",
            ));
        }
        let mapping = self.rule.read_mapping(context)?;
        let parsed =
            parse_rule(&mapping).map_err(|error| error.in_interface(AddJumpQRCode::NAME))?;
        let is_edit = match (self.edit, parsed.is_edit) {
            (true, Some(Edit::Add)) => {
                return Err(context.usage(
                    "--edit modifies a rule, but is_edit 0 in the file adds one: leave out one of \
                     the two",
                ));
            }
            (true, _) => Edit::Modify,
            (false, in_file) => in_file.unwrap_or(Edit::Add),
        };
        let call = AddJumpQRCode {
            rule: parsed.rule,
            is_edit,
        };
        let warnings = check_call(&call, !self.no_validate)?;
        if self.dry_run {
            return Ok(DryRunReport::without_connection(&call, context, warnings)?.print(context));
        }
        let key = call.rule.key();
        let connection = Connection::open(context, ActingAs::owner_of_rules(key.appid.as_deref()))?;
        let client = connection.client.with_validate(!self.no_validate);
        let preflight = self
            .preflight
            .then(|| look_before(&key, &client, context))
            .transpose()?;
        let confirmation = client.call(call.clone()).map_err(|error| {
            let found = preflight.clone();
            let found = found.or_else(|| look_after(&error, &key, &client, context));
            let error = CommandError::from(error).with_warnings(warnings.clone());
            error.with_preflight(found)
        })?;
        let preflight = preflight.as_ref();
        Ok(print_added(
            &call,
            confirmation,
            &warnings,
            preflight,
            context,
        ))
    }
}

fn print_added(
    call: &AddJumpQRCode,
    confirmation: Confirmation,
    warnings: &[Finding],
    preflight: Option<&Preflight>,
    context: &Context<'_>,
) -> Exit {
    let AddJumpQRCode { rule, is_edit } = call;
    let sandbox = context.uses_sandbox();
    let next = next_steps(call, sandbox);
    let shown_warnings = match warnings {
        [] => String::new(),
        warnings => format!("{}\n\n", format_warnings(warnings)),
    };
    let shown_preflight = preflight.map(format_preflight);
    let shown_preflight =
        shown_preflight.map_or_else(String::new, |preflight| format!("{preflight}\n\n"));
    let done = match is_edit {
        Edit::Add => "Added",
        Edit::Modify => "Modified",
    };
    let place = if sandbox { " – in the sandbox" } else { "" };
    let text = format!(
        "{HEADING}The rule{HEADING:#}\n{}\n\n{shown_warnings}{shown_preflight}\
         {GOOD}{done}{GOOD:#}: {}{place}.\n\n{}{}",
        format_rule(rule),
        describe_confirmation(confirmation),
        format_next_steps(&next),
        format_test_link(rule, sandbox),
    );
    let members = json!({
        "rule": rule,
        "is_edit": is_edit,
        "warnings": warnings,
        "confirmation": confirmation,
        "preflight": preflight,
        "sandbox": sandbox,
        "next": next,
    });
    context.print(members, &text)
}

/// Formats the code of the first test link, to be scanned from a terminal.
fn format_test_link(rule: &Rule, sandbox: bool) -> String {
    let Rule::OrdinaryLink(rule) = rule else {
        return String::new();
    };
    let link = rule.debug_url.iter().flatten().next();
    let code = link.filter(|_| io::stdout().is_terminal());
    let code = code.and_then(|link| QrCode::new(link, Level::default()).ok());
    code.map_or_else(String::new, |code| {
        let once = if sandbox {
            ", once the rule is added for real"
        } else {
            ""
        };
        format!(
            "\n\n{HEADING}The first test link, to scan with WeChat{once}{HEADING:#}\n{}{}",
            format_code(&code),
            escape(code.link())
        )
    })
}

fn next_steps(call: &AddJumpQRCode, sandbox: bool) -> Vec<NextStep> {
    let prefix = call.rule.prefix();
    let mut publish = vec!["jumpqr", "publish", prefix];
    let mut steps = Vec::new();
    if sandbox {
        // Outside the sandbox, WeChat has just read the file.
        let has_file = matches!(call.rule, Rule::OrdinaryLink(_));
        let file_url = location(prefix, "FILE.txt").filter(|_| has_file);
        let download = quote_command_line(&["jumpqr", "download", "--prefix", prefix]);
        steps.extend(file_url.map(|url| {
            NextStep::new(
                "Put the verification file where WeChat looks for it when a rule is added",
                [url, download],
            )
        }));
        steps.push(NextStep::new(
            "Run the same command for real: without --sandbox, and with credentials",
            ["jumpqr --help".to_owned()],
        ));
    }
    match &call.rule {
        Rule::OrdinaryLink(rule) => {
            let links = rule.debug_url.clone().filter(|links| !links.is_empty());
            steps.extend(links.map(|links| {
                let text = format!(
                    "Try it: scan a test link, which opens the {} build before the rule is \
                     published",
                    rule.open_version.name()
                );
                NextStep::new(text, links)
            }));
        }
        Rule::ServiceAccount(rule) => publish.extend(["--appid", &rule.appid]),
    }
    let condition = match call.is_edit {
        Edit::Add => "",
        Edit::Modify => ", unless it already is",
    };
    steps.push(NextStep::new(
        format!("Publish the rule{condition}: then the Mini Program opens for everybody who scans"),
        [quote_command_line(&publish)],
    ));
    steps
}
