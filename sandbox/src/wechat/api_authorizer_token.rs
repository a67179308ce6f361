//! `api_authorizer_token`: issues a new token of a merchant each time. The former token still works
//! for the overlap.

use serde_json::{Value, json};

use super::admission::admit_platform;
use super::call::Call;
use crate::interface::Interface;
use crate::refusal::Refusal;
use crate::state::State;
use crate::state::holder::Holder;

/// If the merchant has not authorised the platform, the result is 61003. If the refresh token is
/// wrong or dead, it is 61023.
pub(super) fn respond(state: &mut State, call: &Call) -> Result<Value, Refusal> {
    let (component_appid, fields) = admit_platform(state, call)?;
    let appid = fields.optional_text("authorizer_appid")?.ok_or(40013)?;
    let lifetime = state.accounts.get(appid).ok_or(40013)?.token_lifetime;
    let now = state.clock.now();
    let refresh_token = fields.optional_text("authorizer_refresh_token")?;
    let authorization = state.merchant_mut(&component_appid, appid).ok_or(61003)?;
    if !authorization.accepts(refresh_token.unwrap_or_default(), now) {
        return Err(61023.into());
    }
    let holder = Holder::merchant(&component_appid, appid);
    let series = (Interface::ApiAuthorizerToken, holder);
    let succession = state.succession;
    let end = succession.expiry_of_superseded(now);
    let grant = state.issue_next(Interface::ApiAuthorizerToken, series, lifetime, Some(end));
    let authorization = state.merchant_mut(&component_appid, appid).ok_or(61003)?;
    authorization.rotate(&grant.access_token, succession.old_refresh_token, now);
    Ok(json!({
        "authorizer_access_token": grant.access_token,
        "expires_in": grant.expires_in.as_secs(),
        "authorizer_refresh_token": authorization.refresh_token(),
    }))
}
