use serde_json::{Value, json};

use super::mode::{linked_mini_program, mode};
use crate::account::{Account, AccountKind};
use crate::fields::Fields;
use crate::refusal::Refusal;
use crate::state::State;

/// At once, published or not. A rule that does not exist is deleted with success: 40097 is not among the interface's codes.
pub(super) fn answer(
    state: &mut State,
    account: &Account,
    fields: &Fields,
) -> Result<Value, Refusal> {
    let kind = mode(account, fields)?;
    let prefix = fields.text("prefix")?;
    let appid = match kind {
        AccountKind::MiniProgram => None,
        AccountKind::ServiceAccount => {
            Some(linked_mini_program(state, account, fields)?.appid.as_str())
        }
    };
    let deletable = state
        .rules
        .find(&account.appid, prefix)
        .is_some_and(|rule| rule.appid() == appid && !rule.damaged);
    if deletable {
        state.rules.remove(&account.appid, prefix);
    }
    Ok(json!({}))
}
