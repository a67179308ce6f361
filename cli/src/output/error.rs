//! Formats an error for people: what happened, to which field, and what to do next.

use jumpqr::{Error, Outcome};

use super::text::escape_lines;
use super::{BAD, HEADING, escape, format_findings, format_preflight, format_warnings};
use crate::error::{CommandError, Problem};

pub(super) fn format_error(error: &CommandError) -> String {
    let message = escape(&error.message);
    let library_error = error.library_error.as_ref();
    let mut text = match library_error {
        None => {
            let problems = format_problems(&error.problems);
            format!("{BAD}error:{BAD:#} {message}\n{problems}")
        }
        Some(error) => format_library_error(error, &message),
    };
    if !error.warnings.is_empty() {
        text = format!("{text}\n{}\n", format_warnings(&error.warnings));
    }
    // Advice about a response may repeat what was sent. All other advice is ours and may have
    // several lines.
    let advice = match library_error.and_then(Error::errcode) {
        Some(_) => escape(&error.advice),
        None => escape_lines(&error.advice),
    };
    let text = format!("{text}\n{HEADING}What to do:{HEADING:#} {advice}");
    match &error.preflight {
        Some(preflight) => format!("{text}\n\n{}", format_preflight(preflight)),
        None => text,
    }
}

/// The most problems that are printed. `--json` has all of them.
const MAX_SHOWN_PROBLEMS: usize = 20;

/// Formats what is wrong with each of many inputs, and how many more there are.
fn format_problems(problems: &[Problem]) -> String {
    let mut text = String::new();
    for problem in problems.iter().take(MAX_SHOWN_PROBLEMS) {
        let (field, message) = (escape(&problem.field), escape(&problem.message));
        text = format!("{text}  - {field}: {message}\n");
    }
    match problems.len().saturating_sub(MAX_SHOWN_PROBLEMS) {
        0 => text,
        more => format!("{text}  and {more} more; --json prints all\n"),
    }
}

fn format_library_error(error: &Error, message: &str) -> String {
    let code = error.code();
    let interface = error
        .interface()
        .map_or_else(String::new, |name| format!("{name}: "));
    let mut text = format!("{BAD}error[{code}]:{BAD:#} {interface}");
    if error.violations().is_empty() {
        text = format!("{text}{message}\n");
    } else {
        // Without an interface, the command was offline: there was nothing to send.
        let unsent = error.interface().map_or("", |_| "; nothing was sent");
        let findings = format_findings(error.violations());
        text = format!("{text}not valid{unsent}\n{findings}\n");
    }
    if let Some(rid) = error.rid() {
        text = format!("{text}  rid: {}\n", escape(rid));
    }
    if error.outcome() == Outcome::Unknown {
        text.push_str("  outcome: unknown; the change may have been applied\n");
    }
    text
}
