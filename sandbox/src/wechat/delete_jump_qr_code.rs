//! `deleteJumpQRCode`: deletes a rule at once, published or not.

use serde_json::{Value, json};

use super::admission::{admit, check_mode, find_linked_mini_program};
use super::call::Call;
use crate::refusal::Refusal;
use crate::state::State;

/// If the rule does not exist, the response is success: 40097 is not among the interface's codes.
pub(super) fn respond(state: &mut State, call: &Call) -> Result<Value, Refusal> {
    let (account, fields) = admit(state, call)?;
    check_mode(&account, &fields)?;
    let prefix = fields.text("prefix")?;
    let appid = find_linked_mini_program(state, &account, &fields)?;
    let rule = state.rules.find(&account.appid, prefix);
    if rule.is_some_and(|rule| rule.appid() == appid.as_deref() && !rule.damaged) {
        state.rules.remove(&account.appid, prefix);
    }
    Ok(json!({}))
}
