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

/// One input and everything that is to be said of it.
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

/// What is checked.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// A rule as a mapping; any JSON value.
    Mapping(Value),
    /// A rule as a document: text of which nobody knows yet whether it is JSON.
    Document(Raw),
    /// A call of another interface than addJumpQRCode.
    Call(Invocation),
}

/// One violation or warning.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FindingVector {
    /// The field, e.g. `debug_url[2]`; empty where it is the whole input.
    pub field: String,
    /// The stable code.
    pub code: String,
    /// What the message must contain.
    #[serde(default)]
    pub contains: Vec<String>,
}

impl VectorFile for Validations {
    const FILE: &'static str = "validation.json";

    fn names(&self) -> Vec<&str> {
        self.validations.iter().map(|v| v.name.as_str()).collect()
    }
}
