//! The error of a command: one of its own, or one of the library.

use std::fmt::Display;
use std::io;

use jumpqr::check::Finding;
use jumpqr::error::{Code, OwnCode};
use jumpqr::interface::{GetRidInfo, Interface};
use jumpqr::preflight::Preflight;
use jumpqr::{ErrCode, Error, ErrorKind, Outcome};
use serde::Serialize;
use serde_json::{Value, json};

use crate::exit::Exit;

/// Why a command failed, with the warnings found before that.
#[derive(Debug)]
pub(crate) struct CommandError {
    pub(crate) exit: Exit,
    kind: &'static str,
    code: &'static str,
    /// What happened.
    pub(crate) message: Box<str>,
    /// What to do next.
    pub(crate) advice: Box<str>,
    /// Printed with the error: a warning is often the cause of WeChat's refusal.
    pub(crate) warnings: Box<[Finding]>,
    /// The error of the library, or the refusal of WeChat, if it is one.
    pub(crate) library_error: Option<Error>,
    /// What is wrong with each of many inputs.
    pub(crate) problems: Box<[Problem]>,
    /// Why WeChat does not find the verification file, if a preflight has looked.
    pub(crate) preflight: Option<Box<Preflight>>,
}

/// What is wrong with one of many inputs.
#[derive(Debug, Serialize)]
pub(crate) struct Problem {
    /// The input, e.g. `line 12`.
    pub(crate) field: String,
    /// The stable code.
    pub(crate) code: &'static str,
    /// What is wrong, and what to do.
    pub(crate) message: String,
}

impl Problem {
    /// Makes a problem of a line of a file.
    pub(crate) fn in_line(line: usize, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            field: format!("line {line}"),
            code,
            message: message.into(),
        }
    }
}

/// The kind of an error about the arguments, and its code.
const USAGE: &str = "usage";

impl CommandError {
    fn own(
        exit: Exit,
        kind: &'static str,
        code: &'static str,
        message: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self {
            exit,
            kind,
            code,
            message: message.into().into(),
            advice: advice.into().into(),
            warnings: Box::default(),
            library_error: None,
            problems: Box::default(),
            preflight: None,
        }
    }

