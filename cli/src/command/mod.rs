//! The commands. The file of each has its options, its work and its report.

mod add;
mod check;
mod completions;
mod delete;
mod download;
mod errcode;
mod get;
mod link;
mod match_url;
mod named_rule;
mod publish;
mod sandbox;
mod token;

use clap::Subcommand;
use jumpqr::check::Finding;
use jumpqr::interface::{Confirmation, Interface};

use crate::args::Options;
use crate::error::CommandError;
use crate::input::Input;
use crate::output::CommandResult;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Add(add::Add),
    Get(get::Get),
    Publish(publish::Publish),
    Delete(delete::Delete),
    Download(download::Download),
    Link(link::Link),
    Check(check::Check),
    Match(match_url::Match),
    Token(token::Token),
    Errcode(errcode::Errcode),
    Sandbox(sandbox::Serve),
    Completions(completions::Completions),
}

impl Command {
    pub(crate) fn run(&self, options: &Options) -> CommandResult {
        match self {
            Self::Add(command) => command.run(options),
            Self::Get(command) => command.run(options),
            Self::Publish(command) => command.run(options),
            Self::Delete(command) => command.run(options),
            Self::Download(command) => command.run(options),
            Self::Link(command) => command.run(options),
            Self::Check(command) => command.run(),
            Self::Match(command) => command.run(options),
            Self::Token(command) => command.run(options),
            Self::Errcode(command) => command.run(),
            Self::Sandbox(command) => command.run(),
            Self::Completions(command) => Ok(command.run()),
        }
    }

    /// Returns the input that the command reads, which may be standard input.
    pub(crate) fn input(&self) -> Option<&Input> {
        match self {
            Self::Add(command) => command.rule.file.as_ref(),
            Self::Check(command) => command.rule.file.as_ref(),
            Self::Match(command) => command.rules.as_ref(),
            Self::Token(command) => command.input(),
            _ => None,
        }
    }
}

/// Returns the warnings of `call`, or an error with all of its violations. Commands check before
/// they connect, so that an invalid call has this error even without credentials.
fn check_call<I: Interface>(call: &I) -> Result<Vec<Finding>, CommandError> {
    let report = call.check();
    let warnings = report.warnings.clone();
    match report.into_result() {
        Ok(warnings) => Ok(warnings),
        Err(error) => Err(CommandError::from(error.in_interface(I::NAME)).with_warnings(warnings)),
    }
}

fn describe_confirmation(confirmation: Confirmation) -> &'static str {
    match confirmation {
        Confirmation::Answered => "WeChat answered ok (errcode 0)",
        Confirmation::ReadBack => {
            "WeChat's response was lost or inconclusive, but the change was read back"
        }
        Confirmation::NotThere => "there is no such rule; nothing was sent",
        Confirmation::AlreadyPublished => "the rule is already published; nothing was sent",
    }
}
