//! Defines, parses and runs the command line.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::iter;

use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser};

use crate::command::Command;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::{self, Exit};
use crate::input::Input;
use crate::options::{self, Options};
use crate::output;

const EXAMPLES: &str = "\
Examples:
  Try it without an account, against a local WeChat in this process:
    jumpqr --sandbox add --prefix https://weixin.qq.com/qrcodejump --path pages/index/index \\
        --open-version 1 --permit-sub-rule 1
  Look at a rule file and at the verification file, then add the rule and publish it:
    jumpqr check rule.json
    export JUMPQR_APPID=wx… JUMPQR_SECRET=…
    jumpqr preflight rule.json
    jumpqr add rule.json
    jumpqr publish https://m.example.cn/table/
  Draw a code, if its link opens; and find out why a printed code does not open:
    jumpqr qr -o table-7.svg 'https://m.example.cn/table/7?seat=2'
    jumpqr match 'https://m.example.cn/table/7?seat=2'

Environment:
  JUMPQR_ACCESS_TOKEN         an access token; takes precedence over the other credentials here
  JUMPQR_COMPONENT_APPID,     a third-party platform, like --component-appid and
  JUMPQR_COMPONENT_APPSECRET  --component-appsecret-file; takes precedence over JUMPQR_SECRET
  JUMPQR_MESSAGE_TOKEN,       what WeChat's pushes to the platform are signed and encrypted with;
  JUMPQR_ENCODING_AES_KEY     with _FORMER, the ones before the last change
  JUMPQR_APPID                the account, or the platform's merchant, like --account
  JUMPQR_SECRET               the account's secret, like --secret-file
  JUMPQR_TOKEN_STORE          like --token-store; it may hold a password
  JUMPQR_BASE_URL             like --base-url
  NO_COLOR                    if set, no colour, even on a terminal";

/// Printed below the help of each command.
const GLOBAL_OPTIONS_NOTE: &str =
    "Every command takes --json, --sandbox, --timeout and credentials: see `jumpqr --help`.";

/// Add and modify the rules by which WeChat opens a Mini Program when somebody scans a QR code.
///
/// A rule says: links that begin with this prefix open this page of this Mini Program. WeChat's
/// names for the interfaces are addJumpQRCode, getJumpQRCode, publishJumpQRCode, deleteJumpQRCode
/// and downloadQRCodeText.
#[derive(Debug, Parser)]
#[command(
    name = "jumpqr",
    version,
    after_help = "See --help for examples, the environment and the exit codes.",
    after_long_help = format!("{EXAMPLES}\n\n{}", exit::HELP),
    max_term_width = 100,
    arg_required_else_help = true,
    subcommand_required = true
)]
struct Cli {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    command: Command,
}

/// Runs the command line. The first argument is the name of the program.
pub(crate) fn run(arguments: &[OsString]) -> Exit {
    let mut definition = hide_global_options(Cli::command());
    let parsed = definition
        .try_get_matches_from_mut(arguments)
        .and_then(|matches| Ok((Cli::from_arg_matches(&matches)?, matches)));
    let (cli, matches) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => {
            let mut options = arguments.iter().take_while(|argument| *argument != "--");
            let json = options.any(|argument| argument == "--json");
            return output::print_help_or_error(&error.format(&mut definition), json);
        }
    };
    let name = command_name(&matches);
    let context = Context::new(&cli.options, &name);
    let result = check(&matches).and_then(|()| cli.command.run(&context, Cli::command));
    result.unwrap_or_else(|error| {
        // The embedded sandbox ends with the command, and forgets the call.
        let error = if cli.options.sandbox {
            error
        } else {
            error.with_rid_advice()
        };
        output::print_error(&error, cli.options.json)
    })
}

/// Returns the name of the command with its subcommands, e.g. `token status`.
fn command_name(matches: &ArgMatches) -> String {
    let commands = iter::successors(matches.subcommand(), |(_, inner)| inner.subcommand());
    commands.map(|(name, _)| name).collect::<Vec<_>>().join(" ")
}

/// Checks combinations of arguments. clap cannot: it does not see a conflict between a global
/// option before the command and another one after it.
fn check(matches: &ArgMatches) -> Result<(), CommandError> {
    options::check(matches)?;
    let commands = iter::successors(Some(matches), |outer| Some(outer.subcommand()?.1));
    let stdin_arguments: BTreeSet<_> = commands.flat_map(stdin_arguments).collect();
    if stdin_arguments.len() > 1 {
        return Err(CommandError::usage(
            "only one argument may be `-` (standard input): name a file for the other",
        ));
    }
    Ok(())
}

/// Returns the arguments of one command that are read from standard input.
fn stdin_arguments(matches: &ArgMatches) -> impl Iterator<Item = &str> {
    matches.ids().map(clap::Id::as_str).filter(|id| {
        let input = matches.try_get_one(id).ok().flatten();
        input == Some(&Input::Stdin)
    })
}

/// Hides the global options in the help of each command, so that only `jumpqr --help` lists them.
fn hide_global_options(definition: clap::Command) -> clap::Command {
    let global: Vec<_> = definition
        .get_arguments()
        .filter(|argument| argument.is_global_set())
        .map(|argument| argument.clone().hide(true))
        .collect();
    definition.mut_subcommands(|command| hide_options(command, &global))
}

fn hide_options(command: clap::Command, global: &[clap::Arg]) -> clap::Command {
    let examples = command.get_after_help();
    let examples = examples.map_or_else(String::new, |examples| format!("{examples}\n\n"));
    command
        .args(global)
        .after_help(format!("{examples}{GLOBAL_OPTIONS_NOTE}"))
        .mut_subcommands(|command| hide_options(command, global))
}
