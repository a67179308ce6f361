//! The error of a command: a usage error, or an error of the library.

use std::borrow::Cow;
use std::io;

use jumpqr::check::Finding;
use jumpqr::error::{Code, OwnCode};
use jumpqr::{Error, ErrorKind};

use crate::exit::Exit;

/// Why a command failed, with the warnings found before that.
#[derive(Debug)]
pub(crate) struct CommandError {
    cause: Cause,
    /// Printed with the error: a warning is often the cause of WeChat's refusal.
    pub(crate) warnings: Vec<Finding>,
}

#[derive(Debug)]
pub(crate) enum Cause {
    /// The command line is wrong.
    Usage {
        message: String,
        /// The command whose help says more, e.g. `add`.
        command: Option<&'static str>,
    },
    /// A file that the command line names, or standard input, cannot be used.
    File {
        code: &'static str,
        message: String,
        advice: &'static str,
    },
    /// An error of the library, or a refusal of WeChat.
    Call(Error),
    /// The sandbox does not start.
    Sandbox { message: String },
    /// The user did not answer yes.
    Declined,
    /// WeChat answered that the rule is deleted, but still lists it.
    StillListed { prefix: String },
}

impl CommandError {
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
            advice: "Check that the directory exists and that you may write to it.",
        }
        .into()
    }

    pub(crate) fn with_warnings(mut self, warnings: Vec<Finding>) -> Self {
        self.warnings = warnings;
        self
    }

    pub(crate) fn exit(&self) -> Exit {
        match &self.cause {
            Cause::Usage { .. } | Cause::File { .. } | Cause::Declined => Exit::Usage,
            Cause::Call(error) => Exit::from_error(error),
            Cause::Sandbox { .. } => Exit::Network,
            Cause::StillListed { .. } => Exit::Refused,
        }
    }

    /// Returns the library's error, if the cause is one.
    pub(crate) fn library_error(&self) -> Option<&Error> {
        match &self.cause {
            Cause::Call(error) => Some(error),
            _ => None,
        }
    }

    /// Returns the name of an [`ErrorKind`], or `usage` or `file`.
    pub(crate) fn kind(&self) -> &str {
        match &self.cause {
            Cause::Usage { .. } | Cause::Declined => "usage",
            Cause::File { .. } => "file",
            Cause::Call(error) => error.kind().name(),
            Cause::Sandbox { .. } => ErrorKind::Network.name(),
            Cause::StillListed { .. } => ErrorKind::State.name(),
        }
    }

    /// Returns the stable code.
    pub(crate) fn code(&self) -> &str {
        match &self.cause {
            Cause::Usage { .. } => "usage",
            Cause::File { code, .. } => code,
            Cause::Call(error) => error.code().name(),
            Cause::Declined => "declined",
            Cause::Sandbox { .. } => "sandbox_not_started",
            Cause::StillListed { .. } => "deleted_rule_still_listed",
        }
    }

    /// Returns what happened.
    pub(crate) fn message(&self) -> Cow<'_, str> {
        match &self.cause {
            Cause::Usage { message, .. }
            | Cause::File { message, .. }
            | Cause::Sandbox { message } => message.into(),
            Cause::Call(error) => name_options(error),
            Cause::Declined => "the answer was not yes, so nothing was changed".into(),
            Cause::StillListed { prefix } => {
                format!("WeChat answered that the rule {prefix} is deleted, but still lists it")
                    .into()
            }
        }
    }

    /// Returns what to do next.
    pub(crate) fn advice(&self) -> Cow<'_, str> {
        match &self.cause {
            Cause::Usage { command, .. } => match command {
                Some(command) => format!("See `jumpqr {command} --help`.").into(),
                None => "See `jumpqr --help`.".into(),
            },
            Cause::File { advice, .. } => (*advice).into(),
            Cause::Call(error) => match command_advice(error) {
                Some(more) => format!("{} {more}", error.advice()).into(),
                None => error.advice().into(),
            },
            Cause::Sandbox { .. } => {
                "If another program uses the port, stop it, or leave --port out.".into()
            }
            Cause::Declined => "Answer y to delete the rule, or give --yes.".into(),
            Cause::StillListed { .. } => "\
                Run `jumpqr get` in a minute. If the rule is still listed, it is probably damaged, \
                as developers report of some rules: ask WeChat's support to remove it."
                .into(),
        }
    }
}

/// Returns the message of an error about certificates, with the options in the place of the
/// library's setting.
fn name_options(error: &Error) -> Cow<'_, str> {
    let codes = [OwnCode::TlsFailed, OwnCode::InvalidConfig];
    let (setting, options) = ("extra_tls_roots", "--ca-file or SSL_CERT_FILE");
    if codes.iter().any(|code| error.code() == *code) && error.message().contains(setting) {
        error.message().replace(setting, options).into()
    } else {
        error.message().into()
    }
}

/// Returns how to follow the error's advice with this command, if the advice does not say it.
fn command_advice(error: &Error) -> Option<&'static str> {
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

impl From<Cause> for CommandError {
    fn from(cause: Cause) -> Self {
        Self {
            cause,
            warnings: Vec::new(),
        }
    }
}

impl From<Error> for CommandError {
    fn from(error: Error) -> Self {
        Cause::Call(error).into()
    }
}
