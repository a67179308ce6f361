use serde_json::{Value, json};

use super::fields::Fields;
use super::mode::{check_mode, find_linked_mini_program};
use crate::account::{Account, AccountKind};
use crate::refusal::Refusal;
use crate::state::State;

/// Deletes a rule at once, published or not. If the rule does not exist, the response is success:
/// 40097 is not among the interface's codes.
pub(super) fn respond(
    state: &mut State,
    account: &Account,
    fields: &Fields,
) -> Result<Value, Refusal> {
    let kind = check_mode(account, fields)?;
    let prefix = fields.text("prefix")?;
    let appid = match kind {
        AccountKind::MiniProgram => None,
        AccountKind::ServiceAccount => Some(
            find_linked_mini_program(state, account, fields)?
                .appid
                .as_str(),
        ),
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
