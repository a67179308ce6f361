//! Prints what to do next, as a numbered list.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{HEADING, escape};

/// One thing to do, and the lines to copy for it: links or a command line.
pub(crate) struct NextStep {
    text: String,
    lines: Vec<String>,
}

impl NextStep {
    pub(crate) fn new(text: impl Into<String>, lines: impl IntoIterator<Item = String>) -> Self {
        Self {
            text: text.into(),
            lines: lines.into_iter().collect(),
        }
    }

    pub(crate) fn json(&self) -> Value {
        json!({"text": self.text, "lines": self.lines})
    }
}

pub(crate) fn print_next_steps(out: &mut dyn Write, steps: &[NextStep]) -> io::Result<()> {
    writeln!(out, "{HEADING}What to do next{HEADING:#}")?;
    for (index, step) in steps.iter().enumerate() {
        writeln!(out, "  {}. {}", index + 1, escape(&step.text))?;
        for line in &step.lines {
            writeln!(out, "       {}", escape(line))?;
        }
    }
    Ok(())
}

/// Joins words to a command line, quoted for the shell.
pub(crate) fn quote_command_line(words: &[&str]) -> String {
    // Quoting fails only for NUL. The words come from arguments, which cannot contain one.
    shlex::try_join(words.iter().copied()).unwrap_or_else(|_| words.join(" "))
}
