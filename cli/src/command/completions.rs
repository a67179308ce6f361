use clap::Args;
use clap_complete::{Shell, generate};
use serde_json::json;

use crate::context::Context;
use crate::exit::Exit;

const EXAMPLES: &str = "\
Examples:
  jumpqr completions bash > ~/.local/share/bash-completion/completions/jumpqr
  jumpqr completions zsh > ~/.zfunc/_jumpqr
  jumpqr completions fish > ~/.config/fish/completions/jumpqr.fish";

/// Print the completion script for a shell
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Completions {
    /// The shell that the script is for
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

impl Completions {
    /// Prints the script for the command line of this `definition`.
    pub(crate) fn run(&self, context: &Context<'_>, mut definition: clap::Command) -> Exit {
        let mut script = Vec::new();
        generate(self.shell, &mut definition, "jumpqr", &mut script);
        let script = String::from_utf8_lossy(&script);
        let members = json!({"shell": self.shell.to_string(), "script": script});
        context.print(members, &script)
    }
}
