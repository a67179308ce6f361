//! `api_component_token`: issues a new token of the platform each time. The former token still works
//! for the overlap.

use serde_json::{Value, json};

use super::call::Call;
use super::fields::Fields;
use crate::interface::Interface;
use crate::refusal::Refusal;
use crate::state::State;
use crate::state::holder::Holder;

pub(super) fn respond(state: &mut State, call: &Call) -> Result<Value, Refusal> {
    let fields = Fields::parse(&call.body)?;
    let text = |name| fields.optional_text(name);
    let component_appid = text("component_appid")?.ok_or(41018)?;
    let component_appsecret = text("component_appsecret")?.ok_or(41004)?;
    let platform = state.platforms.get(component_appid).ok_or(40013)?;
    if platform.component_appsecret.expose() != component_appsecret {
        return Err(40125.into());
    }
    let ticket = text("component_verify_ticket")?.ok_or(61006)?;
    let now = state.clock.now();
    let tickets = state.tickets.get(component_appid).ok_or(61006)?;
    tickets.check(ticket, now)?;
    let holder = Holder::platform(component_appid);
    let series = (Interface::ApiComponentToken, holder);
    let end = state.succession.expiry_of_superseded(now);
    let grant = state.issue_next(
        Interface::ApiComponentToken,
        series,
        platform.token_lifetime,
        Some(end),
    );
    Ok(json!({
        "component_access_token": grant.access_token,
        "expires_in": grant.expires_in.as_secs(),
    }))
}
