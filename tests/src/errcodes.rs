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
    /// The codes of findings.
    pub findings: Vec<FindingCodeVector>,
    /// The kinds of errors.
    pub kinds: Vec<String>,
    /// The outcomes of a failed call.
    pub outcomes: Vec<String>,
    /// The reasons why a rule does not cover a link.
    pub mismatches: Vec<String>,
    /// Why a link does not open.
    pub obstacles: Vec<String>,
    /// The confirmations of a write.
    pub confirmations: Vec<String>,
    /// The states of a link between a service account and a Mini Program.
    pub link_statuses: Vec<LinkStatusVector>,
}

/// One error code of WeChat.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrCodeVector {
    /// The number.
    pub number: i64,
    /// The stable name.
    pub name: String,
    /// The kind of the error: what its reader must do.
    pub kind: String,
    /// The reaction: what a call does next.
    pub reaction: String,
    /// The minimum wait before a retry, in seconds.
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
    /// The kind of the error: what its reader must do.
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
    /// True for a warning, false for a violation.
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

    /// Names of error codes and own codes. Both become the code of an error, so they must not
    /// collide.
    fn names(&self) -> Vec<&str> {
        let errcodes = self.errcodes.iter().map(|v| v.name.as_str());
        let own_codes = self.own_codes.iter().map(|v| v.name.as_str());
        errcodes.chain(own_codes).collect()
    }
}
