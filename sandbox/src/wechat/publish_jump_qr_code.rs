use jumpqr_core::rule::RuleState;
use serde_json::{Value, json};

use super::fields::{Fields, invalid_args};
use super::mode::check_mode;
use crate::account::{Account, AccountKind};
use crate::refusal::Refusal;
use crate::state::State;

/// Publishes a rule. In both modes the request has `prefix` only, so an account has at most one
/// rule with a prefix.
pub(super) fn respond(
    state: &mut State,
    account: &Account,
    fields: &Fields,
) -> Result<Value, Refusal> {
    let kind = check_mode(account, fields)?;
    let prefix = fields.text("prefix")?;
    let rule = state
        .rules
        .find(&account.appid, prefix)
        .filter(|rule| !rule.damaged)
        .ok_or_else(invalid_args)?;
    if rule.state == RuleState::Published {
        return Ok(json!({}));
    }
    let opened = rule.appid().unwrap_or(&account.appid);
    if !state.accounts.get(opened).is_some_and(|app| app.released) {
        return Err(Refusal::new(85074));
    }
    if kind == AccountKind::MiniProgram {
        let now = state.clock.now();
        if state.rules.publish_count(&account.appid, now) >= state.limits.publishes_per_month {
            return Err(Refusal::new(886_000));
        }
        state.rules.add_publish(&account.appid, now);
    }
    if let Some(rule) = state.rules.find_mut(&account.appid, prefix) {
        rule.state = RuleState::Published;
    }
    Ok(json!({}))
}
