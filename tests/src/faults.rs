//! `faults.json`: what a client makes of a server that does wrong.

use jumpqr_core::Error;
use serde::Deserialize;
use serde_json::Value;

use crate::{VectorFile, Wire};

/// `faults.json`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Faults {
    /// The vectors.
    pub faults: Vec<FaultVector>,
}

/// One fault, met by a write and by a read.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultVector {
    /// Unique in the file: what the server does, in words.
    pub name: String,
    /// What goes wrong, in a word or two; vectors of one group stand together.
    pub group: String,
    /// The fault of the hostile server.
    pub fault: String,
    /// The deadline of a call.
    #[serde(default = "timeout_ms")]
    pub timeout_ms: u64,
    /// How often a call is tried again.
    #[serde(default)]
    pub max_retries: usize,
    /// Whether a call that is answered as it should be goes before, on the same client.
    #[serde(default)]
    pub second_call: bool,
    /// addJumpQRCode.
    pub write: EndingVector,
    /// getJumpQRCode.
    pub read: EndingVector,
    /// What message and advice of the errors have in them.
    #[serde(default)]
    pub says: Vec<String>,
}

/// How a call ends.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndingVector {
    /// With this.
    pub result: FaultResult,
    /// The server has seen these requests, or the first of them, and no others.
    pub requests: Vec<String>,
}

/// A result, of an error only what does not differ from one time to the next.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultResult {
    /// With this answer.
    Answer(Value),
    /// With this error.
    Error(FaultError),
}

/// An error.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultError {
    /// What the reader must do.
    pub kind: String,
    /// The stable code.
    pub code: String,
    /// WeChat's number.
    pub errcode: Option<i64>,
    /// Whether the same call may succeed later.
    pub retryable: bool,
    /// Whether a change was applied.
    pub outcome: String,
}

fn timeout_ms() -> u64 {
    10_000
}

impl FaultResult {
    /// Whether a call ended so; the error says how it ended instead.
    pub fn check<A: Wire>(&self, found: &Result<A, Error>) -> Result<(), String> {
        let same = match (self, found) {
            (Self::Answer(expected), Ok(found)) => *expected == found.wire(),
            (Self::Error(expected), Err(found)) => *expected == FaultError::from(found),
            _ => false,
        };
        if same {
            return Ok(());
        }
        Err(match found {
            Ok(found) => format!("expected {self:?}, found {}", found.wire()),
            Err(found) => format!("expected {self:?}, found {found:?}"),
        })
    }
}

impl From<&Error> for FaultError {
    fn from(error: &Error) -> Self {
        Self {
            kind: error.kind().name().to_owned(),
            code: error.code().name().to_owned(),
            errcode: error.errcode(),
            retryable: error.is_retryable(),
            outcome: error.outcome().name().to_owned(),
        }
    }
}

impl VectorFile for Faults {
    const FILE: &'static str = "faults.json";

    fn names(&self) -> Vec<&str> {
        self.faults.iter().map(|v| v.name.as_str()).collect()
    }
}
