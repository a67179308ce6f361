//! `answers.json`: the result of a call when the server gives every request the same answer.

use serde::Deserialize;

use crate::{Expected, Invocation, ReplyVector, VectorFile};

/// `answers.json`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    /// The vectors.
    pub answers: Vec<AnswerVector>,
}

/// One answer and its meaning.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerVector {
    /// Unique in the file.
    pub name: String,
    /// The call.
    pub call: Invocation,
    /// The answer to every request.
    pub reply: ReplyVector,
    /// The result of the call.
    pub result: Expected,
}

impl VectorFile for Answers {
    const FILE: &'static str = "answers.json";

    fn names(&self) -> Vec<&str> {
        self.answers.iter().map(|v| v.name.as_str()).collect()
    }
}
