use std::ffi::OsStr;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A command to run, without the credentials, tokens and colours of the environment.
pub(crate) struct Jumpqr {
    /// The home folder, unless the test sets another one.
    _home: TempDir,
    command: Command,
    stdin: Vec<u8>,
}

/// The exit code and output of a command.
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
        "JUMPQR_MESSAGE_TOKEN",
        "JUMPQR_MESSAGE_TOKEN_FORMER",
        "JUMPQR_ENCODING_AES_KEY",
        "JUMPQR_ENCODING_AES_KEY_FORMER",
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

    /// Sets the home folder, so that commands share the tokens in it.
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

    /// Returns the command, for what [`run`](Self::run) cannot do. The default home is deleted: if
    /// the command stores something, set a [`home`](Self::home).
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
        // A thread, because a command that reads only a part would block the test.
        let writer = std::thread::spawn(move || {
            // Fails if the command closes its input early.
            let _ = pipe.write_all(&bytes);
        });
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        Run {
            code: output.status.code().expect("ended by a signal"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs the command and expects this exit code.
    pub(crate) fn expect(self, code: i32) -> Run {
        let run = self.run();
        assert_eq!(run.code, code, "{run:#?}");
        run
    }
}

impl Run {
    /// Parses standard output as exactly one JSON object.
    pub(crate) fn json(&self) -> Value {
        let value: Value = serde_json::from_str(&self.stdout).unwrap_or_else(|error| {
            panic!("standard output is not one JSON document: {error}: {self:#?}")
        });
        assert!(value.is_object(), "{value}");
        value
    }

    /// Returns standard output and standard error.
    pub(crate) fn everything(&self) -> String {
        format!("{}\n{}", self.stdout, self.stderr)
    }
}
