use jumpqr_core::Error;
use jumpqr_core::response::Response;
use serde::Deserialize;
use serde_json::Value;

use crate::Raw;

/// The result of a call.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// The call succeeds with this answer.
    Answer(Value),
    /// The call fails with this error.
    Error(Box<ErrorVector>),
}

/// The properties of an error that are the same in every language.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorVector {
    kind: String,
    code: String,
    errcode: Option<i64>,
    errmsg: Option<String>,
    rid: Option<String>,
    retryable: bool,
    outcome: String,
    /// Texts that message and advice together must contain.
    #[serde(default)]
    says: Vec<String>,
}

/// An answer of the server.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplyVector {
    #[serde(default = "ok")]
    status: u16,
    body: Raw,
}

fn ok() -> u16 {
    200
}

impl ReplyVector {
    /// Converts the answer to the core's type.
    pub fn reply(&self) -> Result<Response, String> {
        Ok(Response {
            status: self.status,
            body: self.body.bytes()?,
        })
    }
}

impl From<&Error> for ErrorVector {
    fn from(error: &Error) -> Self {
        Self {
            kind: error.kind().name().to_owned(),
            code: error.code().name().to_owned(),
            errcode: error.errcode(),
            errmsg: error.errmsg().map(str::to_owned),
            rid: error.rid().map(str::to_owned),
            retryable: error.is_retryable(),
            outcome: error.outcome().name().to_owned(),
            says: Vec::new(),
        }
    }
}

impl Expected {
    /// Compares with the result of a call. The error describes the difference.
    pub fn check(&self, found: &Result<Value, Error>) -> Result<(), String> {
        match (self, found) {
            (Self::Answer(expected), Ok(found)) => {
                if expected == found {
                    return Ok(());
                }
                Err(format!("expected the answer {expected}, found {found}"))
            }
            (Self::Error(expected), Err(found)) => {
                let said = format!("{}\n{}", found.message(), found.advice());
                if let Some(text) = expected.says.iter().find(|text| !said.contains(*text)) {
                    return Err(format!("{text:?} is missing in {said:?}"));
                }
                let found = ErrorVector {
                    says: expected.says.clone(),
                    ..ErrorVector::from(found)
                };
                if **expected == found {
                    return Ok(());
                }
                Err(format!("expected {expected:?}, found {found:?}"))
            }
            (_, Ok(found)) => Err(format!("expected an error, found {found}")),
            (_, Err(found)) => Err(format!("expected an answer, found {found}")),
        }
    }
}
