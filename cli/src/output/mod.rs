//! What is printed: results on standard output, notes and errors on standard error; with `--json`, exactly one object on
//! standard output and nothing else there.

mod failure;
mod json;
mod next_step;
mod rules;
mod style;
mod table;
mod text;

pub(crate) use next_step::{NextStep, command_line, print_next_steps};
pub(crate) use rules::{print_listed_rules, rule_card};
pub(crate) use style::{BAD, GOOD, HEADING, WARNING};
pub(crate) use table::{card, list};
pub(crate) use text::printable;

use std::io::{self, Write};

use jumpqr::check::Finding;
use serde_json::Value;

use crate::args::Unparsed;
use crate::exit::Exit;
use crate::failure::Failure;

/// What a command that did what was asked has to say.
pub(crate) trait Report {
    /// The command's name, e.g. `add`.
    fn command(&self) -> &'static str;

    /// Prints it for a person.
    fn print(&self, out: &mut dyn Write) -> io::Result<()>;

    /// The members of the JSON object, next to `ok` and `command`.
    fn json(&self) -> Value;

    fn exit(&self) -> Exit {
        Exit::Ok
    }

    /// What goes on after it was printed: a server serves.
    fn linger(&self) {}
}

/// How a command ended.
pub(crate) type Ending = Result<Box<dyn Report>, Failure>;

/// Prints how a command ended.
pub(crate) fn print(json: bool, ending: Ending) -> Exit {
    match ending {
        Ok(report) => {
            let written = if json {
                print_json(&json::success(&*report))
            } else {
                to_stdout(|out| report.print(out))
            };
            let exit = delivered(written, report.exit());
            report.linger();
            exit
        }
        Err(failure) => {
            let written = if json {
                print_json(&json::failure(&failure))
            } else {
                to_stderr(|out| failure::print(out, &failure));
                Ok(())
            };
            delivered(written, failure.exit())
        }
    }
}

/// Prints what clap has to say instead of a command line.
pub(crate) fn unparsed(unparsed: &Unparsed) -> Exit {
    let error = &unparsed.error;
    if error.use_stderr() && unparsed.json {
        let failure = Failure::usage(None, text::first_paragraph(&error.render().to_string()));
        return delivered(print_json(&json::failure(&failure)), Exit::Usage);
    }
    let exit = if error.use_stderr() {
        Exit::Usage
    } else {
        Exit::Ok
    };
    let rendered = error.render().to_string();
    // Its colours are of no use where an argument would steer the terminal.
    let shown = text::printable_lines(&rendered);
    let written = if shown == rendered {
        error.print()
    } else if error.use_stderr() {
        to_stderr(|out| writeln!(out, "{shown}"));
        Ok(())
    } else {
        to_stdout(|out| writeln!(out, "{shown}"))
    };
    delivered(written, exit)
}

/// Says something on standard error that is not a result.
pub(crate) fn note(text: &str) {
    to_stderr(|out| writeln!(out, "{}", printable(text)));
}

/// Prints `warnings`, each with its field, under a heading; nothing where there are none.
pub(crate) fn print_warnings(out: &mut dyn Write, warnings: &[Finding]) -> io::Result<()> {
    if warnings.is_empty() {
        return Ok(());
    }
    writeln!(out, "{WARNING}Warnings{WARNING:#}")?;
    print_findings(out, warnings)
}

fn print_findings(out: &mut dyn Write, findings: &[Finding]) -> io::Result<()> {
    for finding in findings {
        writeln!(out, "  - {}", printable(&finding.to_string()))?;
    }
    Ok(())
}

fn print_json(value: &Value) -> io::Result<()> {
    to_stdout(|out| writeln!(out, "{}", text::printable_json(&value.to_string())))
}

fn to_stdout(print: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = io::BufWriter::new(anstream::stdout().lock());
    print(&mut out)?;
    out.flush()
}

/// Standard error is for people: where it is closed, nobody reads it.
fn to_stderr(print: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
    let _closed = print(&mut anstream::stderr().lock());
}

/// Prints what the library warns of while a command runs, and after it.
struct Warnings;

impl log::Log for Warnings {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.level() == log::Level::Warn && metadata.target().starts_with("jumpqr")
    }

    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            note(&format!("warning: {}", record.args()));
        }
    }

    fn flush(&self) {}
}

/// From now on, warnings of the library go to standard error.
pub(crate) fn show_warnings() {
    // A program that runs the command may have a logger of its own.
    if log::set_logger(&Warnings).is_ok() {
        log::set_max_level(log::LevelFilter::Warn);
    }
}

/// The exit code, once everything was written. A reader that has seen enough and closed the pipe is no error.
fn delivered(written: io::Result<()>, exit: Exit) -> Exit {
    match written {
        Ok(()) => exit,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => exit,
        Err(error) => {
            note(&format!(
                "error: standard output cannot be written: {error}"
            ));
            Exit::Defect
        }
    }
}
