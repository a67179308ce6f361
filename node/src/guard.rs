//! Results as the facade takes them, and panics as errors.

use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};

use jumpqr::Error;
use jumpqr::error::OwnCode;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Does `work`; a panic in it becomes an error.
pub(crate) fn caught<T, E: From<Error>>(work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    // What a panic leaves behind is not used again: locks are taken over from those who panicked.
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|panic| Err(Error::from_panic(&*panic).into()))
}

/// Does `work` for a function that Node calls: its error, or its panic, is thrown with the error as JSON for its text.
pub(crate) fn guard<T>(work: impl FnOnce() -> jumpqr::Result<T>) -> napi::Result<T> {
    caught(work).map_err(|error| thrown(&error))
}

/// What is thrown for an error.
pub(crate) fn thrown(error: &(impl Serialize + Display)) -> napi::Error {
    let text = serde_json::to_string(error).unwrap_or_else(|_| error.to_string());
    napi::Error::from_reason(text)
}

/// A value as JSON.
pub(crate) fn to_json(value: &impl Serialize) -> jumpqr::Result<String> {
    serde_json::to_string(value).map_err(|error| defect(&error))
}

/// A value as an event has it.
pub(crate) fn to_value(value: &impl Serialize) -> jumpqr::Result<Value> {
    serde_json::to_value(value).map_err(|error| defect(&error))
}

/// What the facade gives: JSON that it made itself.
pub(crate) fn from_json(json: &str) -> jumpqr::Result<Value> {
    serde_json::from_str(json).map_err(|error| {
        // The facade's JSON is well-formed; a text may still hold half a surrogate pair, which no UTF-8 can.
        Error::new(
            OwnCode::InvalidRequest,
            format!("an argument is not Unicode text: {error}"),
        )
    })
}

/// Settings out of JSON; the error names the one that is wrong.
pub(crate) fn settings<T: DeserializeOwned>(json: &str) -> jumpqr::Result<T> {
    let settings = from_json(json)?;
    serde_path_to_error::deserialize(settings).map_err(|error| {
        let setting = error.path().to_string();
        Error::new(
            OwnCode::InvalidConfig,
            format!("{setting}: {}", error.into_inner()),
        )
    })
}

fn defect(error: &dyn Display) -> Error {
    Error::new(OwnCode::Internal, error.to_string())
}
