use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;

use serde_json::Value;

use super::Jumpqr;

/// A running command that serves until it is stopped. It is killed when this value is dropped.
pub(crate) struct Server {
    child: Child,
    /// Collects standard error.
    notes: Option<thread::JoinHandle<String>>,
}

impl Drop for Server {
    fn drop(&mut self) {
        // Fails only if the process has already ended.
        let _ = self.child.kill();
        // The exit code of a killed process does not matter.
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts a command, and reads the lines that it prints when it is ready.
    pub(crate) fn start(command: Jumpqr, is_last: impl Fn(&str) -> bool) -> (Self, String) {
        let mut child = command
            .into_command()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let mut stderr = child.stderr.take().unwrap();
        let notes = Some(thread::spawn(move || {
            let mut text = String::new();
            stderr.read_to_string(&mut text).unwrap();
            text
        }));
        let server = Self { child, notes };
        let mut printed = String::new();
        for line in stdout.lines().map(Result::unwrap) {
            printed.push_str(&line);
            printed.push('\n');
            if is_last(&line) {
                return (server, printed);
            }
        }
        panic!("the last line is missing: {printed}");
    }

    /// Starts a command with `--json`, and reads its object.
    pub(crate) fn start_with_json(command: Jumpqr) -> (Self, Value) {
        let (server, line) = Self::start(command.args(["--json"]), |_| true);
        (server, serde_json::from_str(&line).unwrap())
    }

    /// Sends a signal, such as `-INT`, and waits until the command ends. Returns its exit status,
    /// and what it printed on standard error.
    #[cfg(unix)]
    pub(crate) fn stop(mut self, signal: &str) -> (ExitStatus, String) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status().unwrap();
        assert!(sent.success());
        let status = self.child.wait().unwrap();
        (status, self.notes.take().unwrap().join().unwrap())
    }
}
