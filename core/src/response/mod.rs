//! The response of an interface: its bytes, and its fields. A field may be missing, have white
//! space around it, or be of another JSON type.

mod fields;

pub use fields::Fields;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::error::{Error, OwnCode, Result};

/// A response as it came from the wire.
///
/// `Debug` does not show the body. In the token interfaces, it has the access token.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The whole body.
    pub body: Vec<u8>,
}

impl Response {
    /// Makes a response with HTTP status 200.
    pub fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self {
            status: 200,
            body: body.into(),
        }
    }

    /// Parses the body as a JSON object, whatever its `errcode` says.
    pub(crate) fn fields(&self) -> Result<Fields> {
        if self.status != 200 {
            return Err(Error::new(
                OwnCode::HttpStatus,
                format!("the response has the HTTP status {}, not 200", self.status),
            ));
        }
        let body = self
            .body
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(&self.body);
        if body.trim_ascii().is_empty() {
            return Err(Error::new(OwnCode::NotJson, "the response is empty"));
        }
        // Broken UTF-8 can only be in texts for people: the rest of the response is still useful.
        let text = String::from_utf8_lossy(body);
        match serde_json::from_str(&text) {
            Ok(serde_json::Value::Object(fields)) => Ok(Fields::new(fields)),
            Ok(_) => Err(Error::new(
                OwnCode::NotJson,
                "the response is JSON, but not an object",
            )),
            Err(error) => Err(Error::new(
                OwnCode::NotJson,
                format!(
                    "the response is not JSON (line {}, column {})",
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
