//! What comes back: bytes, classified by `errcode`, and fields that may be missing, untidy, or of another JSON type.

mod fields;

pub use fields::Fields;

use std::fmt;

use crate::error::{Error, OwnCode, Result};

/// An answer as it came from the wire.
///
/// Its `Debug` does not show the body: those of the token interfaces hold the access token.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The whole body.
    pub body: Vec<u8>,
}

impl Response {
    /// An answer with HTTP status 200.
    pub fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self {
            status: 200,
            body: body.into(),
        }
    }

    /// The JSON object in the body, whatever its `errcode` says.
    pub(crate) fn fields(&self) -> Result<Fields> {
        if self.status != 200 {
            return Err(Error::new(
                OwnCode::HttpStatus,
                format!("the answer has the HTTP status {}, not 200", self.status),
            ));
        }
        let body = self
            .body
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(&self.body);
        if body.trim_ascii().is_empty() {
            return Err(Error::new(OwnCode::NotJson, "the answer is empty"));
        }
        // The texts of an answer are for people: a broken character is no reason to lose the answer.
        let text = String::from_utf8_lossy(body);
        match serde_json::from_str(&text) {
            Ok(serde_json::Value::Object(fields)) => Ok(Fields::new(fields)),
            Ok(_) => Err(Error::new(
                OwnCode::NotJson,
                "the answer is JSON, but not an object",
            )),
            Err(error) => Err(Error::new(
                OwnCode::NotJson,
                format!(
                    "the answer is not JSON (line {}, column {})",
                    error.line(),
                    error.column()
                ),
            )),
        }
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}
