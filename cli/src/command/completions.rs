use std::io::{self, Write};

use clap::Args;
use clap_complete::{Shell, generate};
use serde_json::{Value, json};

use crate::args;
use crate::output::Report;

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
    pub(crate) fn run(&self) -> Box<dyn Report> {
        let mut script = Vec::new();
        generate(self.shell, &mut args::definition(), "jumpqr", &mut script);
        Box::new(CompletionScript {
            shell: self.shell,
            text: String::from_utf8_lossy(&script).into_owned(),
        })
    }
}

struct CompletionScript {
    shell: Shell,
    text: String,
}

impl Report for CompletionScript {
    fn command(&self) -> &'static str {
        "completions"
    }

    fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(self.text.as_bytes())
    }

    fn json(&self) -> Value {
        json!({"shell": self.shell.to_string(), "script": self.text})
    }
}
