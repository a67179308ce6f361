//! `api_query_auth`: exchanges an authorization_code for the tokens of a merchant.

use serde_json::{Value, json};

use super::admission::admit_platform;
use super::call::Call;
use crate::interface::Interface;
use crate::refusal::Refusal;
use crate::state::State;
use crate::state::authorization::Authorization;
use crate::state::holder::Holder;

/// The code works once. If the response is lost, `api_get_authorizer_list` has the refresh token.
pub(super) fn respond(state: &mut State, call: &Call) -> Result<Value, Refusal> {
    let (component_appid, fields) = admit_platform(state, call)?;
    let code = fields.optional_text("authorization_code")?.ok_or(61009)?;
    let now = state.clock.now();
    let appid = (state.codes).check_authorization_code(code, &component_appid, now)?;
    let lifetime = state.accounts.get(&appid).ok_or(61003)?.token_lifetime;
    state.merchant_mut(&component_appid, &appid).ok_or(61003)?;
    state.codes.mark_used(code);
    // The token is one in the series of the merchant's tokens.
    let series = (
        Interface::ApiAuthorizerToken,
        Holder::merchant(&component_appid, &appid),
    );
    let end = state.succession.expiry_of_superseded(now);
    let grant = state.issue_next(Interface::ApiQueryAuth, series, lifetime, Some(end));
    let authorization = state.merchant_mut(&component_appid, &appid).ok_or(61003)?;
    authorization.note_exchange(&grant.access_token);
    Ok(json!({
        "authorization_info": {
            "authorizer_appid": appid,
            "authorizer_access_token": grant.access_token,
            "expires_in": grant.expires_in.as_secs(),
            "authorizer_refresh_token": authorization.refresh_token(),
            "func_info": func_info(authorization),
        },
    }))
}

/// Returns the permission sets as WeChat lists them. Real responses also have `confirm_info`.
pub(super) fn func_info(authorization: &Authorization) -> Value {
    let sets = authorization.permission_sets.iter();
    sets.map(|id| {
        json!({
            "funcscope_category": {"id": id},
            "confirm_info": {"need_confirm": 0, "already_confirm": 0, "can_confirm": 0},
        })
    })
    .collect()
}
