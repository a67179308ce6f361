//! JSON text, in which structured values cross between the languages.

use jumpqr::check::{Finding, FindingCode};
use jumpqr::error::{Error, OwnCode, Result};
use serde::Serialize;
use serde_json::Value;

/// What Python's `json.dumps` wrote. It writes what is not JSON, such as NaN; that is refused.
pub(crate) fn read(text: &str) -> Result<Value> {
    serde_json::from_str(text).map_err(|error| {
        Error::invalid(vec![Finding {
            field: String::new(),
            code: FindingCode::NotJson,
            message: format!(
                "cannot be told as JSON ({error}); give finite numbers, whole texts, and no deep nesting"
            ),
        }])
    })
}

/// `value` as JSON text.
pub(crate) fn write(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::new(OwnCode::Internal, error.to_string()))
}
