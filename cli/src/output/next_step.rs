//! What to do next, as a numbered list.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{HEADING, printable};

/// One thing to do, and what to do it with: links, or a command line.
pub(crate) struct NextStep {
    pub(crate) text: String,
    pub(crate) with: Vec<String>,
}

impl NextStep {
    pub(crate) fn new(text: impl Into<String>, with: impl IntoIterator<Item = String>) -> Self {
        Self {
            text: text.into(),
            with: with.into_iter().collect(),
        }
    }

    pub(crate) fn json(&self) -> Value {
        json!({"text": self.text, "with": self.with})
    }
}

/// Prints `steps` under a heading, numbered where there are several.
pub(crate) fn print_next_steps(out: &mut dyn Write, steps: &[NextStep]) -> io::Result<()> {
    writeln!(out, "{HEADING}What to do next{HEADING:#}")?;
    for (index, step) in steps.iter().enumerate() {
        writeln!(out, "  {}. {}", index + 1, printable(&step.text))?;
        for with in &step.with {
            writeln!(out, "       {}", printable(with))?;
        }
    }
    Ok(())
}

/// A line for the shell, with what needs it quoted.
pub(crate) fn command_line(words: &[&str]) -> String {
    // A text with a NUL cannot be an argument, so it cannot have come from one.
    shlex::try_join(words.iter().copied()).unwrap_or_else(|_| words.join(" "))
}
