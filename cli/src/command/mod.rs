//! The commands. The file of each has its options, its work and its result.

mod add;
mod check;
mod completions;
mod delete;
mod download;
mod dry_run;
mod errcode;
mod get;
mod link;
mod match_url;
mod named_rule;
mod platform;
mod preflight;
mod publish;
mod push;
mod qr;
mod quota;
mod raw;
mod rid;
mod sandbox;
mod token;
mod unlink;

use clap::Subcommand;
use jumpqr::check::Finding;
use jumpqr::interface::{Confirmation, Interface};

use crate::context::Context;
use crate::error::CommandError;
use crate::output::CommandResult;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Add(add::Add),
    Get(get::Get),
    Publish(publish::Publish),
    Delete(delete::Delete),
    Download(download::Download),
    Preflight(preflight::Look),
    Link(link::Link),
    Unlink(unlink::Unlink),
    Check(check::Check),
    Match(match_url::Match),
    Qr(qr::Qr),
    Token(token::Token),
    Platform(platform::Platform),
    Push(push::Push),
    Raw(raw::Raw),
    Errcode(errcode::Errcode),
    Rid(rid::Rid),
    Quota(quota::Quota),
    Sandbox(sandbox::Serve),
    Completions(completions::Completions),
}

impl Command {
    /// Runs the command. `definition` defines the whole command line.
    pub(crate) fn run(
        &self,
        context: &Context<'_>,
        definition: fn() -> clap::Command,
    ) -> CommandResult {
        match self {
            Self::Add(command) => command.run(context),
            Self::Get(command) => command.run(context),
            Self::Publish(command) => command.run(context),
            Self::Delete(command) => command.run(context),
            Self::Download(command) => command.run(context),
            Self::Preflight(command) => command.run(context),
            Self::Link(command) => command.run(context),
            Self::Unlink(command) => command.run(context),
            Self::Check(command) => command.run(context),
            Self::Match(command) => command.run(context),
            Self::Qr(command) => command.run(context),
            Self::Token(command) => command.run(context),
            Self::Platform(command) => command.run(context),
            Self::Push(command) => command.run(context),
            Self::Raw(command) => command.run(context),
            Self::Errcode(command) => command.run(context),
            Self::Rid(command) => command.run(context),
            Self::Quota(command) => command.run(context),
            Self::Sandbox(command) => command.run(context),
            Self::Completions(command) => Ok(command.run(context, definition())),
        }
    }
}

/// Returns the warnings of `call`, or an error with all of its violations. With `validate` false,
/// the violations are warnings too. Commands check before they connect, so that an invalid call has
/// this error even without credentials.
fn check_call<I: Interface>(call: &I, validate: bool) -> Result<Vec<Finding>, CommandError> {
    let report = call.check();
    if !validate {
        return Ok([report.violations, report.warnings].concat());
    }
    let warnings = report.warnings.clone();
    let result = report.into_result();
    with_warnings(
        result.map_err(|error| error.in_interface(call.name())),
        warnings,
    )
}

/// Adds the warnings of a call to its error.
fn with_warnings<T>(result: jumpqr::Result<T>, warnings: Vec<Finding>) -> Result<T, CommandError> {
    result.map_err(|error| CommandError::from(error).with_warnings(warnings))
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