    /// The command line is wrong.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::own(Exit::Usage, USAGE, USAGE, message, "See `jumpqr --help`.")
    }

    /// The arguments of `command` are wrong.
    pub(crate) fn usage_of(command: &str, message: impl Into<String>) -> Self {
        let advice = format!("See `jumpqr {command} --help`.");
        Self::own(Exit::Usage, USAGE, USAGE, message, advice)
    }

    /// A file that the command line names, or standard input, cannot be used.
    pub(crate) fn file(code: &'static str, message: String, advice: &str) -> Self {
        Self::own(Exit::Usage, "file", code, message, advice)
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

    /// The content of a file cannot be read as rules.
    pub(crate) fn wrong_content(file: impl Display, error: &Error) -> Self {
        let message = format!("{file}: {}", error.message());
        let advice = format!("Correct {file}, and run the command again.");
        Self {
            message: message.into(),
            advice: advice.into(),
            ..Self::from(error.clone())
        }
    }

    /// A file, and `more` others, were not written, because different ones are at their places.
    pub(crate) fn file_differs(name: impl Display, more: usize, advice: &str) -> Self {
        let message = match more {
            0 => format!("{name} exists with different content and was not overwritten"),
            1 => format!(
                "{name} and 1 more file exist with different content and were not overwritten"
            ),
            more => format!(
                "{name} and {more} more files exist with different content and were not overwritten"
            ),
        };
        Self::file("file_differs", message, advice)
    }

    pub(crate) fn sandbox_not_started(message: String) -> Self {
        let advice = "If another program uses the port, stop it, or leave --port out.";
        Self::not_started("sandbox_not_started", message, advice)
    }

    /// The server of `jumpqr download --serve` cannot listen.
    pub(crate) fn server_not_started(message: String) -> Self {
        let advice = "If another program uses the port, stop it, or choose another port; with \
                      --serve 0, the system chooses one.";
        Self::not_started("server_not_started", message, advice)
    }

    fn not_started(code: &'static str, message: String, advice: &str) -> Self {
        let kind = ErrorKind::Network.name();
        Self::own(Exit::Network, kind, code, message, advice)
    }

    /// The scanned text is not a link, so it opens nothing.
    pub(crate) fn not_a_link(problem: Problem) -> Self {
        let message = "the link does not open".to_owned();
        let advice = "Give the text exactly as it is in the code.";
        Self::of_links(message, advice, vec![problem])
    }

    /// Links do not open, so their codes were not drawn. `match_command` explains one of them.
    pub(crate) fn closed_links(
        message: String,
        match_command: &str,
        problems: Vec<Problem>,
    ) -> Self {
        let advice = format!(
            "`{match_command}` explains what a link needs. To draw the codes anyway, give --force."
        );
        Self::of_links(message, &advice, problems)
    }

    fn of_links(message: String, advice: &str, problems: Vec<Problem>) -> Self {
        let kind = ErrorKind::State.name();
        let error = Self::own(Exit::Refused, kind, "link_does_not_open", message, advice);
        Self {
            problems: problems.into(),
            ..error
        }
    }

    /// Rows of a table are wrong, so nothing was made of it.
    pub(crate) fn wrong_rows(message: String, problems: Vec<Problem>) -> Self {
        let kind = ErrorKind::Invalid.name();
        let advice = "Correct the rows, and run the command again.";
        let error = Self::own(Exit::Invalid, kind, "wrong_rows", message, advice);
        Self {
            problems: problems.into(),
            ..error
        }
    }

    /// The user did not answer yes to the question whether to do this.
    pub(crate) fn declined(action: &str) -> Self {
        let message = "the answer was not yes, so nothing was changed";
        let advice = format!("Answer y to {action}, or give --yes.");
        let kind = ErrorKind::State.name();
        Self::own(Exit::Refused, kind, "declined", message, advice)
    }

    /// WeChat answered that the rule is deleted, but still lists it.
    pub(crate) fn still_listed(prefix: &str) -> Self {
        Self::own(
            Exit::Refused,
            ErrorKind::State.name(),
            "deleted_rule_still_listed",
            format!("WeChat answered that the rule {prefix} is deleted, but still lists it"),
            "Run `jumpqr get` in a minute. If the rule is still listed, it is probably damaged, as \
             developers report of some rules: ask WeChat's support to remove it.",
        )
    }

    /// The file is not where WeChat looks for it, by the preflight.
    pub(crate) fn preflight_failed(preflight: Preflight) -> Self {
        let error = Self::own(
            Exit::Refused,
            ErrorKind::State.name(),
            "preflight_failed",
            "WeChat will not find the verification file, so the rule was not sent",
            "Follow the findings of the preflight. To send the rule anyway, leave \
             --preflight out.",
        );
        error.with_preflight(Some(preflight))
    }

    pub(crate) fn with_preflight(mut self, preflight: Option<Preflight>) -> Self {
        self.preflight = preflight.map(Box::new);
        self
    }

    /// Names the command that shows the refused call, if the advice may not be enough: what WeChat
    /// received tells more about an invalid request, and about a code that is not documented.
    pub(crate) fn with_rid_advice(mut self) -> Self {
        let refusal = self.library_error.as_ref().filter(|error| {
            let is_unknown = error
                .errcode()
                .is_some_and(|code| ErrCode::lookup(code).is_none());
            is_unknown || error.kind() == ErrorKind::Invalid
        });
        let refusal = refusal.filter(|error| error.interface() != Some(GetRidInfo::NAME));
        if let Some(rid) = refusal.and_then(Error::rid) {
            let advice = format!(
                "{} `jumpqr rid {rid}` shows what WeChat received.",
                self.advice
            );
            self.advice = advice.into();
        }
        self
    }

    pub(crate) fn with_warnings(mut self, warnings: Vec<Finding>) -> Self {
        self.warnings = warnings.into();
        self
    }

    /// Returns the object that `--json` prints.
    pub(crate) fn json(&self) -> Value {
        let mut error = match &self.library_error {
            Some(error) => json!(error),
            None => json!({
                "interface": null,
                "errcode": null,
                "errmsg": null,
                "rid": null,
                "retryable": false,
                "outcome": Outcome::NotApplied,
                "violations": self.problems,
            }),
        };
        if let Value::Object(members) = &mut error {
            // It only repeats the message and the findings.
            members.remove("text");
            for (name, text) in [
                ("kind", self.kind),
                ("code", self.code),
                ("message", &self.message),
                ("advice", &*self.advice),
            ] {
                members.insert(name.to_owned(), json!(text));
            }
            if let Some(preflight) = &self.preflight {
                members.insert("preflight".to_owned(), json!(preflight));
            }
        }
        json!({"ok": false, "error": error, "warnings": self.warnings})
    }
}

