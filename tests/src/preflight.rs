//! `preflight.json`: what the server of a domain sends, and why WeChat does not find the file.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{Raw, VectorFile};

/// `preflight.json`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preflights {
    /// The looks for the file.
    pub preflights: Vec<PreflightVector>,
    /// The looks with wrong arguments.
    pub refused: Vec<RefusedPreflightVector>,
}

/// One look, and what it finds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreflightVector {
    /// Unique in the file.
    pub name: String,
    /// The rule.
    pub rule: PreflightRule,
    /// Whether the client downloads the file. Without it, the file is given.
    pub downloads: Option<bool>,
    /// What the server sends, by path. Without it, there is no server.
    pub responses: Option<BTreeMap<String, Raw>>,
    /// The name of the verdict.
    pub verdict: String,
    /// All findings, in order.
    pub findings: Vec<PreflightFindingVector>,
}

/// The key of a rule.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreflightRule {
    /// The prefix.
    pub prefix: String,
    /// The Mini Program, for a service account.
    pub appid: Option<String>,
}

/// A finding.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreflightFindingVector {
    /// The name of the code.
    pub code: String,
    /// The name of the severity.
    pub severity: String,
    /// What the finding says.
    #[serde(default)]
    pub says: Vec<String>,
}

/// A look that is refused.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefusedPreflightVector {
    /// Unique in the file.
    pub name: String,
    /// The arguments, with their names in Rust and durations in seconds.
    pub arguments: Map<String, Value>,
    /// All violations, in any order.
    pub findings: Vec<WrongArgumentVector>,
}

/// A violation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrongArgumentVector {
    /// The argument.
    pub field: String,
    /// The name of the code.
    pub code: String,
}

impl VectorFile for Preflights {
    const FILE: &'static str = "preflight.json";

    fn names(&self) -> Vec<&str> {
        let looks = self.preflights.iter().map(|vector| vector.name.as_str());
        let refused = self.refused.iter().map(|vector| vector.name.as_str());
        looks.chain(refused).collect()
    }
}
