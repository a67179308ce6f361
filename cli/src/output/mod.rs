//! Prints results on standard output, notes and errors on standard error. With `--json`, standard
//! output is exactly one object, for errors too.

mod error;
mod json;
mod next_step;
mod rules;
mod style;
mod table;
mod text;

pub(crate) use next_step::{NextStep, print_next_steps, quote_command_line};
pub(crate) use rules::{format_rule, print_listed_rules};
pub(crate) use style::{BAD, GOOD, HEADING, WARNING};
pub(crate) use table::{format_card, format_table};
pub(crate) use text::escape;

use std::io::{self, Write};

use jumpqr::check::Finding;
use serde_json::Value;

use crate::args::HelpOrError;
use crate::error::CommandError;
use crate::exit::Exit;

/// The result of a command that succeeded.
pub(crate) trait Report {
    /// Returns the command's name, e.g. `add`.
    fn command(&self) -> &'static str;

    /// Prints the result for people.
    fn print(&self, out: &mut dyn Write) -> io::Result<()>;

    /// Returns the members of the JSON object, except `ok` and `command`.
    fn json(&self) -> Value;

    fn exit(&self) -> Exit {
        Exit::Ok
    }

    /// Runs after the report is printed, until the user stops the command. Only a server has
    /// something to do here.
    fn run_until_stopped(&self) {}
}

pub(crate) type CommandResult = Result<Box<dyn Report>, CommandError>;

pub(crate) fn print_result(json: bool, result: CommandResult) -> Exit {
    match result {
        Ok(report) => {
            let written = if json {
                print_json(&json::success_object(&*report))
            } else {
                write_to_stdout(|out| report.print(out))
            };
            let exit = exit_after_write(written, report.exit());
            report.run_until_stopped();
            exit
        }
        Err(error) => {
            let written = if json {
                print_json(&json::error_object(&error))
            } else {
                write_to_stderr(|out| error::print(out, &error));
                Ok(())
            };
            exit_after_write(written, error.exit())
        }
    }
}

pub(crate) fn print_help_or_error(help_or_error: &HelpOrError) -> Exit {
    let error = &help_or_error.error;
    if error.use_stderr() && help_or_error.json {
        let message = text::first_paragraph(&error.render().to_string());
        let error = CommandError::usage(None, message);
        return exit_after_write(print_json(&json::error_object(&error)), Exit::Usage);
    }
    let exit = if error.use_stderr() {
        Exit::Usage
    } else {
        Exit::Ok
    };
    let rendered = error.render().to_string();
    // If an argument would steer the terminal, the text is printed escaped and without colours.
    let shown = text::escape_lines(&rendered);
    let written = if shown == rendered {
        error.print()
    } else if error.use_stderr() {
        write_to_stderr(|out| writeln!(out, "{shown}"));
        Ok(())
    } else {
        write_to_stdout(|out| writeln!(out, "{shown}"))
    };
    exit_after_write(written, exit)
}

/// Prints a text on standard error that is not a result.
pub(crate) fn print_note(text: &str) {
    write_to_stderr(|out| writeln!(out, "{}", escape(text)));
}

/// Prints `warnings` under a heading, each with its field. Without warnings, prints nothing.
pub(crate) fn print_warnings(out: &mut dyn Write, warnings: &[Finding]) -> io::Result<()> {
    if warnings.is_empty() {
        return Ok(());
    }
    writeln!(out, "{WARNING}Warnings{WARNING:#}")?;
    print_findings(out, warnings)
}

fn print_findings(out: &mut dyn Write, findings: &[Finding]) -> io::Result<()> {
    for finding in findings {
        writeln!(out, "  - {}", escape(&finding.to_string()))?;
    }
    Ok(())
}

fn print_json(value: &Value) -> io::Result<()> {
    write_to_stdout(|out| writeln!(out, "{}", text::escape_json(&value.to_string())))
}

fn write_to_stdout(print: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = io::BufWriter::new(anstream::stdout().lock());
    print(&mut out)?;
    out.flush()
}

fn write_to_stderr(print: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
    // Standard error is for people. If it is closed, nobody reads it.
    let _ = print(&mut anstream::stderr().lock());
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
        Ok(()) => exit,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => exit,
        Err(error) => {
            print_note(&format!(
                "error: standard output cannot be written: {error}"
            ));
            Exit::Defect
        }
    }
}
