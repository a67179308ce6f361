//! The command line, and reading it.

mod global;
mod number;

pub(crate) use global::Global;
pub(crate) use number::whole_number;

use std::ffi::OsString;

use clap::{CommandFactory, FromArgMatches, Parser};

use crate::command::Command;
use crate::exit;
use crate::failure::Failure;
use crate::input::Input;
use crate::output::Ending;

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
  JUMPQR_ACCESS_TOKEN         an access token; goes before what follows
  JUMPQR_COMPONENT_APPID,     a third-party platform, as --component-appid and
  JUMPQR_COMPONENT_APPSECRET  --component-appsecret-file give it; goes before JUMPQR_SECRET
  JUMPQR_APPID                the account, or the platform's merchant, as --account gives it
  JUMPQR_SECRET               the account's secret, as --secret-file gives it
  JUMPQR_TOKEN_STORE          as --token-store; it may hold a password
  JUMPQR_BASE_URL             as --base-url
  NO_COLOR                    no colour, even on a terminal";

/// Stands below the help of each command.
const ELSEWHERE: &str =
    "Every command takes --json, --sandbox, --timeout and credentials: see `jumpqr --help`.";

/// Add and modify the rules by which WeChat opens a Mini Program when somebody scans a QR code.
///
/// A rule says: links that begin with this prefix open this page of this Mini Program. WeChat calls the interfaces
/// addJumpQRCode, getJumpQRCode, publishJumpQRCode, deleteJumpQRCode and downloadQRCodeText.
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
    pub(crate) global: Global,
    #[command(subcommand)]
    command: Command,
}

impl Cli {
    pub(crate) fn run(&self) -> Ending {
        self.check()?;
        self.command.run(&self.global)
    }

    /// What clap cannot see where a global option stands before the command and another after it.
    fn check(&self) -> Result<(), Failure> {
        self.global.check()?;
        let inputs = [
            self.global.access_token_file.as_ref(),
            self.global.secret_file.as_ref(),
            self.global.component_appsecret_file.as_ref(),
            self.command.input(),
        ];
        let from_stdin = inputs
            .into_iter()
            .flatten()
            .filter(|input| **input == Input::Stdin);
        if from_stdin.count() > 1 {
            return Err(Failure::usage(
                None,
                "standard input can be read for one thing only: give a file for the other",
            ));
        }
        Ok(())
    }
}

/// What clap has to say instead of a command line: help, the version, or an error.
pub(crate) struct Unparsed {
    pub(crate) error: clap::Error,
    /// Whether JSON was asked for.
    pub(crate) json: bool,
}

/// Reads the command line, the name of the program first.
pub(crate) fn parse(arguments: &[OsString]) -> Result<Cli, Unparsed> {
    let mut definition = folded(definition());
    let matches = definition.try_get_matches_from_mut(arguments);
    let parsed = matches.and_then(|matches| Cli::from_arg_matches(&matches));
    parsed
        .map_err(|error| error.format(&mut definition))
        .map_err(|error| Unparsed {
            error,
            json: arguments
                .iter()
                .take_while(|argument| *argument != "--")
                .any(|argument| argument == "--json"),
        })
}

/// The definition with which the command line is read: the options that every command takes are
/// listed in `jumpqr --help` alone, not in the help of each command.
fn folded(definition: clap::Command) -> clap::Command {
    let global: Vec<_> = definition
        .get_arguments()
        .filter(|argument| argument.is_global_set())
        .map(|argument| argument.clone().hide(true))
        .collect();
    definition.mut_subcommands(|command| with_hidden(command, &global))
}

fn with_hidden(command: clap::Command, global: &[clap::Arg]) -> clap::Command {
    let examples = command.get_after_help().map(ToString::to_string);
    let note = match examples {
        Some(examples) => format!("{examples}\n\n{ELSEWHERE}"),
        None => ELSEWHERE.to_owned(),
    };
    command
        .args(global)
        .after_help(note)
        .mut_subcommands(|command| with_hidden(command, global))
}

/// The whole command line's definition, for completions.
pub(crate) fn definition() -> clap::Command {
    Cli::command()
}
