use jumpqr_core::interface::MAX_AUTHORIZER_COUNT;
use serde_json::{Value, json};

use super::Call;
use super::component_token::authenticate_platform;
use super::fields::{Fields, invalid_args};
use crate::refusal::Refusal;
use crate::state::State;

/// Lists the merchants of a platform in the order of their appids. WeChat's order is undocumented.
pub(super) fn respond(state: &mut State, call: &Call) -> Result<Value, Refusal> {
    let (component_appid, fields) = authenticate_platform(state, call)?;
    let offset = number(&fields, "offset")?;
    let count = number(&fields, "count")?;
    if u32::try_from(count).map_or(true, |count| count > MAX_AUTHORIZER_COUNT) {
        return Err(Refusal::new(40170));
    }
    let list: Vec<Value> = state
        .authorizations
        .merchants_of(&component_appid)
        .skip(offset)
        .take(count)
        .map(|(appid, authorization)| {
            json!({
                "authorizer_appid": appid,
                "refresh_token": authorization.refresh_token(),
                "auth_time": authorization.auth_time.as_secs(),
            })
        })
        .collect();
    Ok(json!({
        "total_count": state.authorizations.merchants_of(&component_appid).count(),
        "list": list,
    }))
}

fn number(fields: &Fields, name: &str) -> Result<usize, Refusal> {
    fields
        .number(name)?
        .and_then(|number| usize::try_from(number).ok())
        .ok_or_else(invalid_args)
}
