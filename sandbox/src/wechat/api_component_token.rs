use serde_json::{Value, json};

use super::Call;
use super::fields::Fields;
use crate::interface::Interface;
use crate::refusal::Refusal;
use crate::state::State;

pub(super) fn respond(state: &mut State, call: &Call) -> Result<Value, Refusal> {
    let fields = Fields::parse(&call.body)?;
    let component_appid = fields
        .optional_text("component_appid")?
        .ok_or_else(|| Refusal::new(41018))?;
    let component_appsecret = fields
        .optional_text("component_appsecret")?
        .ok_or_else(|| Refusal::new(41004))?;
    let platform = state
        .platforms
        .get(component_appid)
        .ok_or_else(|| Refusal::new(40013))?;
    if platform.component_appsecret.expose() != component_appsecret {
        return Err(Refusal::new(40125));
    }
    let ticket = fields
        .optional_text("component_verify_ticket")?
        .ok_or_else(|| Refusal::new(61006))?;
    let now = state.clock.now();
    state.tickets.check(component_appid, ticket, now)?;
    let grant = state.tokens.platform_token(platform, now, state.succession);
    state
        .journal
        .count_issued(Interface::ApiComponentToken, &grant);
    Ok(json!({
        "component_access_token": grant.access_token,
        "expires_in": grant.expires_in.as_secs(),
    }))
}