const ON_MISSING_TICKET: &str = "\
    With this command: `jumpqr push handle` stores the ticket of a push; \
    `jumpqr token push-ticket` starts the pushes again; \
    `jumpqr token set-verify-ticket` takes a ticket that your own program has decrypted.";

/// The `errcode`s of an expired and of a wrong component_verify_ticket.
const BAD_TICKETS: [i64; 2] = [61005, 61006];

/// The `errcode` of a rule that is there already.
pub(crate) const PREFIX_EXISTS: i64 = 85071;

pub(crate) const ON_EXISTING_RULE: &str = "With this command: `jumpqr add --edit`.";

/// Returns the error's advice, and how to follow it with this command.
fn command_advice(error: &Error) -> String {
    let is_bad_ticket = error
        .errcode()
        .is_some_and(|code| BAD_TICKETS.contains(&code));
    let more = match error.code() {
        Code::Own(OwnCode::NoVerifyTicket) => ON_MISSING_TICKET,
        Code::WeChat(_) if is_bad_ticket => ON_MISSING_TICKET,
        Code::WeChat(_) if error.errcode() == Some(PREFIX_EXISTS) => ON_EXISTING_RULE,
        Code::Own(OwnCode::NoRefreshToken) => {
            "With this command: `jumpqr token set-refresh-token`."
        }
        Code::Own(OwnCode::TlsFailed) => {
            "To trust the certificate of your company: --extra-tls-roots, or SSL_CERT_FILE."
        }
        Code::Own(OwnCode::StoreFailed) => {
            "To keep tokens elsewhere: --token-store, or JUMPQR_TOKEN_STORE."
        }
        _ => return error.advice().to_owned(),
    };
    format!("{} {more}", error.advice())
}

impl From<Error> for CommandError {
    fn from(error: Error) -> Self {
        let exit = Exit::from_error(&error);
        let (kind, code) = (error.kind().name(), error.code().name());
        Self {
            library_error: Some(error.clone()),
            ..Self::own(exit, kind, code, error.message(), command_advice(&error))
        }
    }
}

#[cfg(test)]
mod tests {
    use jumpqr::error::OwnCode;
    use jumpqr::{ErrCode, Error};

    use super::{ON_MISSING_TICKET, command_advice};

    #[test]
    fn the_errors_of_tickets_name_the_commands_that_bring_one() {
        let errors = ErrCode::all()
            .iter()
            .map(|code| Error::from_answer(code.number, ""));
        let of_tickets: Vec<_> = errors
            .chain([Error::new(OwnCode::NoVerifyTicket, "")])
            .filter(|error| error.code().name().contains("ticket"))
            .collect();
        assert_eq!(of_tickets.len(), 3, "{of_tickets:?}");
        for error in of_tickets {
            assert!(
                command_advice(&error).ends_with(ON_MISSING_TICKET),
                "{error}"
            );
        }
    }
}
