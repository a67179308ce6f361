//! `api_get_authorizer_list`: lists the merchants of a platform.

use jumpqr_core::interface::MAX_AUTHORIZER_COUNT;
use serde::Serialize;
use serde_json::{Value, json};

use super::admission::admit_platform;
use super::call::Call;
use crate::refusal::Refusal;
use crate::state::State;

#[derive(Serialize)]
struct Entry<'a> {
    authorizer_appid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
    auth_time: u64,
}

/// Lists the merchants in the order of their appids. WeChat's order is undocumented. A merchant
/// whose code was never exchanged has no refresh token, as WeChat's staff says.
pub(super) fn respond(state: &mut State, call: &Call) -> Result<Value, Refusal> {
    let (component_appid, fields) = admit_platform(state, call)?;
    let offset = fields.size("offset", 0, usize::MAX)?;
    let count = fields.size("count", 0, usize::MAX)?;
    if count > MAX_AUTHORIZER_COUNT as usize {
        return Err(40170.into());
    }
    let merchants = || state.merchants_of(&component_appid);
    let page = merchants().skip(offset).take(count);
    let list: Vec<_> = page
        .map(|(appid, authorization)| Entry {
            authorizer_appid: appid,
            refresh_token: authorization.shown_refresh_token(),
            auth_time: authorization.auth_time.as_secs(),
        })
        .collect();
    Ok(json!({ "total_count": merchants().count(), "list": list }))
}
