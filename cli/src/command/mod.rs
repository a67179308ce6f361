//! The commands, one file each: its options, what it does, and what it says.

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

use crate::args::Global;
use crate::failure::Failure;
use crate::input::Input;
use crate::output::Ending;

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
    Errcode(errcode::Lookup),
    Sandbox(sandbox::Serve),
    Completions(completions::Completions),
}

impl Command {
    pub(crate) fn run(&self, global: &Global) -> Ending {
        match self {
            Self::Add(command) => command.run(global),
            Self::Get(command) => command.run(global),
            Self::Publish(command) => command.run(global),
            Self::Delete(command) => command.run(global),
            Self::Download(command) => command.run(global),
            Self::Link(command) => command.run(global),
            Self::Check(command) => command.run(),
            Self::Match(command) => command.run(global),
            Self::Token(command) => command.run(global),
            Self::Errcode(command) => command.run(),
            Self::Sandbox(command) => command.run(),
            Self::Completions(command) => Ok(command.run()),
        }
    }

    /// What the command reads, which may be standard input.
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

/// The warnings of `call`, or all of its violations. It comes before the connection, so that a call that is not valid is
/// refused as such even where there are no credentials.
fn checked<I: Interface>(call: &I) -> Result<Vec<Finding>, Failure> {
    let report = call.check();
    let warnings = report.warnings.clone();
    match report.into_result() {
        Ok(warnings) => Ok(warnings),
        Err(error) => Err(Failure::from(error.in_interface(I::NAME)).warned(warnings)),
    }
}

/// How a write was confirmed.
fn answer_in_words(confirmation: Confirmation) -> &'static str {
    match confirmation {
        Confirmation::Answered => "WeChat answered ok (errcode 0)",
        Confirmation::ReadBack => {
            "WeChat's answer got lost or was inconclusive; read back, the change stands"
        }
        Confirmation::NotThere => "there is no such rule, and nothing was sent",
        Confirmation::AlreadyPublished => "the rule is published already, and nothing was sent",
    }
}
