//! Asks the user a question, if there is a terminal.

use std::io::{self, BufRead, IsTerminal, Write};

use crate::output::escape;

/// Asks `question` on standard error. Returns whether the user declines: any answer except y or yes
/// does. If standard input or standard error is not a terminal, the question is not asked, and
/// nobody declines.
pub(crate) fn is_declined(question: &str) -> bool {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return false;
    }
    let mut out = anstream::stderr().lock();
    let asked = write!(out, "{} [y/N] ", escape(question)).and_then(|()| out.flush());
    let mut line = String::new();
    let answered = asked.and_then(|()| io::stdin().lock().read_line(&mut line));
    answered.is_err() || !is_yes(&line)
}

fn is_yes(line: &str) -> bool {
    let word = line.trim();
    word.eq_ignore_ascii_case("y") || word.eq_ignore_ascii_case("yes")
}

#[cfg(test)]
mod tests {
    use super::is_yes;

    #[test]
    fn only_y_and_yes_mean_yes() {
        for line in ["y\n", "Y", " yes \r\n", "YES"] {
            assert!(is_yes(line), "{line}");
        }
        for line in ["", "\n", "n", "no", "yess", "ja", "1"] {
            assert!(!is_yes(line), "{line}");
        }
    }
}
