//! Prints an error for people: what happened, to which field, and what to do next.

use std::io::{self, Write};

use jumpqr::{Error, Outcome};

use super::text::escape_lines;
use super::{BAD, HEADING, escape, print_findings, print_warnings};
use crate::error::CommandError;

pub(super) fn print(out: &mut dyn Write, error: &CommandError) -> io::Result<()> {
    let message = error.message();
    match error.library_error() {
        None => writeln!(out, "{BAD}error:{BAD:#} {}", escape(&message))?,
        Some(error) => print_library_error(out, error)?,
    }
    if !error.warnings.is_empty() {
        writeln!(out)?;
        print_warnings(out, &error.warnings)?;
    }
    writeln!(out)?;
    let advice = error.advice();
    // Advice about a response may repeat what was sent. All other advice is ours and may have
    // several lines.
    let is_about_response = error.library_error().and_then(Error::errcode).is_some();
    let shown = if is_about_response {
        escape(&advice)
    } else {
        escape_lines(&advice)
    };
    writeln!(out, "{HEADING}What to do:{HEADING:#} {shown}")
}

fn print_library_error(out: &mut dyn Write, error: &Error) -> io::Result<()> {
    let code = error.code();
    let interface = error
        .interface()
        .map_or_else(String::new, |name| format!("{name}: "));
    if error.violations().is_empty() {
        let message = escape(error.message());
        writeln!(out, "{BAD}error[{code}]:{BAD:#} {interface}{message}")?;
    } else {
        // Without an interface, the command was offline: there was nothing to send.
        let unsent = error.interface().map_or("", |_| "; nothing was sent");
        writeln!(
            out,
            "{BAD}error[{code}]:{BAD:#} {interface}not valid{unsent}"
        )?;
        print_findings(out, error.violations())?;
    }
    if let Some(rid) = error.rid() {
        writeln!(out, "  rid: {}", escape(rid))?;
    }
    if error.outcome() == Outcome::Unknown {
        writeln!(out, "  outcome: unknown; the change may have been applied")?;
    }
    Ok(())
}
