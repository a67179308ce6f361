use serde_json::{Value, json};

use super::{Call, Interface};
use crate::fields::Fields;
use crate::refusal::Refusal;
use crate::state::State;
use crate::state::holder::Holder;

/// The platform's token, in the field of the newer pages or in that of the older ones.
pub(crate) fn component_access_token(call: &Call) -> Option<&str> {
    call.query("access_token")
        .or_else(|| call.query("component_access_token"))
}

pub(super) fn answer(state: &mut State, call: &Call) -> Result<Value, Refusal> {
    let now = state.clock.now();
    let token = component_access_token(call).ok_or_else(|| Refusal::new(41001))?;
    let Holder::Platform { component_appid } = state.tokens.holder(token, now)?.clone() else {
        return Err(Refusal::new(61014));
    };
    let fields = Fields::parse(&call.body)?;
    if fields.optional_text("component_appid")? != Some(&component_appid) {
        return Err(Refusal::new(40013));
    }
    let authorizer_appid = fields
        .optional_text("authorizer_appid")?
        .ok_or_else(|| Refusal::new(40013))?;
    let account = state
        .accounts
        .get(authorizer_appid)
        .ok_or_else(|| Refusal::new(40013))?;
    let refresh_token = fields.optional_text("authorizer_refresh_token")?;
    let authorizer_refresh_token = state.authorizations.rotate(
        &component_appid,
        authorizer_appid,
        refresh_token.unwrap_or_default(),
    )?;
    let grant = state
        .tokens
        .authorizer_token(&component_appid, account, now, state.succession);
    state.journal.issued(Interface::ApiAuthorizerToken, &grant);
    Ok(json!({
        "authorizer_access_token": grant.access_token,
        "expires_in": grant.expires_in.as_secs(),
        "authorizer_refresh_token": authorizer_refresh_token,
    }))
}
