//! `openapi/quota/get`: returns how often the caller may call an interface, and has called it today.

use serde_json::{Value, json};

use super::admission::admit_anybody;
use super::call::Call;
use super::fields::Fields;
use crate::interface::Interface;
use crate::refusal::Refusal;
use crate::state::State;
use crate::state::usage::Quota;

pub(super) fn respond(state: &mut State, call: &Call) -> Result<Value, Refusal> {
    let holder = admit_anybody(state, call)?;
    let fields = Fields::parse(&call.body)?;
    let path = fields.text("cgi_path")?;
    if !path.starts_with('/') {
        return Err(76003.into());
    }
    let interface = Interface::from_path(path).ok_or(76021)?;
    let is_platform = holder.appid.is_none();
    if !interface.is_for_anybody() && interface.is_for_platforms() != is_platform {
        return Err(76022.into());
    }
    let (limit, used) = match interface {
        // Developers report that WeChat counts no use of `token`.
        Interface::Token => (state.limits.token_calls_per_day, None),
        Interface::StableToken => {
            let limit = state.limits.stable_token_calls_per_day;
            (limit, Some(Quota::StableTokenCalls))
        }
        _ => (state.limits.calls_per_day, Some(Quota::Calls(interface))),
    };
    let owner = holder.owner().unwrap_or_default();
    let now = state.clock.now();
    let used = used.map_or(0, |quota| state.usage.used(quota, owner, now));
    Ok(json!({
        "quota": {"daily_limit": limit, "used": used, "remain": limit.saturating_sub(used)},
        "rate_limit": {"call_count": state.limits.calls_per_second, "refresh_second": 1},
    }))
}
