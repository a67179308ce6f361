//! `raw_calls.json`: calls to any interface, by their paths.

use serde::Deserialize;
use serde_json::Value;

use crate::{Expected, ReplyVector, VectorFile};

/// `raw_calls.json`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawCalls {
    /// The calls that are sent.
    pub raw_calls: Vec<RawCallVector>,
    /// The calls that are not sent.
    pub refused: Vec<RefusedCallVector>,
}

/// One call, its requests, and its result.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawCallVector {
    /// Unique in the file.
    pub name: String,
    /// Who calls.
    pub of: RawCaller,
    /// The call.
    pub call: RawCallArguments,
    /// The number of retries.
    #[serde(default)]
    pub max_retries: usize,
    /// The name of the platform's token in the query.
    pub component_token_field: Option<String>,
    /// Texts that no error may print, besides the tokens.
    #[serde(default)]
    pub secrets: Vec<String>,
    /// Every request of the call, in order.
    pub exchanges: Vec<RawExchangeVector>,
    /// The result of the call.
    pub result: Expected,
}

/// Whose token is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RawCaller {
    /// The token of a client.
    Client,
    /// The own token of a platform.
    Platform,
}

/// The arguments of a call.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawCallArguments {
    /// The path.
    pub path: String,
    /// Names, and values that are texts or whole numbers.
    #[serde(default)]
    pub query: Vec<(String, Value)>,
    /// The JSON of a POST; null for GET.
    pub body: Option<String>,
    /// Whether it may be sent again after a lost response.
    #[serde(default)]
    pub repeatable: bool,
}

/// A request, and its answer. Method and body are those of the call.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawExchangeVector {
    /// Path and query, as sent.
    pub target: String,
    /// The answer. Without one, the server closes the connection.
    pub reply: Option<ReplyVector>,
}

/// A call that is refused.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefusedCallVector {
    /// Unique in the file.
    pub name: String,
    /// The call.
    pub call: RawCallArguments,
    /// All violations, in any order.
    pub findings: Vec<RawFindingVector>,
}

/// One violation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawFindingVector {
    /// The argument, e.g. `query[1]`.
    pub field: String,
    /// The stable code.
    pub code: String,
}

impl VectorFile for RawCalls {
    const FILE: &'static str = "raw_calls.json";

    fn names(&self) -> Vec<&str> {
        let calls = self.raw_calls.iter().map(|vector| vector.name.as_str());
        let refused = self.refused.iter().map(|vector| vector.name.as_str());
        calls.chain(refused).collect()
    }
}
