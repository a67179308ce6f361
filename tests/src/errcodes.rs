//! `errcodes.json`: the table of WeChat's error codes, and every other stable name.

use serde::Deserialize;

use crate::VectorFile;

/// `errcodes.json`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// WeChat's error codes.
    pub errcodes: Vec<ErrCodeVector>,
    /// The errors that do not come from WeChat.
    pub own_codes: Vec<OwnCodeVector>,
    /// What findings are called.
    pub findings: Vec<FindingCodeVector>,
    /// The kinds of errors.
    pub kinds: Vec<String>,
    /// Whether a failed change was applied.
    pub outcomes: Vec<String>,
    /// Why a rule does not cover a link.
    pub mismatches: Vec<String>,
    /// What a write is answered with.
    pub confirmations: Vec<String>,
    /// The states of a link between a service account and a Mini Program.
    pub link_statuses: Vec<LinkStatusVector>,
}

/// One error code of WeChat's.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrCodeVector {
    /// The number.
    pub number: i64,
    /// The stable name.
    pub name: String,
    /// What the reader of the error must do.
    pub kind: String,
    /// What a call does next.
    pub reaction: String,
    /// How long a call waits at least before it sends again, in seconds.
    #[serde(default)]
    pub wait_seconds: u64,
    /// Whether the same call may succeed later, with nothing changed.
    pub retryable: bool,
}

/// One error that does not come from WeChat.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnCodeVector {
    /// The stable name.
    pub name: String,
    /// What the reader of the error must do.
    pub kind: String,
    /// Whether the same call may succeed later, with nothing changed.
    pub retryable: bool,
}

/// One code of violations or warnings.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FindingCodeVector {
    /// The stable name.
    pub name: String,
    /// Whether it is a warning; else a violation.
    pub warning: bool,
}

/// One state of a link between a service account and a Mini Program.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkStatusVector {
    /// The number on the wire.
    pub number: i64,
    /// The stable name.
    pub name: String,
}

impl VectorFile for Names {
    const FILE: &'static str = "errcodes.json";

    /// Of what ends up as the code of an error: those of WeChat and our own are never the same.
    fn names(&self) -> Vec<&str> {
        let errcodes = self.errcodes.iter().map(|v| v.name.as_str());
        let own_codes = self.own_codes.iter().map(|v| v.name.as_str());
        errcodes.chain(own_codes).collect()
    }
}
