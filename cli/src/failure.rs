//! Why a command did not do what was asked.

use std::borrow::Cow;
use std::io;

use jumpqr::check::Finding;
use jumpqr::error::{Code, OwnCode};
use jumpqr::{Error, ErrorKind};

use crate::exit::Exit;

/// Why a command failed, and what there was to be warned of before.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) cause: Cause,
    /// A warning is often the cause of WeChat's refusal, so it is printed with it.
    pub(crate) warnings: Vec<Finding>,
}

#[derive(Debug)]
pub(crate) enum Cause {
    /// The command line asks for what cannot be.
    Usage {
        message: String,
        /// The command whose help says more, e.g. `add`.
        command: Option<&'static str>,
    },
    /// A file, or standard input, that the command line names.
    File {
        code: &'static str,
        message: String,
        advice: &'static str,
    },
    /// What core, client or WeChat said.
    Call(Error),
    /// The sandbox does not start.
    Sandbox { message: String },
    /// The person at the terminal did not say yes.
    Declined,
    /// WeChat says that the rule is deleted, and lists it still.
    StillStands { prefix: String },
}

impl Failure {
    pub(crate) fn usage(command: Option<&'static str>, message: impl Into<String>) -> Self {
        Cause::Usage {
            message: message.into(),
            command,
        }
        .into()
    }

    pub(crate) fn unreadable(name: &str, error: &io::Error) -> Self {
        Cause::File {
            code: "file_unreadable",
            message: format!("{name} cannot be read: {error}"),
            advice: "Check the name of the file and its permissions; `-` reads standard input.",
        }
        .into()
    }

    pub(crate) fn unwritable(name: &str, error: &io::Error) -> Self {
        Cause::File {
            code: "file_unwritable",
            message: format!("{name} cannot be written: {error}"),
            advice: "Check that the directory exists and may be written to.",
        }
        .into()
    }

    pub(crate) fn warned(mut self, warnings: Vec<Finding>) -> Self {
        self.warnings = warnings;
        self
    }

    pub(crate) fn exit(&self) -> Exit {
        match &self.cause {
            Cause::Usage { .. } | Cause::File { .. } | Cause::Declined => Exit::Usage,
            Cause::Call(error) => Exit::of(error),
            Cause::Sandbox { .. } => Exit::Network,
            Cause::StillStands { .. } => Exit::Refused,
        }
    }

    /// What core, client or WeChat said, where it was one of them.
    pub(crate) fn error(&self) -> Option<&Error> {
        match &self.cause {
            Cause::Call(error) => Some(error),
            _ => None,
        }
    }

    /// What the reader must do, in a word: one of the kinds of [`Error`], or `usage` or `file`.
    pub(crate) fn kind(&self) -> &str {
        match &self.cause {
            Cause::Usage { .. } | Cause::Declined => "usage",
            Cause::File { .. } => "file",
            Cause::Call(error) => error.kind().name(),
            Cause::Sandbox { .. } => ErrorKind::Network.name(),
            Cause::StillStands { .. } => ErrorKind::State.name(),
        }
    }

    /// The stable code.
    pub(crate) fn code(&self) -> &str {
        match &self.cause {
            Cause::Usage { .. } => "usage",
            Cause::File { code, .. } => code,
            Cause::Call(error) => error.code().name(),
            Cause::Declined => "declined",
            Cause::Sandbox { .. } => "sandbox_not_started",
            Cause::StillStands { .. } => "deleted_rule_stands",
        }
    }

    /// What happened.
    pub(crate) fn message(&self) -> Cow<'_, str> {
        match &self.cause {
            Cause::Usage { message, .. }
            | Cause::File { message, .. }
            | Cause::Sandbox { message } => message.into(),
            Cause::Call(error) => in_options(error),
            Cause::Declined => "the answer was not yes, so nothing was changed".into(),
            Cause::StillStands { prefix } => {
                format!("WeChat answered that the rule {prefix} is deleted, but lists it still")
                    .into()
            }
        }
    }

    /// What to do next.
    pub(crate) fn advice(&self) -> Cow<'_, str> {
        match &self.cause {
            Cause::Usage { command, .. } => match command {
                Some(command) => format!("See `jumpqr {command} --help`.").into(),
                None => "See `jumpqr --help`.".into(),
            },
            Cause::File { advice, .. } => (*advice).into(),
            Cause::Call(error) => match with_this_command(error) {
                Some(more) => format!("{} {more}", error.advice()).into(),
                None => error.advice().into(),
            },
            Cause::Sandbox { .. } => "Look which program holds the port, or leave --port out.".into(),
            Cause::Declined => "Answer y to delete the rule, or give --yes.".into(),
            Cause::StillStands { .. } => "\
                Look again in a minute with `jumpqr get`. If it stays, it is damaged, as developers report of some rules: \
                ask WeChat's support to remove it."
                .into(),
        }
    }
}

/// The message of an error about certificates, with the option in the place of the library's
/// setting.
fn in_options(error: &Error) -> Cow<'_, str> {
    let codes = [OwnCode::TlsFailed, OwnCode::InvalidConfig];
    let (setting, options) = ("extra_tls_roots", "--ca-file or SSL_CERT_FILE");
    if codes.iter().any(|code| error.code() == *code) && error.message().contains(setting) {
        error.message().replace(setting, options).into()
    } else {
        error.message().into()
    }
}

/// How what an error advises is done with this command, where that is not plain from the advice.
fn with_this_command(error: &Error) -> Option<&'static str> {
    match error.code() {
        Code::Own(OwnCode::NoVerifyTicket) => {
            Some("With this command: `jumpqr token set-verify-ticket`.")
        }
        Code::Own(OwnCode::NoRefreshToken) => {
            Some("With this command: `jumpqr token set-refresh-token`.")
        }
        Code::Own(OwnCode::StoreFailed) => {
            Some("To keep tokens elsewhere: --token-store, or JUMPQR_TOKEN_STORE.")
        }
        _ => None,
    }
}

impl From<Cause> for Failure {
    fn from(cause: Cause) -> Self {
        Self {
            cause,
            warnings: Vec::new(),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Cause::Call(error).into()
    }
}
