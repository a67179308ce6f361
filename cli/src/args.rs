//! The command line: the global options, and reading all of it.

use std::ffi::OsString;
use std::time::Duration;

use clap::{Args, CommandFactory, Parser};

use crate::command::Command;
use crate::exit;
use crate::failure::Failure;
use crate::input::Input;
use crate::output::Ending;

/// The longest timeout that is taken, in seconds: a day.
const LONGEST_TIMEOUT: f64 = 86_400.0;

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
  JUMPQR_ACCESS_TOKEN             an access token; goes before appid and secret
  JUMPQR_APPID, JUMPQR_SECRET     the account, as --account and --secret-file give it
  JUMPQR_BASE_URL                 as --base-url
  NO_COLOR                        no colour, even on a terminal";

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
    subcommand_required = true,
    disable_help_subcommand = true
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    command: Command,
}

/// The options that stand before or after the command.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// Run against an embedded sandbox, a local WeChat, instead of the real one
    ///
    /// It starts empty, has accounts of its own and forgets everything when the command ends. Nothing leaves this machine.
    #[arg(long, global = true, help_heading = "Global options")]
    pub(crate) sandbox: bool,

    /// Print exactly one JSON object on standard output, for errors too
    #[arg(long, global = true, help_heading = "Global options")]
    pub(crate) json: bool,

    /// The most time that a call may take, in seconds [default: 30] [example: 2.5]
    ///
    /// Fetching a token, retries and reading back are included. A command that makes several calls gives it to each.
    #[arg(
        long,
        global = true,
        value_name = "SECONDS",
        value_parser = seconds,
        allow_negative_numbers = true,
        help_heading = "Global options"
    )]
    pub(crate) timeout: Option<Duration>,

    /// Where to send requests [default: https://api.weixin.qq.com] [example: https://api2.weixin.qq.com]
    #[arg(
        long,
        global = true,
        value_name = "URL",
        help_heading = "Global options"
    )]
    pub(crate) base_url: Option<String>,

    /// Allow a --base-url with plain http that is not this machine: only for a proxy in your own network
    #[arg(long, global = true, help_heading = "Global options")]
    pub(crate) allow_http: bool,

    /// Read the access token from this file; `-` is standard input [example: /run/secrets/wechat-token]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Credentials")]
    pub(crate) access_token_file: Option<Input>,

    /// The appid of the account whose rules these are, with --secret-file [example: wx1234567890abcdef]
    #[arg(
        long,
        global = true,
        value_name = "APPID",
        help_heading = "Credentials"
    )]
    pub(crate) account: Option<String>,

    /// Read the account's secret from this file; `-` is standard input [example: /run/secrets/wechat-secret]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Credentials")]
    pub(crate) secret_file: Option<Input>,
}

impl Cli {
    pub(crate) fn run(&self) -> Ending {
        self.check()?;
        self.command.run(&self.global)
    }

    /// What clap cannot see where a global option stands before the command and another after it.
    fn check(&self) -> Result<(), Failure> {
        let global = &self.global;
        let refuse = |message: String| Err(Failure::usage(None, message));
        let credentials = [
            ("--access-token-file", global.access_token_file.is_some()),
            ("--account", global.account.is_some()),
            ("--secret-file", global.secret_file.is_some()),
        ];
        let given = credentials
            .iter()
            .filter_map(|(name, given)| given.then_some(*name));
        let given: Vec<_> = given.collect();
        if global.sandbox {
            let clash = global.base_url.is_some().then_some("--base-url");
            if let Some(name) = clash.or(given.first().copied()) {
                return refuse(format!(
                    "--sandbox and {name} cannot be used together: the sandbox has its own address and accounts"
                ));
            }
        }
        if given.len() > 1 && global.access_token_file.is_some() {
            return refuse(format!(
                "{} cannot be used together: give an access token, or an appid and a secret",
                given.join(" and ")
            ));
        }
        let inputs = [
            global.access_token_file.as_ref(),
            global.secret_file.as_ref(),
            self.command.input(),
        ];
        let from_stdin = inputs
            .into_iter()
            .flatten()
            .filter(|input| **input == Input::Stdin);
        if from_stdin.count() > 1 {
            return refuse(
                "`-` is given twice: standard input can be read for one thing only".to_owned(),
            );
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
    Cli::try_parse_from(arguments).map_err(|error| Unparsed {
        error,
        json: arguments
            .iter()
            .take_while(|argument| *argument != "--")
            .any(|argument| argument == "--json"),
    })
}

/// The whole command line's definition, for completions.
pub(crate) fn definition() -> clap::Command {
    Cli::command()
}

fn seconds(text: &str) -> Result<Duration, String> {
    text.parse()
        .ok()
        .filter(|seconds: &f64| *seconds <= LONGEST_TIMEOUT)
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .filter(|timeout| !timeout.is_zero())
        .ok_or_else(|| {
            format!("give seconds, more than 0 and at most {LONGEST_TIMEOUT}, for example 2.5")
        })
}
