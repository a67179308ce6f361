//! The response of an interface: its bytes, and its fields. A field may be missing, have white
//! space around it, or be of another JSON type.

mod fields;
mod value;

pub use fields::Fields;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use self::value::Value;
use crate::error::{Error, OwnCode, Result};

const BYTE_ORDER_MARK: char = '\u{feff}';

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
}

/// A response whose body is text.
pub(crate) struct TextResponse {
    pub(crate) status: u16,
    text: String,
}

impl From<Response> for TextResponse {
    /// Replaces broken UTF-8, which can only be in texts for people: the rest of the response is
    /// still useful.
    fn from(response: Response) -> Self {
        let text = String::from_utf8(response.body)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        Self {
            status: response.status,
            text,
        }
    }
}

impl TextResponse {
    /// Returns the text, which should be JSON.
    pub(crate) fn json(&self) -> &str {
        let text = self.text.strip_prefix(BYTE_ORDER_MARK);
        text.unwrap_or(&self.text)
    }

    /// Parses the text as a JSON object, whatever its `errcode` says.
    pub(crate) fn fields(&self) -> Result<Fields<'_>> {
        if self.status != 200 {
            return Err(Error::new(
                OwnCode::HttpStatus,
                format!("the response has the HTTP status {}, not 200", self.status),
            ));
        }
        let text = self.json();
        if text.trim_ascii().is_empty() {
            return Err(Error::new(OwnCode::NotJson, "the response is empty"));
        }
        match serde_json::from_str(text) {
            Ok(Value::Object(fields)) => Ok(fields),
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
