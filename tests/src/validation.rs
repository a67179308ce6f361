//! `validation.json`: every violation and every warning of a rule, or of another call's arguments.

use serde::Deserialize;
use serde_json::Value;

use crate::{Invocation, Raw, VectorFile};

/// `validation.json`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Validations {
    /// The vectors.
    pub validations: Vec<ValidationVector>,
}

/// One input, and all findings.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValidationVector {
    /// Unique in the file.
    pub name: String,
    /// The input.
    pub input: Input,
    /// All violations, in any order.
    pub violations: Vec<FindingVector>,
    /// All warnings, in any order.
    pub warnings: Vec<FindingVector>,
}

/// The input of a check.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// A rule as a mapping; any JSON value.
    Mapping(Value),
    /// A rule as a document: untrusted bytes, which may not be JSON.
    Document(Raw),
    /// A call of another interface than addJumpQRCode.
    Call(Invocation),
}

/// One violation or warning.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FindingVector {
    /// The field, e.g. `debug_url[2]`; empty if the finding is about the whole input.
    pub field: String,
    /// The stable code.
    pub code: String,
    /// Texts that the message must contain.
    #[serde(default)]
    pub contains: Vec<String>,
}

impl VectorFile for Validations {
    const FILE: &'static str = "validation.json";

    fn names(&self) -> Vec<&str> {
        self.validations.iter().map(|v| v.name.as_str()).collect()
    }
}
