use std::time::Duration;

use jumpqr_core::Secret;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{deserialize, merchants};
use crate::account::deserialize_secret;
use crate::error::SandboxError;
use crate::platform::Platform;
use crate::state::State;
use crate::state::tickets::PushedTicket;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct PlatformChange {
    #[serde(deserialize_with = "deserialize_secret")]
    component_appsecret: Option<Secret>,
    token_lifetime_seconds: Option<u64>,
}

pub(super) fn list(state: &State) -> Value {
    state.platforms.values().map(show).collect()
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct TicketForm {
    /// Whether to push the last ticket again.
    again: bool,
}

/// Calls an endpoint below `/sandbox/platforms/{component_appid}`. Returns `None` if it does not
/// exist.
pub(super) fn dispatch(
    state: &mut State,
    method: &str,
    component_appid: &str,
    rest: &[&str],
    body: Value,
) -> Option<Result<Value, SandboxError>> {
    Some(match (method, rest) {
        ("GET", []) => get(state, component_appid),
        ("PUT", []) => put(state, component_appid, body),
        ("DELETE", []) => delete(state, component_appid),
        ("GET", ["ticket"]) => current_ticket(state, component_appid),
        ("POST", ["ticket"]) => push_ticket(state, component_appid, body),
        ("DELETE", ["tokens"]) => kill_tokens(state, component_appid),
        ("GET", ["authorizers"]) => merchants::list(state, component_appid),
        ("PUT", ["authorizers"]) => merchants::put_all(state, component_appid, body),
        ("PUT", ["authorizers", appid]) => merchants::put(state, component_appid, appid, body),
        ("DELETE", ["authorizers", appid]) => merchants::delete(state, component_appid, appid),
        _ => return None,
    })
}

fn get(state: &State, component_appid: &str) -> Result<Value, SandboxError> {
    state.platform(component_appid).map(show)
}

/// Adds a platform, or changes the given fields.
fn put(state: &mut State, component_appid: &str, body: Value) -> Result<Value, SandboxError> {
    let change: PlatformChange = deserialize(body)?;
    let mut platform = match (
        state.platforms.get(component_appid),
        &change.component_appsecret,
    ) {
        (Some(platform), _) => platform.clone(),
        (None, Some(secret)) => Platform::new(component_appid, secret.clone()),
        (None, None) => {
            return Err(SandboxError::Invalid(
                "component_appsecret is missing; a new platform needs it".to_owned(),
            ));
        }
    };
    if let Some(secret) = change.component_appsecret {
        platform.component_appsecret = secret;
    }
    if let Some(seconds) = change.token_lifetime_seconds {
        platform.token_lifetime = Duration::from_secs(seconds);
    }
    let shown = show(&platform);
    state.put_platform(platform);
    Ok(shown)
}

fn delete(state: &mut State, component_appid: &str) -> Result<Value, SandboxError> {
    state.remove_platform(component_appid)?;
    Ok(json!({}))
}

fn current_ticket(state: &mut State, component_appid: &str) -> Result<Value, SandboxError> {
    state
        .current_ticket(component_appid)
        .map(|pushed| show_ticket(&pushed))
}

fn push_ticket(
    state: &mut State,
    component_appid: &str,
    body: Value,
) -> Result<Value, SandboxError> {
    let form: TicketForm = deserialize(body)?;
    let pushed = if form.again {
        state.push_ticket_again(component_appid)
    } else {
        state.push_ticket(component_appid)
    };
    pushed.map(|pushed| show_ticket(&pushed))
}

fn kill_tokens(state: &mut State, component_appid: &str) -> Result<Value, SandboxError> {
    Ok(json!({ "killed": state.kill_component_tokens(component_appid)? }))
}

fn show(platform: &Platform) -> Value {
    json!({
        "component_appid": platform.component_appid,
        "token_lifetime_seconds": platform.token_lifetime.as_secs(),
    })
}

fn show_ticket(pushed: &PushedTicket) -> Value {
    json!({
        "component_verify_ticket": pushed.component_verify_ticket,
        "expires_in": pushed.expires_in.as_secs(),
    })
}
