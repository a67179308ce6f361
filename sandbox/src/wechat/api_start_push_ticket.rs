//! `api_start_push_ticket`: restarts the pushes of tickets.

use serde_json::{Value, json};

use super::call::Call;
use super::fields::Fields;
use crate::platform::Platform;
use crate::refusal::Refusal;
use crate::state::State;

pub(super) fn respond(state: &mut State, call: &Call) -> Result<Value, Refusal> {
    let fields = Fields::parse(&call.body)?;
    let platform = authenticate(state, &fields, "component_secret")?;
    let component_appid = platform.component_appid.clone();
    let errmsg = if state.start_push_ticket(&component_appid) {
        "ok"
    } else {
        "in a normal state"
    };
    Ok(json!({ "errmsg": errmsg }))
}

/// Returns the platform whose appid and secret are in the body. `secret_field` has the secret.
pub(super) fn authenticate<'a>(
    state: &'a State,
    fields: &Fields,
    secret_field: &str,
) -> Result<&'a Platform, Refusal> {
    let component_appid = fields.optional_text("component_appid")?.ok_or(41018)?;
    let secret = fields.optional_text(secret_field)?.ok_or(41004)?;
    let platform = state.platforms.get(component_appid).ok_or(40013)?;
    if platform.component_appsecret.expose() != secret {
        return Err(40125.into());
    }
    Ok(platform)
}
