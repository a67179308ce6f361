use std::collections::BTreeSet;
use std::time::Duration;

use jumpqr_core::Secret;
use serde::Deserialize;
use serde_json::{Value, json};

use super::read;
use crate::account::hidden;
use crate::error::SandboxError;
use crate::platform::Platform;
use crate::state::State;
use crate::state::tickets::Pushed;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct PlatformChange {
    #[serde(deserialize_with = "hidden")]
    component_appsecret: Option<Secret>,
    token_lifetime_seconds: Option<u64>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct AuthorizationForm {
    permission_sets: Option<BTreeSet<u16>>,
}

pub(super) fn list(state: &State) -> Value {
    state.platforms.values().map(show).collect()
}

/// What is below `/sandbox/platforms/{component_appid}`; `None` where there is nothing.
pub(super) fn dispatch(
    state: &mut State,
    method: &str,
    component_appid: &str,
    of_it: &[&str],
    body: Value,
) -> Option<Result<Value, SandboxError>> {
    Some(match (method, of_it) {
        ("GET", []) => get(state, component_appid),
        ("PUT", []) => put(state, component_appid, body),
        ("DELETE", []) => delete(state, component_appid),
        ("GET", ["ticket"]) => current_ticket(state, component_appid),
        ("POST", ["ticket"]) => push_ticket(state, component_appid),
        ("DELETE", ["tokens"]) => kill_tokens(state, component_appid),
        ("GET", ["authorizers"]) => authorizers(state, component_appid),
        ("PUT", ["authorizers", appid]) => authorize(state, component_appid, appid, body),
        ("DELETE", ["authorizers", appid]) => revoke(state, component_appid, appid),
        _ => return None,
    })
}

fn get(state: &State, component_appid: &str) -> Result<Value, SandboxError> {
    state.platform(component_appid).map(show)
}

/// Adds a platform, or changes the fields given.
fn put(state: &mut State, component_appid: &str, body: Value) -> Result<Value, SandboxError> {
    let change: PlatformChange = read(body)?;
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
    state.platforms.insert(component_appid.to_owned(), platform);
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

fn push_ticket(state: &mut State, component_appid: &str) -> Result<Value, SandboxError> {
    state
        .push_ticket(component_appid)
        .map(|pushed| show_ticket(&pushed))
}

fn kill_tokens(state: &mut State, component_appid: &str) -> Result<Value, SandboxError> {
    Ok(json!({ "killed": state.kill_component_tokens(component_appid)? }))
}

fn authorizers(state: &State, component_appid: &str) -> Result<Value, SandboxError> {
    state.platform(component_appid)?;
    let authorizers = state
        .authorizations
        .of(component_appid)
        .map(|(appid, authorization)| {
            json!({
                "authorizer_appid": appid,
                "permission_sets": authorization.permission_sets,
            })
        });
    Ok(authorizers.collect())
}

fn authorize(
    state: &mut State,
    component_appid: &str,
    appid: &str,
    body: Value,
) -> Result<Value, SandboxError> {
    let form: AuthorizationForm = read(body)?;
    let refresh_token = state.authorize(component_appid, appid, form.permission_sets)?;
    Ok(json!({ "authorizer_appid": appid, "authorizer_refresh_token": refresh_token }))
}

fn revoke(state: &mut State, component_appid: &str, appid: &str) -> Result<Value, SandboxError> {
    state.revoke(component_appid, appid)?;
    Ok(json!({}))
}

fn show(platform: &Platform) -> Value {
    json!({
        "component_appid": platform.component_appid,
        "token_lifetime_seconds": platform.token_lifetime.as_secs(),
    })
}

fn show_ticket(pushed: &Pushed) -> Value {
    json!({
        "component_verify_ticket": pushed.component_verify_ticket,
        "expires_in": pushed.expires_in.as_secs(),
    })
}
