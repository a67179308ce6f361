use std::ffi::OsStr;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A command line to run, without the credentials, the tokens and the colours of whoever runs the tests.
pub(crate) struct Jumpqr {
    /// Where a user's programs keep things, unless a test has a home of its own.
    _home: TempDir,
    command: Command,
    stdin: Vec<u8>,
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

pub(crate) fn jumpqr(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Jumpqr {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jumpqr"));
    command.args(arguments);
    for name in [
        "JUMPQR_ACCESS_TOKEN",
        "JUMPQR_APPID",
        "JUMPQR_SECRET",
        "JUMPQR_COMPONENT_APPID",
        "JUMPQR_COMPONENT_APPSECRET",
        "JUMPQR_TOKEN_STORE",
        "JUMPQR_BASE_URL",
        "ALL_PROXY",
        "all_proxy",
        "HTTPS_PROXY",
        "https_proxy",
        "HTTP_PROXY",
        "http_proxy",
        "NO_PROXY",
        "no_proxy",
        "REQUEST_METHOD",
        "SSL_CERT_FILE",
        "XDG_STATE_HOME",
        "NO_COLOR",
        "CLICOLOR",
        "CLICOLOR_FORCE",
    ] {
        command.env_remove(name);
    }
    let home = TempDir::new().unwrap();
    let path = home.path().to_owned();
    Jumpqr {
        command,
        stdin: Vec::new(),
        _home: home,
    }
    .home(&path)
}

impl Jumpqr {
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// With this home folder, so that commands share what they keep there.
    pub(crate) fn home(self, folder: &Path) -> Self {
        self.env("HOME", folder).env("LOCALAPPDATA", folder)
    }

    pub(crate) fn args(mut self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.command.args(arguments);
        self
    }

    pub(crate) fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = bytes.into();
        self
    }

    /// The command, for a test that does with it what [`run`](Self::run) does not. What it keeps needs a [home](Self::home).
    pub(crate) fn into_command(self) -> Command {
        self.command
    }

    pub(crate) fn run(mut self) -> Run {
        let mut child = self
            .command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut pipe = child.stdin.take().unwrap();
        let bytes = self.stdin;
        // In a thread of its own: a command that reads only a part must not make the test wait.
        let writer = std::thread::spawn(move || {
            let _closed_early = pipe.write_all(&bytes);
        });
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        Run {
            code: output.status.code().expect("ended by a signal"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs it and expects this exit code.
    pub(crate) fn expect(self, code: i32) -> Run {
        let run = self.run();
        assert_eq!(run.code, code, "{run:#?}");
        run
    }
}

impl Run {
    /// The one JSON object on standard output, and nothing else there.
    pub(crate) fn json(&self) -> Value {
        let value: Value = serde_json::from_str(&self.stdout).unwrap_or_else(|error| {
            panic!("standard output is not one JSON document: {error}: {self:#?}")
        });
        assert!(value.is_object(), "{value}");
        value
    }

    /// Everything that was printed.
    pub(crate) fn everything(&self) -> String {
        format!("{}\n{}", self.stdout, self.stderr)
    }
}
