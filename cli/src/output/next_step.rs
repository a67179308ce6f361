//! Formats what to do next, as a numbered list.

use serde::Serialize;

use super::{HEADING, escape, indent};

/// One thing to do, and the lines to copy for it: links or a command line.
#[derive(Serialize)]
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
}

pub(crate) fn format_next_steps(steps: &[NextStep]) -> String {
    let mut lines = vec![format!("{HEADING}What to do next{HEADING:#}")];
    for (number, step) in (1..).zip(steps) {
        lines.push(format!("  {number}. {}", indent(&escape(&step.text), 5)));
        lines.extend(
            step.lines
                .iter()
                .map(|line| format!("       {}", escape(line))),
        );
    }
    lines.join("\n")
}

/// Joins words to a command line, quoted for the shell.
pub(crate) fn quote_command_line(words: &[&str]) -> String {
    // Quoting fails only for NUL. The words come from arguments, which cannot contain one.
    shlex::try_join(words.iter().copied()).unwrap_or_else(|_| words.join(" "))
}
