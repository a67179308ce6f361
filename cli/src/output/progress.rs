//! Shows how far long work is, on standard error.

use std::io::{self, IsTerminal, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// How often a terminal shows the progress. Without a terminal, lines are printed less often.
const ON_TERMINAL: Duration = Duration::from_millis(100);
const IN_LINES: Duration = Duration::from_secs(5);

/// The progress of work on many items, by any number of threads. Work that ends soon shows nothing.
pub(crate) struct Progress {
    what: &'static str,
    total: usize,
    is_terminal: bool,
    state: Mutex<State>,
}

struct State {
    done: usize,
    begin: Instant,
    pace: Pace,
    is_shown: bool,
}

impl Progress {
    /// Begins work on `total` items; `what` says what is done, e.g. `Writing pictures`.
    pub(crate) fn new(what: &'static str, total: usize) -> Self {
        let is_terminal = io::stderr().is_terminal();
        Self {
            what,
            total,
            is_terminal,
            state: Mutex::new(State {
                done: 0,
                begin: Instant::now(),
                pace: Pace::new(if is_terminal { ON_TERMINAL } else { IN_LINES }),
                is_shown: false,
            }),
        }
    }

    /// Says that one more item is done.
    pub(crate) fn advance(&self) {
        let Ok(mut state) = self.state.lock() else {
            return;
        };
        state.done += 1;
        let elapsed = state.begin.elapsed();
        if !state.pace.is_due(elapsed) {
            return;
        }
        state.is_shown = true;
        let line = format!("{}: {} of {}", self.what, state.done, self.total);
        if self.is_terminal {
            print(&format!("\r{line}"));
        } else {
            print(&format!("{line}\n"));
        }
    }
}

impl Drop for Progress {
    /// Removes the line from a terminal.
    fn drop(&mut self) {
        let is_shown = self.state.get_mut().is_ok_and(|state| state.is_shown);
        if self.is_terminal && is_shown {
            print("\r\x1b[K");
        }
    }
}

fn print(text: &str) {
    let mut out = io::stderr().lock();
    // Standard error is for people. If it is closed, nobody reads it.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Tells when the next output is due.
struct Pace {
    every: Duration,
    next: Duration,
}

impl Pace {
    fn new(every: Duration) -> Self {
        Self { every, next: every }
    }

    fn is_due(&mut self, elapsed: Duration) -> bool {
        let is_due = elapsed >= self.next;
        if is_due {
            self.next = elapsed + self.every;
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Pace;

    #[test]
    fn output_is_due_once_in_each_interval() {
        let mut pace = Pace::new(Duration::from_millis(100));
        let due = [0, 50, 99, 100, 101, 199, 250, 260, 349, 350]
            .map(|millis| pace.is_due(Duration::from_millis(millis)));
        let expected = [
            false, false, false, true, false, false, true, false, false, true,
        ];
        assert_eq!(due, expected);
    }
}
