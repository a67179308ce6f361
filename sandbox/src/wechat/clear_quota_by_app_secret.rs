//! `clear_quota/v2`: clears an account's counts of the calls of the day, without a token.

use serde_json::{Value, json};

use super::call::Call;
use super::fields::Fields;
use super::token::find_account;
use crate::refusal::Refusal;
use crate::state::State;

pub(super) fn respond(state: &mut State, call: &Call) -> Result<Value, Refusal> {
    let fields = Fields::parse(&call.body)?;
    let (appid, secret) = (
        fields.optional_text("appid")?,
        fields.optional_text("appsecret")?,
    );
    let account = find_account(state, appid, secret)?;
    let limit = state.limits.quota_clears_per_month;
    state
        .usage
        .clear_day(&account.appid, state.clock.now(), limit)?;
    Ok(json!({}))
}
