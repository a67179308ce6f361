//! Prints results on standard output, notes and errors on standard error. With `--json`, standard
//! output is exactly one object, for errors too.

mod code;
mod count;
mod error;
mod next_step;
mod preflight;
mod progress;
mod rules;
mod style;
mod table;
mod text;

pub(crate) use code::format_code;
pub(crate) use count::{format_count, group_digits};
pub(crate) use next_step::{NextStep, format_next_steps, quote_command_line};
pub(crate) use preflight::{format_access_log, format_observations, format_preflight};
pub(crate) use progress::Progress;
pub(crate) use rules::{format_hit, format_listed_rules, format_rule};
pub(crate) use style::{BAD, GOOD, HEADING, WARNING};
pub(crate) use table::{format_card, format_entries, format_table, indent};
pub(crate) use text::escape;

use std::io::{self, Write};

use jumpqr::call::CallEvent;
use jumpqr::check::Finding;
use serde_json::{Value, json};

use crate::error::CommandError;
use crate::exit::Exit;

/// The exit code of a command that has printed its result.
pub(crate) type CommandResult = Result<Exit, CommandError>;

/// Prints the result of `command`: `text`, or with `--json` an object with the `members`.
pub(crate) fn print_result(mut members: Value, text: &str, command: &str, json: bool) -> Exit {
    if !json {
        return exit_after_write(print_text(text), Exit::Ok);
    }
    if let Value::Object(members) = &mut members {
        members.insert("ok".to_owned(), json!(true));
        members.insert("command".to_owned(), json!(command));
    }
    exit_after_write(print_json(&members), Exit::Ok)
}

pub(crate) fn print_error(error: &CommandError, json: bool) -> Exit {
    let written = if json {
        print_json(&error.json())
    } else {
        print_to_stderr(&error::format_error(error));
        Ok(())
    };
    exit_after_write(written, error.exit)
}

/// Prints what clap returns instead of a parsed command line: help, the version, or an error.
pub(crate) fn print_help_or_error(help_or_error: &clap::Error, json: bool) -> Exit {
    let is_error = help_or_error.use_stderr();
    let rendered = help_or_error.render().to_string();
    if is_error && json {
        return print_error(&CommandError::usage(text::first_paragraph(&rendered)), json);
    }
    // If an argument would steer the terminal, the text is printed escaped and without colours.
    let shown = text::escape_lines(&rendered);
    let written = if shown == rendered {
        help_or_error.print()
    } else if is_error {
        print_to_stderr(&shown);
        Ok(())
    } else {
        print_text(&shown)
    };
    exit_after_write(written, if is_error { Exit::Usage } else { Exit::Ok })
}

/// Prints a text on standard error that is not a result.
pub(crate) fn print_note(text: &str) {
    print_to_stderr(&escape(text));
}

/// Prints what a call has done on one line of standard error.
pub(crate) fn print_event(event: &CallEvent) {
    print_note(&event.to_string());
}

/// Prints what a call has done as a JSON object on one line of standard error.
pub(crate) fn print_event_as_json(event: &CallEvent) {
    print_to_stderr(&text::escape_json(&json!(event).to_string()));
}

/// Formats `warnings` under a heading, each with its field.
pub(crate) fn format_warnings(warnings: &[Finding]) -> String {
    let findings = format_findings(warnings);
    format!("{WARNING}Warnings{WARNING:#}\n{findings}")
}

fn format_findings(findings: &[Finding]) -> String {
    let line = |finding: &Finding| format!("  - {}", escape(&finding.to_string()));
    findings.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Formats the text of a JSON document on one line.
pub(crate) fn format_json(json: &str) -> String {
    // Within a text, JSON has these characters only as escapes.
    text::escape_json(&json.replace(['\n', '\r', '\t'], " "))
}

fn print_json(value: &Value) -> io::Result<()> {
    print_text(&text::escape_json(&value.to_string()))
}

fn print_text(text: &str) -> io::Result<()> {
    let mut out = io::BufWriter::new(anstream::stdout().lock());
    writeln!(out, "{}", text.trim_end_matches('\n'))?;
    out.flush()
}

fn print_to_stderr(text: &str) {
    // Standard error is for people. If it is closed, nobody reads it.
    let _ = writeln!(anstream::stderr().lock(), "{text}");
}

/// Prints the library's warnings on standard error.
struct WarningLogger;

impl log::Log for WarningLogger {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.level() == log::Level::Warn && metadata.target().starts_with("jumpqr")
    }

    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            print_note(&format!("warning: {}", record.args()));
        }
    }

    fn flush(&self) {}
}

/// Installs the logger for the library's warnings.
pub(crate) fn log_warnings_to_stderr() {
    // A program that includes the command may have set its own logger, which then stays.
    if log::set_logger(&WarningLogger).is_ok() {
        log::set_max_level(log::LevelFilter::Warn);
    }
}

/// Returns the exit code after the output was written. A closed pipe is not an error: its reader
/// has seen enough.
fn exit_after_write(written: io::Result<()>, exit: Exit) -> Exit {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            print_note(&format!(
                "error: standard output cannot be written: {error}"
            ));
            Exit::Defect
        }
        _ => exit,
    }
}
