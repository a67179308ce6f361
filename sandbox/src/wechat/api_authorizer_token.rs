use serde_json::{Value, json};

use super::Call;
use super::component_token::authenticate_platform;
use crate::interface::Interface;
use crate::refusal::Refusal;
use crate::state::State;

pub(super) fn respond(state: &mut State, call: &Call) -> Result<Value, Refusal> {
    let (component_appid, fields) = authenticate_platform(state, call)?;
    let authorizer_appid = fields
        .optional_text("authorizer_appid")?
        .ok_or_else(|| Refusal::new(40013))?;
    let account = state
        .accounts
        .get(authorizer_appid)
        .ok_or_else(|| Refusal::new(40013))?;
    let now = state.clock.now();
    let refresh_token = fields.optional_text("authorizer_refresh_token")?;
    state.authorizations.check(
        &component_appid,
        authorizer_appid,
        refresh_token.unwrap_or_default(),
        now,
    )?;
    let grant = state
        .tokens
        .merchant_token(&component_appid, account, now, state.succession);
    let authorizer_refresh_token = state.authorizations.rotate(
        &component_appid,
        authorizer_appid,
        &grant.access_token,
        state.succession.old_refresh_token,
        now,
    )?;
    state
        .journal
        .count_issued(Interface::ApiAuthorizerToken, &grant);
    Ok(json!({
        "authorizer_access_token": grant.access_token,
        "expires_in": grant.expires_in.as_secs(),
        "authorizer_refresh_token": authorizer_refresh_token,
    }))
}
