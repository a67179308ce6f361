//! An error, for people: what happened, to which field, and what to do next.

use std::io::{self, Write};

use jumpqr::{Error, Outcome};

use super::text::printable_lines;
use super::{BAD, HEADING, print_findings, print_warnings, printable};
use crate::failure::Failure;

pub(super) fn print(out: &mut dyn Write, failure: &Failure) -> io::Result<()> {
    let message = failure.message();
    match failure.error() {
        None => writeln!(out, "{BAD}error:{BAD:#} {}", printable(&message))?,
        Some(error) => print_error(out, error)?,
    }
    if !failure.warnings.is_empty() {
        writeln!(out)?;
        print_warnings(out, &failure.warnings)?;
    }
    writeln!(out)?;
    let advice = failure.advice();
    // Advice about an answer repeats what was sent; the other is ours, and may have lines.
    let is_about_answer = failure.error().and_then(Error::errcode).is_some();
    let shown = if is_about_answer {
        printable(&advice)
    } else {
        printable_lines(&advice)
    };
    writeln!(out, "{HEADING}What to do:{HEADING:#} {shown}")
}

fn print_error(out: &mut dyn Write, error: &Error) -> io::Result<()> {
    let code = error.code();
    let interface = error
        .interface()
        .map_or_else(String::new, |name| format!("{name}: "));
    if error.violations().is_empty() {
        let message = printable(error.message());
        writeln!(out, "{BAD}error[{code}]:{BAD:#} {interface}{message}")?;
    } else {
        // Offline, there was nothing to send.
        let unsent = error.interface().map_or("", |_| "; nothing was sent");
        writeln!(
            out,
            "{BAD}error[{code}]:{BAD:#} {interface}not valid{unsent}"
        )?;
        print_findings(out, error.violations())?;
    }
    if let Some(rid) = error.rid() {
        writeln!(out, "  rid: {}", printable(rid))?;
    }
    if error.outcome() == Outcome::Unknown {
        writeln!(
            out,
            "  outcome: unknown; whether the change was applied cannot be told"
        )?;
    }
    Ok(())
}
