//! The control endpoints under `/sandbox`, over HTTP and in-process.

mod accounts;
mod clock;
mod endpoints;
mod faults;
mod limits;
mod links;
mod merchants;
mod platforms;
mod requests;
mod rules;
mod tokens;
mod verification_files;
mod web;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use self::endpoints::ENDPOINTS;
use crate::error::SandboxError;
use crate::interface::Interface;
use crate::wechat::WeChat;
use crate::well_known::{COMPONENT_APPID, MINI_PROGRAM_APPID, SERVICE_ACCOUNT_APPID};

/// Parses a request body. An empty body becomes null.
pub(crate) fn parse_json(body: &[u8]) -> Result<Value, SandboxError> {
    if body.trim_ascii().is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(body)
        .map_err(|error| SandboxError::Invalid(format!("the body is not JSON: {error}")))
}

/// Calls the endpoint with this method and path.
pub(crate) fn dispatch(
    wechat: &mut WeChat,
    method: &str,
    path: &str,
    body: Value,
) -> Result<Value, SandboxError> {
    let state = &mut wechat.state;
    let path = path.trim_end_matches('/');
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    match (method, segments.as_slice()) {
        ("GET", ["sandbox"]) => Ok(describe()),
        ("POST", ["sandbox", "reset"]) => {
            wechat.reset();
            Ok(json!({}))
        }
        ("GET", ["sandbox", "accounts"]) => Ok(accounts::list(state)),
        ("GET", ["sandbox", "accounts", appid]) => accounts::get(state, appid),
        ("PUT", ["sandbox", "accounts", appid]) => accounts::put(state, appid, body),
        ("DELETE", ["sandbox", "accounts", appid]) => accounts::delete(state, appid),
        ("POST", ["sandbox", "accounts", appid, "tokens"]) => accounts::issue_token(state, appid),
        ("DELETE", ["sandbox", "accounts", appid, "tokens"]) => accounts::kill_tokens(state, appid),
        ("GET", ["sandbox", "accounts", appid, "rules"]) => rules::list(state, appid),
        ("PUT", ["sandbox", "accounts", appid, "rules"]) => rules::put(state, appid, body),
        ("DELETE", ["sandbox", "accounts", appid, "rules"]) => rules::delete(state, appid),
        ("GET", ["sandbox", "accounts", appid, "verification_files"]) => {
            verification_files::get(state, appid)
        }
        ("PUT", ["sandbox", "accounts", appid, "verification_files"]) => {
            verification_files::put(state, appid, body)
        }
        ("DELETE", ["sandbox", "accounts", appid, "verification_files"]) => {
            verification_files::delete(state, appid)
        }
        ("GET", ["sandbox", "platforms"]) => Ok(platforms::list(state)),
        (_, ["sandbox", "platforms", component_appid, rest @ ..]) => {
            match platforms::dispatch(state, method, component_appid, rest, body) {
                Some(result) => result,
                None => Err(no_such_endpoint(method, path, &segments)),
            }
        }
        ("GET", ["sandbox", "tokens"]) => to_json(&state.succession),
        ("PUT", ["sandbox", "tokens"]) => tokens::put(state, body),
        ("GET", ["sandbox", "links"]) => Ok(links::list(state)),
        ("PUT", ["sandbox", "links"]) => links::put(state, body),
        ("POST", ["sandbox", "links", "confirm"]) => links::decide(state, body, true),
        ("POST", ["sandbox", "links", "refuse"]) => links::decide(state, body, false),
        ("GET", ["sandbox", "web"]) => to_json(&state.web),
        ("PUT", ["sandbox", "web"]) => web::put(state, body),
        ("GET", ["sandbox", "limits"]) => to_json(&state.limits),
        ("PUT", ["sandbox", "limits"]) => limits::put(state, body),
        ("GET", ["sandbox", "clock"]) => Ok(clock::get(state)),
        ("POST", ["sandbox", "clock"]) => clock::set(state, body),
        ("GET", ["sandbox", "faults"]) => faults::list(wechat),
        ("POST", ["sandbox", "faults"]) => faults::inject(wechat, body),
        ("DELETE", ["sandbox", "faults"]) => Ok(faults::clear(wechat)),
        ("DELETE", ["sandbox", "faults", id]) => faults::remove(wechat, id),
        ("GET", ["sandbox", "requests"]) => requests::requests(state),
        ("DELETE", ["sandbox", "requests"]) => Ok(requests::clear(state)),
        ("GET", ["sandbox", "counters"]) => to_json(&state.journal.counters),
        _ => Err(no_such_endpoint(method, path, &segments)),
    }
}

fn no_such_endpoint(method: &str, path: &str, segments: &[&str]) -> SandboxError {
    let methods: Vec<&str> = ENDPOINTS
        .iter()
        .filter(|(_, template, _)| {
            let template: Vec<&str> = template.split('/').skip(1).collect();
            template.len() == segments.len()
                && template
                    .iter()
                    .zip(segments)
                    .all(|(expected, got)| expected.starts_with('{') || expected == got)
        })
        .map(|(method, ..)| *method)
        .collect();
    if methods.is_empty() {
        SandboxError::NotFound(format!(
            "there is nothing at {path}; GET /sandbox lists the endpoints"
        ))
    } else {
        SandboxError::WrongMethod(format!(
            "{path} does not take {method}; it takes {}",
            methods.join(", ")
        ))
    }
}

fn describe() -> Value {
    let interfaces: Vec<Value> = Interface::ALL
        .iter()
        .map(|interface| json!({ "name": interface.name(), "path": interface.path() }))
        .collect();
    let endpoints: Vec<Value> = ENDPOINTS
        .iter()
        .map(|(method, path, does)| json!({ "method": method, "path": path, "does": does }))
        .collect();
    json!({
        "what": "a local WeChat for the interfaces of QR jump rules",
        "version": env!("CARGO_PKG_VERSION"),
        "mini_program": MINI_PROGRAM_APPID,
        "service_account": SERVICE_ACCOUNT_APPID,
        "platform": COMPONENT_APPID,
        "interfaces": interfaces,
        "control": endpoints,
    })
}

/// Converts a body to the type that the endpoint expects.
fn deserialize<T: DeserializeOwned>(body: Value) -> Result<T, SandboxError> {
    let body = if body.is_null() { json!({}) } else { body };
    serde_json::from_value(body).map_err(|error| SandboxError::Invalid(error.to_string()))
}

/// Returns `current` with the fields of `changes`.
fn merge<T: Serialize + DeserializeOwned>(current: &T, changes: Value) -> Result<T, SandboxError> {
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
    deserialize(whole)
}

fn to_json(value: &impl Serialize) -> Result<Value, SandboxError> {
    serde_json::to_value(value).map_err(|error| SandboxError::Invalid(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::State;

    #[test]
    fn every_endpoint_described_exists() {
        let mut wechat = WeChat::new(State::default());
        for (method, path, _) in ENDPOINTS {
            let found = dispatch(&mut wechat, method, path, Value::Null);
            let missing =
                matches!(&found, Err(SandboxError::NotFound(text)) if text.contains("nothing at"));
            let wrong = matches!(found, Err(SandboxError::WrongMethod(_)));
            assert!(!missing && !wrong, "{method} {path}");
        }
    }
}
