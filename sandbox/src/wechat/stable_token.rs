use serde_json::Value;

use super::Call;
use super::fields::Fields;
use super::token::{authenticate, token_response};
use crate::interface::Interface;
use crate::refusal::Refusal;
use crate::state::State;
use crate::state::traffic::Pace;

pub(super) fn respond(state: &mut State, call: &Call) -> Result<Value, Refusal> {
    let fields = Fields::parse(&call.body)?;
    let account = authenticate(
        state,
        fields.optional_text("grant_type")?,
        fields.optional_text("appid")?,
        fields.optional_text("secret")?,
    )?;
    let now = state.clock.now();
    let pace = Pace {
        per_second: usize::MAX,
        per_minute: state.limits.stable_token_calls_per_minute,
    };
    state
        .traffic
        .count_call(Interface::StableToken, &account.appid, now, pace)?;
    let force_refresh = fields.flag("force_refresh");
    let grant = state.tokens.stable_token(
        &account,
        force_refresh,
        now,
        &state.limits,
        state.succession,
    )?;
    state.journal.count_issued(Interface::StableToken, &grant);
    Ok(token_response(&grant))
}
