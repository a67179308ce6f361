//! The control endpoints under `/sandbox`, over HTTP and in-process.

pub(crate) mod accounts;
pub(crate) mod clock;
mod faults;
mod file_fetch;
mod links;
mod merchants;
mod platforms;
mod pushes;
mod routes;
mod rules;
mod verification_files;

pub(crate) use routes::dispatch;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use self::routes::ROUTES;
use crate::error::SandboxError;
use crate::interface::Interface;
use crate::well_known::{COMPONENT_APPID, MINI_PROGRAM_APPID, SERVICE_ACCOUNT_APPID};

/// Parses a request body. An empty body becomes null.
pub(crate) fn parse_json(body: &[u8]) -> Result<Value, SandboxError> {
    if body.trim_ascii().is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(body)
        .map_err(|error| SandboxError::Invalid(format!("the body is not JSON: {error}")))
}

fn describe() -> Value {
    let interfaces: Vec<Value> = Interface::ALL
        .iter()
        .map(|interface| json!({ "name": interface.name(), "path": interface.path() }))
        .collect();
    json!({
        "what": "a local WeChat for the interfaces of QR jump rules",
        "version": env!("CARGO_PKG_VERSION"),
        "mini_program": MINI_PROGRAM_APPID,
        "service_account": SERVICE_ACCOUNT_APPID,
        "platform": COMPONENT_APPID,
        "interfaces": interfaces,
        "control": ROUTES,
    })
}

/// Converts a body to the type that the endpoint expects. No body counts as an object without
/// fields.
fn parse<T: DeserializeOwned>(body: Value) -> Result<T, SandboxError> {
    let body = if body.is_null() { json!({}) } else { body };
    Ok(serde_json::from_value(body)?)
}

/// Changes the given fields. An absent field keeps its value.
fn change<T: Serialize + DeserializeOwned>(
    current: &mut T,
    changes: Value,
) -> Result<&T, SandboxError> {
    let mut whole = to_json(current)?;
    match (&mut whole, changes) {
        (_, Value::Null) => {}
        (Value::Object(whole), Value::Object(changes)) => whole.extend(changes),
        _ => {
            return Err(SandboxError::Invalid(
                "the body is not an object; give an object with the fields to change".to_owned(),
            ));
        }
    }
    *current = parse(whole)?;
    Ok(current)
}

fn killed(count: Result<usize, SandboxError>) -> Result<Value, SandboxError> {
    Ok(json!({ "killed": count? }))
}

fn to_json(value: &impl Serialize) -> Result<Value, SandboxError> {
    Ok(serde_json::to_value(value)?)
}
