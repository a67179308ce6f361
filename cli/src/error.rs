//! The error of a command: one of its own, or one of the library.

use std::fmt::Display;
use std::io;

use jumpqr::check::Finding;
use jumpqr::error::{Code, OwnCode};
use jumpqr::{Error, ErrorKind, Outcome};
use serde_json::{Value, json};

use crate::exit::Exit;

/// Why a command failed, with the warnings found before that.
#[derive(Debug)]
pub(crate) struct CommandError {
    pub(crate) cause: Cause,
    /// What happened.
    pub(crate) message: String,
    /// What to do next.
    pub(crate) advice: String,
    /// Printed with the error: a warning is often the cause of WeChat's refusal.
    pub(crate) warnings: Vec<Finding>,
}

#[derive(Debug)]
pub(crate) enum Cause {
    /// The command itself failed.
    Own {
        exit: Exit,
        kind: &'static str,
        code: &'static str,
    },
    /// An error of the library, or a refusal of WeChat.
    Call(Error),
}

/// The kind of an error about the arguments, and its code.
const USAGE: &str = "usage";

impl CommandError {
    fn new(
        (exit, kind, code): (Exit, &'static str, &'static str),
        message: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self {
            cause: Cause::Own { exit, kind, code },
            message: message.into(),
            advice: advice.into(),
            warnings: Vec::new(),
        }
    }

    /// The command line is wrong.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        let advice = "See `jumpqr --help`.";
        Self::new((Exit::Usage, USAGE, USAGE), message, advice)
    }

    /// The arguments of `command` are wrong.
    pub(crate) fn usage_of(command: &str, message: impl Into<String>) -> Self {
        let advice = format!("See `jumpqr {command} --help`.");
        Self::new((Exit::Usage, USAGE, USAGE), message, advice)
    }

    /// A file that the command line names, or standard input, cannot be used.
    pub(crate) fn file(code: &'static str, message: String, advice: &str) -> Self {
        Self::new((Exit::Usage, "file", code), message, advice)
    }

    pub(crate) fn unreadable(name: impl Display, error: &io::Error) -> Self {
        Self::file(
            "file_unreadable",
            format!("{name} cannot be read: {error}"),
            "Check the name of the file and its permissions; `-` reads standard input.",
        )
    }

    pub(crate) fn unwritable(name: impl Display, error: &io::Error) -> Self {
        Self::file(
            "file_unwritable",
            format!("{name} cannot be written: {error}"),
            "Check that the directory exists and that you may write to it.",
        )
    }

    pub(crate) fn sandbox_not_started(message: String) -> Self {
        let network = ErrorKind::Network.name();
        let advice = "If another program uses the port, stop it, or leave --port out.";
        Self::new(
            (Exit::Network, network, "sandbox_not_started"),
            message,
            advice,
        )
    }

    /// The user did not answer yes.
    pub(crate) fn declined() -> Self {
        Self::new(
            (Exit::Usage, USAGE, "declined"),
            "the answer was not yes, so nothing was changed",
            "Answer y to delete the rule, or give --yes.",
        )
    }

    /// WeChat answered that the rule is deleted, but still lists it.
    pub(crate) fn still_listed(prefix: &str) -> Self {
        let state = ErrorKind::State.name();
        Self::new(
            (Exit::Refused, state, "deleted_rule_still_listed"),
            format!("WeChat answered that the rule {prefix} is deleted, but still lists it"),
            "Run `jumpqr get` in a minute. If the rule is still listed, it is probably damaged, as \
             developers report of some rules: ask WeChat's support to remove it.",
        )
    }

    pub(crate) fn with_warnings(mut self, warnings: Vec<Finding>) -> Self {
        self.warnings = warnings;
        self
    }

    pub(crate) fn exit(&self) -> Exit {
        match &self.cause {
            Cause::Own { exit, .. } => *exit,
            Cause::Call(error) => Exit::from_error(error),
        }
    }

    /// Returns the object that `--json` prints.
    pub(crate) fn json(&self) -> Value {
        let mut error = match &self.cause {
            Cause::Call(error) => json!(error),
            // The members of a library's error.
            Cause::Own { kind, code, .. } => json!({
                "kind": kind,
                "code": code,
                "interface": null,
                "errcode": null,
                "errmsg": null,
                "rid": null,
                "retryable": false,
                "outcome": Outcome::NotApplied,
                "violations": [],
            }),
        };
        if let Value::Object(members) = &mut error {
            // It only repeats the message and the findings.
            members.remove("text");
            members.insert("message".to_owned(), json!(self.message));
            members.insert("advice".to_owned(), json!(self.advice));
        }
        json!({"ok": false, "error": error, "warnings": self.warnings})
    }
}

/// Returns the error's advice, and how to follow it with this command.
fn command_advice(error: &Error) -> String {
    let more = match error.code() {
        Code::Own(OwnCode::NoVerifyTicket) => {
            " With this command: `jumpqr token set-verify-ticket`."
        }
        Code::Own(OwnCode::NoRefreshToken) => {
            " With this command: `jumpqr token set-refresh-token`."
        }
        Code::Own(OwnCode::TlsFailed) => {
            " To trust the certificate of your company: --extra-tls-roots, or SSL_CERT_FILE."
        }
        Code::Own(OwnCode::StoreFailed) => {
            " To keep tokens elsewhere: --token-store, or JUMPQR_TOKEN_STORE."
        }
        _ => "",
    };
    format!("{}{more}", error.advice())
}

impl From<Error> for CommandError {
    fn from(error: Error) -> Self {
        Self {
            message: error.message().to_owned(),
            advice: command_advice(&error),
            cause: Cause::Call(error),
            warnings: Vec::new(),
        }
    }
}
