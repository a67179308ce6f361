//! `component/clear_quota/v2`: clears the day's counts of a platform or of one of its merchants.

use serde_json::{Value, json};

use super::api_start_push_ticket::authenticate;
use super::call::Call;
use super::fields::Fields;
use crate::refusal::Refusal;
use crate::state::State;

/// A merchant that has not authorised the platform gets 61003, and the 11th time of a month 48006.
pub(super) fn respond(state: &mut State, call: &Call) -> Result<Value, Refusal> {
    let fields = Fields::parse(&call.body)?;
    let platform = authenticate(state, &fields, "appsecret")?;
    let component_appid = platform.component_appid.clone();
    let appid = match fields.optional_text("appid")? {
        Some(appid) if appid != component_appid => {
            state.merchant_mut(&component_appid, appid).ok_or(61003)?;
            appid
        }
        _ => &component_appid,
    };
    let now = state.clock.now();
    let limit = state.limits.quota_clears_per_month;
    state.usage.clear_day(appid, now, limit)?;
    Ok(json!({}))
}
