use jumpqr_core::interface::LinkStatus;
use serde_json::{Value, json};

use crate::account::{Account, AccountKind};
use crate::fields::{Fields, invalid_args};
use crate::refusal::Refusal;
use crate::state::State;

/// Asks; that two administrators confirm is for the sandbox's user to say.
pub(super) fn answer(
    state: &mut State,
    account: &Account,
    fields: &Fields,
) -> Result<Value, Refusal> {
    let appid = fields.text("appid")?;
    for name in ["notify_users", "show_profile"] {
        if !matches!(fields.number(name)?, Some(0 | 1)) {
            return Err(invalid_args());
        }
    }
    let is_mini_program = state
        .accounts
        .get(appid)
        .is_some_and(|app| app.kind == AccountKind::MiniProgram);
    if !is_mini_program {
        return Err(Refusal::new(40013));
    }
    match state.links.get(&account.appid, appid) {
        // As developers report it.
        Some(LinkStatus::Linked) => return Err(Refusal::new(89015)),
        Some(LinkStatus::AwaitsAccountAdmin | LinkStatus::AwaitsMiniProgramAdmin) => {}
        _ => state
            .links
            .put(&account.appid, appid, LinkStatus::AwaitsAccountAdmin),
    }
    Ok(json!({}))
}
