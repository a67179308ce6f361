//! Errors and panics as exceptions, and values as JSON.

pub(crate) use jumpqr::binding::guard as caught;

use jumpqr::Error;
use jumpqr::binding::{NameStyle, error_parts};
use jumpqr::error::OwnCode;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// How settings are written in JavaScript.
pub(crate) const STYLE: NameStyle = NameStyle::Camel;

/// Does `work` for a function that Node calls. Its error or its panic is thrown.
pub(crate) fn guard<T>(work: impl FnOnce() -> jumpqr::Result<T>) -> napi::Result<T> {
    caught(work).map_err(|error| thrown(&error_parts(&error, STYLE)))
}

/// Returns what is thrown for an error: its parts, as JSON in the message.
pub(crate) fn thrown(parts: &Value) -> napi::Error {
    napi::Error::from_reason(parts.to_string())
}

/// Writes a value as JSON.
pub(crate) fn to_json(value: &impl Serialize) -> jumpqr::Result<String> {
    serde_json::to_string(value).map_err(|error| Error::new(OwnCode::Internal, error.to_string()))
}

/// Reads JSON that the facade has written. It is well-formed, but a text in it may hold half of a
/// surrogate pair, which UTF-8 cannot express.
pub(crate) fn from_json<T: DeserializeOwned>(json: &str) -> jumpqr::Result<T> {
    serde_json::from_str(json).map_err(|error| {
        let message = format!("an argument is not Unicode text: {error}");
        Error::new(OwnCode::InvalidRequest, message)
    })
}
