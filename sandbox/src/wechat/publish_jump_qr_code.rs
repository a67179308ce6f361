//! `publishJumpQRCode`: publishes a rule.

use jumpqr_core::rule::RuleState;
use serde_json::{Value, json};

use super::admission::{admit, check_mode};
use super::call::Call;
use super::fields::INVALID_ARGS;
use crate::account::AccountKind;
use crate::refusal::Refusal;
use crate::state::State;
use crate::state::usage::Quota;

/// In both modes the request has `prefix` only, so an account has at most one rule with a prefix.
pub(super) fn respond(state: &mut State, call: &Call) -> Result<Value, Refusal> {
    let (account, fields) = admit(state, call)?;
    check_mode(&account, &fields)?;
    let prefix = fields.text("prefix")?;
    let rule = state.rules.find_mut(&account.appid, prefix);
    let rule = rule.filter(|rule| !rule.damaged).ok_or(INVALID_ARGS)?;
    if rule.state == RuleState::Published {
        return Ok(json!({}));
    }
    let opened = rule.appid().unwrap_or(&account.appid);
    if !state.accounts.get(opened).is_some_and(|app| app.released) {
        return Err(85074.into());
    }
    if account.kind == AccountKind::MiniProgram {
        let now = state.clock.now();
        let limit = state.limits.publishes_per_month;
        state
            .usage
            .consume(Quota::Publishes, &account.appid, now, limit)?;
    }
    rule.state = RuleState::Published;
    Ok(json!({}))
}
