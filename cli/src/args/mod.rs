//! Defines and parses the command line.

mod number;
mod options;

pub(crate) use number::parse_whole_number;
pub(crate) use options::Options;

use std::ffi::OsString;

use clap::{CommandFactory, FromArgMatches, Parser};

use crate::command::Command;
use crate::error::CommandError;
use crate::exit;
use crate::input::Input;
use crate::output::CommandResult;

const EXAMPLES: &str = "\
Examples:
  Try it without an account, against a local WeChat in this process:
    jumpqr --sandbox add --prefix https://weixin.qq.com/qrcodejump --path pages/index/index \\
        --open-version 1 --permit-sub-rule 1
  Look at a rule file without sending it, then add it and publish it:
    jumpqr check rule.json
    export JUMPQR_APPID=wx… JUMPQR_SECRET=…
    jumpqr add rule.json
    jumpqr publish https://m.example.cn/table/
  Find out why a printed code does not open:
    jumpqr match 'https://m.example.cn/table/7?seat=2'

Environment:
  JUMPQR_ACCESS_TOKEN         an access token; takes precedence over the other credentials here
  JUMPQR_COMPONENT_APPID,     a third-party platform, like --component-appid and
  JUMPQR_COMPONENT_APPSECRET  --component-appsecret-file; takes precedence over JUMPQR_SECRET
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
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) options: Options,
    #[command(subcommand)]
    command: Command,
}

impl Cli {
    pub(crate) fn run(&self) -> CommandResult {
        self.check()?;
        self.command.run(&self.options)
    }

    /// Checks combinations of options. clap cannot: it does not see a conflict between a global
    /// option before the command and another one after it.
    fn check(&self) -> Result<(), CommandError> {
        self.options.check()?;
        let inputs = [
            self.options.access_token_file.as_ref(),
            self.options.secret_file.as_ref(),
            self.options.component_appsecret_file.as_ref(),
            self.command.input(),
        ];
        let stdin_inputs = inputs
            .into_iter()
            .flatten()
            .filter(|input| **input == Input::Stdin);
        if stdin_inputs.count() > 1 {
            return Err(CommandError::usage(
                None,
                "only one argument may be `-` (standard input): name a file for the other",
            ));
        }
        Ok(())
    }
}

/// What clap returns instead of a parsed command line: help, the version, or an error.
pub(crate) struct HelpOrError {
    pub(crate) error: clap::Error,
    /// Whether `--json` is among the arguments.
    pub(crate) json: bool,
}

/// Parses the command line. The first argument is the name of the program.
pub(crate) fn parse(arguments: &[OsString]) -> Result<Cli, HelpOrError> {
    let mut definition = hide_global_options(definition());
    let matches = definition.try_get_matches_from_mut(arguments);
    let parsed = matches.and_then(|matches| Cli::from_arg_matches(&matches));
    parsed
        .map_err(|error| error.format(&mut definition))
        .map_err(|error| HelpOrError {
            error,
            json: arguments
                .iter()
                .take_while(|argument| *argument != "--")
                .any(|argument| argument == "--json"),
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
    let examples = command.get_after_help().map(ToString::to_string);
    let note = match examples {
        Some(examples) => format!("{examples}\n\n{GLOBAL_OPTIONS_NOTE}"),
        None => GLOBAL_OPTIONS_NOTE.to_owned(),
    };
    command
        .args(global)
        .after_help(note)
        .mut_subcommands(|command| hide_options(command, global))
}

/// Returns clap's definition of the whole command line.
pub(crate) fn definition() -> clap::Command {
    Cli::command()
}
