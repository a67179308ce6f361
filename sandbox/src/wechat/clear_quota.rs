//! `clear_quota`: clears the caller's counts of the calls of the day.

use serde_json::{Value, json};

use super::admission::admit_anybody;
use super::call::Call;
use super::fields::Fields;
use crate::refusal::Refusal;
use crate::state::State;

pub(super) fn respond(state: &mut State, call: &Call) -> Result<Value, Refusal> {
    let holder = admit_anybody(state, call)?;
    let fields = Fields::parse(&call.body)?;
    let appid = fields.optional_text("appid")?;
    let owner = holder.owner().filter(|owner| appid == Some(owner));
    let owner = owner.ok_or(40013)?;
    let limit = state.limits.quota_clears_per_month;
    state.usage.clear_day(owner, state.clock.now(), limit)?;
    Ok(json!({}))
}
