//! `faults.json`: how calls end when the server misbehaves.

use jumpqr_core::Error;
use serde::Deserialize;
use serde_json::Value;

use crate::VectorFile;

/// `faults.json`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Faults {
    /// The vectors.
    pub faults: Vec<FaultVector>,
}

/// One fault, and how a write and a read end that meet it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultVector {
    /// What the server does, in words; unique in the file.
    pub name: String,
    /// The group of the fault. Vectors of one group stand together.
    pub group: String,
    /// The name of the fault of the hostile server.
    pub fault: String,
    /// The timeout of a call.
    #[serde(default = "default_timeout_ms")]
    pub timeout_ms: u64,
    /// The maximum number of retries of a call.
    #[serde(default)]
    pub max_retries: usize,
    /// Whether the client first makes another call, which gets a correct answer.
    #[serde(default)]
    pub second_call: bool,
    /// The result of addJumpQRCode.
    pub write: EndingVector,
    /// The result of getJumpQRCode.
    pub read: EndingVector,
    /// Texts that message and advice of the errors must contain.
    #[serde(default)]
    pub says: Vec<String>,
}

/// The result of a call, and its requests.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndingVector {
    /// The result.
    pub result: FaultResult,
    /// The requests that the server sees; it may see only the first of them.
    pub requests: Vec<String>,
}

/// A result. For an error, only the parts that are the same in each run.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultResult {
    /// The call succeeds with this answer.
    Answer(Value),
    /// The call fails with this error.
    Error(FaultError),
}

/// An error.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultError {
    /// The kind of the error.
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

fn default_timeout_ms() -> u64 {
    10_000
}

impl FaultResult {
    /// Compares with the result of a call. The error describes the difference.
    pub fn check(&self, found: &Result<Value, Error>) -> Result<(), String> {
        let same = match (self, found) {
            (Self::Answer(expected), Ok(found)) => expected == found,
            (Self::Error(expected), Err(found)) => *expected == FaultError::from(found),
            _ => false,
        };
        if same {
            return Ok(());
        }
        Err(match found {
            Ok(found) => format!("expected {self:?}, found {found}"),
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
