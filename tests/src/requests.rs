//! `requests.json`: calls, and the requests that they send.

use serde::Deserialize;

use crate::{Invocation, VectorFile};

/// `requests.json`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requests {
    /// The vectors.
    pub requests: Vec<RequestVector>,
}

/// One call and its request.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestVector {
    /// Unique in the file.
    pub name: String,
    /// The call.
    pub call: Invocation,
    /// `GET` or `POST`.
    pub method: String,
    /// The path of the URL.
    pub path: String,
    /// The query as sent, percent-encoded, without `access_token`; empty if there is no query.
    pub query: String,
    /// Whether `access_token` is sent in the query.
    pub access_token: bool,
    /// The body, byte for byte; null for GET.
    pub body: Option<String>,
}

impl VectorFile for Requests {
    const FILE: &'static str = "requests.json";

    fn names(&self) -> Vec<&str> {
        self.requests.iter().map(|v| v.name.as_str()).collect()
    }
}
