//! Commands of a third-party platform: its merchants, from the link to the end.

mod exchange;
mod forget;
mod merchants;
mod readiness;
mod url;

use clap::{Args, Subcommand};
use jumpqr::interface::FuncInfo;

use crate::context::Context;
use crate::output::{CommandResult, escape};

const EXAMPLES: &str = "\
Examples:
  jumpqr platform url --redirect-uri https://saas.example.cn/done
  jumpqr platform exchange < auth-code
  jumpqr platform readiness wx1234567890abcdef
  jumpqr platform merchants";

/// Authorise, list, judge and forget the merchants of a third-party platform
///
/// The platform is named by --component-appid and its secret, or by the environment.
#[derive(Debug, Args)]
#[command(
    after_help = EXAMPLES,
    arg_required_else_help = true,
    subcommand_required = true
)]
pub(crate) struct Platform {
    #[command(subcommand)]
    command: PlatformCommand,
}

#[derive(Debug, Subcommand)]
enum PlatformCommand {
    Url(url::Url),
    Exchange(exchange::Exchange),
    Merchants(merchants::List),
    Forget(forget::Forget),
    Readiness(readiness::Judge),
}

impl Platform {
    pub(crate) fn run(&self, context: &Context<'_>) -> CommandResult {
        match &self.command {
            PlatformCommand::Url(command) => command.run(context),
            PlatformCommand::Exchange(command) => command.run(context),
            PlatformCommand::Merchants(merchants::List) => merchants::run(context),
            PlatformCommand::Forget(command) => command.run(context),
            PlatformCommand::Readiness(command) => command.run(context),
        }
    }
}

/// Names permission sets: `18 小程序开发与数据分析, 33`.
fn name_sets(sets: &[FuncInfo]) -> String {
    let names = sets.iter().map(|set| match &set.name {
        Some(name) => format!("{} {}", set.id, escape(name)),
        None => set.id.to_string(),
    });
    names.collect::<Vec<_>>().join(", ")
}
