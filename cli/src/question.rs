//! Asks the user a question, if there is a terminal.

use std::io::{self, BufRead, IsTerminal, Write};

use crate::output::escape;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Yes,
    No,
    /// The question was not asked: standard input or standard error is not a terminal.
    NotAsked,
}

/// Asks `question` on standard error. Any answer except y or yes means no.
pub(crate) fn ask(question: &str) -> Answer {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Answer::NotAsked;
    }
    let mut out = anstream::stderr().lock();
    let asked = write!(out, "{} [y/N] ", escape(question)).and_then(|()| out.flush());
    if asked.is_err() {
        return Answer::No;
    }
    let mut line = String::new();
    match io::stdin().lock().read_line(&mut line) {
        Ok(_) => parse_answer(&line),
        Err(_) => Answer::No,
    }
}

fn parse_answer(line: &str) -> Answer {
    let word = line.trim();
    if word.eq_ignore_ascii_case("y") || word.eq_ignore_ascii_case("yes") {
        Answer::Yes
    } else {
        Answer::No
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, parse_answer};

    #[test]
    fn only_y_and_yes_mean_yes() {
        for line in ["y\n", "Y", " yes \r\n", "YES"] {
            assert_eq!(parse_answer(line), Answer::Yes, "{line}");
        }
        for line in ["", "\n", "n", "no", "yess", "ja", "1"] {
            assert_eq!(parse_answer(line), Answer::No, "{line}");
        }
    }
}
